"""Pages of ecda’s staff who edit good practice and publish or decline it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions import practices
from assessments.actions.practices import EDITABLE, StalePracticeError
from assessments.dashboards.practices import read_as_offered, read_practice_queue
from assessments.forms.practices import PracticeForm, PracticeQueueForm, ReasonForm
from assessments.forms.written import WrittenForm
from assessments.models import GoodPractice
from assessments.views.keeping import give, keeps_words
from assessments.wording import compare
from declaration.actions import RefusedError
from declaration.paging import numbered_pages
from signatories.access import Request, require_ecda

State = GoodPractice.State
EDIT = "practice-edit"


def _kept(form: type[WrittenForm]) -> Any:
    """What was typed in that form, whoever typed it."""

    def read(sent: QueryDict, slug: str) -> WrittenForm | None:
        return form(sent) if GoodPractice.objects.filter(slug=slug).exists() else None

    return read


@require_safe
def practice_queue(request: Request) -> HttpResponse:
    """What partners offered, the oldest first; or what became of it, by state."""
    require_ecda(request)
    form = PracticeQueueForm(request.GET)
    page = read_practice_queue(form.understood["state"], request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "pages": numbered_pages(page, form.kept, "Pages of good practice"),
    }
    return render(request, "assessments/practice_queue.html", context)


@require_safe
def practice_edit(request: Request, slug: str) -> HttpResponse:
    """The words, to be edited and decided about, beside what the partner offered."""
    practice = _practice(request, slug)
    return _page(request, practice, PracticeForm.of(practice))


@keeps_words(form=_kept(PracticeForm), page=EDIT, button="Save")
@require_POST
def practice_save(request: Request, slug: str) -> HttpResponse:
    """Save the words."""
    practice, form = _practice(request, slug), PracticeForm(request.POST)
    if not form.is_valid():
        return _page(request, practice, form)
    try:
        practices.edit(practice=practice, **_arguments(form), by=request.user)
    except RefusedError as error:
        return _refused(request, slug, form, error)
    messages.success(request, "Saved")
    return redirect(f"assessments:{EDIT}", slug)


@keeps_words(form=_kept(PracticeForm), page=EDIT, button="Save")
@require_POST
def practice_publish(request: Request, slug: str) -> HttpResponse:
    """Save the words and show them to everybody."""
    practice, form = _practice(request, slug), PracticeForm(request.POST)
    if not form.is_valid():
        return _page(request, practice, form)
    try:
        practices.publish(practice=practice, **_arguments(form), by=request.user)
    except RefusedError as error:
        return _refused(request, slug, form, error)
    messages.success(request, "Published. The partner’s leads are told.")
    return redirect("assessments:practice-detail", slug)


@keeps_words(form=_kept(ReasonForm), page=EDIT, button="Decline")
@require_POST
def practice_decline(request: Request, slug: str) -> HttpResponse:
    """Decline the offer, with a reason."""
    return _end(request, slug, practices.decline, "Declined. The partner’s leads are told why.")


@keeps_words(form=_kept(ReasonForm), page=EDIT, button="Take it down")
@require_POST
def practice_unpublish(request: Request, slug: str) -> HttpResponse:
    """Take it down, with a reason."""
    return _end(request, slug, practices.unpublish, "Taken down. The partner’s leads are told why.")


@require_POST
def practice_reconsider(request: Request, slug: str) -> HttpResponse:
    """Make what was declined an offer again."""
    practice = _practice(request, slug)
    try:
        practices.reconsider(practice=practice, by=request.user)
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "Taken up again. You can edit and publish it now.")
    return redirect(f"assessments:{EDIT}", slug)


def _practice(request: Request, slug: str) -> GoodPractice:
    require_ecda(request)
    return access.practice_or_404(request, slug)[0]


def _arguments(form: PracticeForm) -> dict[str, Any]:
    return {"version": form.cleaned_data["version"], "words": form.words}


def _end(request: Request, slug: str, act: Any, done: str) -> HttpResponse:
    practice, reason = _practice(request, slug), ReasonForm(request.POST)
    form = PracticeForm.of(practice)
    if not reason.is_valid():
        return _page(request, practice, form, reason=reason)
    try:
        act(practice=practice, reason=reason.cleaned_data["reason"], by=request.user)
    except RefusedError as error:
        reason.add_error(None, str(error))
        return _page(request, _practice(request, slug), form, reason=reason, status=409)
    messages.success(request, done)
    return redirect("assessments:practice-queue")


def _refused(request: Request, slug: str, form: PracticeForm, error: RefusedError) -> HttpResponse:
    """Nothing was written: what was typed is in the form, what is stored stands beside it."""
    current = _practice(request, slug)
    form.add_error(None, str(error))
    stored = None
    if isinstance(error, StalePracticeError):
        form.begin_from(current.version)
        stored = {
            "title": compare(current.title, form.words.title),
            "body": compare(current.body, form.words.body),
        }
    return _page(request, current, form, stored=stored, status=409)


def _page(
    request: Request,
    practice: GoodPractice,
    form: PracticeForm,
    *,
    reason: ReasonForm | None = None,
    stored: Any = None,
    status: int = 200,
) -> HttpResponse:
    reason = reason or ReasonForm()
    for one in (form, reason):
        give(request, one, EDIT, practice.slug)
    context = _beside(practice) | {
        "practice": practice,
        "form": form,
        "reason": reason,
        # What was typed and could not be saved is shown in any state.
        "may_edit": practice.state in EDITABLE or form.is_bound,
        "stored": stored,
        # A reason that cannot be given any more, to be copied.
        "typed": reason.copy_out()[0] if reason.is_bound else [],
    }
    return render(request, "assessments/practice_edit.html", context, status=status)


def _beside(practice: GoodPractice) -> dict[str, Any]:
    """What the partner offered, and how ecda changed it, if it did."""
    offered = read_as_offered(practice)
    is_changed = (offered.title, offered.body) != (practice.title, practice.body)
    changes = compare(offered.body, practice.body) if is_changed else None
    return {"offered": offered, "changes": changes}
