"""Pages of ecda's staff that end or lengthen rounds: other dates, more time, closing, figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import access
from assessments.actions.closing import change_dates, close_round
from assessments.actions.extending import extend, refusal_of
from assessments.actions.planning import RoundRefusedError
from assessments.actions.releasing import UnconfirmedError, is_intact, release
from assessments.dashboards import read_candidates, read_release, read_round, read_running
from assessments.forms import ChangeDatesForm, ExtensionForm, ReleaseForm, extension_default
from assessments.models import Assessment, Round
from assessments.views.keeping import give, keeps_words
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.access import Request

# What ecda has to do before the partner can use its time.
FIRST = {
    State.SUBMITTED: "It can write once you request changes.",
    State.ACCEPTED: "It can write once you reopen it.",
}


@keeps_words(
    form=lambda sent, _: ChangeDatesForm(sent), page="round-dates", button="Change the dates"
)
@require_http_methods(["GET", "HEAD", "POST"])
def round_dates(request: Request, slug: str) -> HttpResponse:
    """Move the due and the closing date of an open round."""
    found = access.any_round_or_404(request, slug)
    sent = request.POST if request.method == "POST" else None
    if sent is None and found.opened_at is None:
        return redirect("assessments:round-edit", slug)
    stored = {"due_on": found.due_on, "closes_on": found.closes_on}
    form = ChangeDatesForm(sent, initial=stored)
    status = 200
    if sent is not None and form.is_valid():
        try:
            change_dates(round=found, **form.arguments, by=request.user)
        except RoundRefusedError as error:
            form.add_error(error.field, str(error))
        except RefusedError as error:
            form.add_error(None, f"{error} Nothing of what you typed was saved.")
            status = 409
        else:
            messages.success(request, f"The dates of round {found} are changed.")
            return redirect("assessments:round-detail", slug)
    give(request, form, "round-dates", slug)
    context = {"form": form, "round": found}
    return render(request, "assessments/round_dates.html", context, status=status)


@require_safe
def round_close(request: Request, slug: str) -> HttpResponse:
    """Say what closing means and what it would leave undone, before it is confirmed."""
    found = access.any_round_or_404(request, slug)
    return render(request, "assessments/round_close.html", _closing(found))


@require_POST
def round_close_confirm(request: Request, slug: str) -> HttpResponse:
    """Close the round for every partner."""
    found = access.any_round_or_404(request, slug)
    try:
        close_round(round=found, by=request.user)
    except RefusedError as error:
        refused = _closing(found) | {"refusal": str(error)}
        return render(request, "assessments/round_close.html", refused, status=409)
    messages.success(request, f"Round {found} is closed. Its figures can be released.")
    return redirect("assessments:round-detail", slug)


@keeps_words(
    form=lambda sent, _: ExtensionForm(sent), page="assessment-extend", button="Give more time"
)
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_extend(request: Request, pk: int) -> HttpResponse:
    """Give one partner more time; nobody gives it to a partner they belong to."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_reviewer(request.user, role)
    sent = request.POST if request.method == "POST" else None
    form = ExtensionForm(sent, initial=extension_default(assessment))
    status = 200
    if sent is not None and form.is_valid():
        status = _extended(request, assessment, form)
        if status == 302:
            return redirect("assessments:round-detail", assessment.round.slug)
    give(request, form, "assessment-extend", pk)
    context = {
        "form": form,
        "assessment": assessment,
        "earlier": assessment.extensions.select_related("granted_by").order_by(
            "-granted_at", "-pk"
        ),
        "refusal": refusal_of(assessment),
        "is_with_ecda": assessment.status in {State.SUBMITTED, State.ACCEPTED},
    }
    return render(request, "assessments/assessment_extend.html", context, status=status)


@require_safe
def release_create(request: Request, slug: str) -> HttpResponse:
    """Show what a release would hold and whom it would leave out, before it is confirmed."""
    found = access.any_round_or_404(request, slug)
    return _release_page(request, found, ReleaseForm())


@require_POST
def release_confirm(request: Request, slug: str) -> HttpResponse:
    """Freeze the figures of a closed round."""
    found = access.any_round_or_404(request, slug)
    form = ReleaseForm(request.POST)
    form.is_valid()
    try:
        made = release(round=found, **form.cleaned_data, by=request.user)
    except UnconfirmedError as error:
        form.add_error("confirmed_left_out", str(error))
        return _release_page(request, found, form)
    except RefusedError as error:
        form.add_error(None, str(error))
        return _release_page(request, found, form)
    messages.success(request, f"The figures of round {found} are released.")
    return redirect("assessments:release-detail", slug, made.number)


@require_safe
def release_detail(request: Request, slug: str, number: int) -> HttpResponse:
    """What was released, partner by partner, with the hash of it, which is checked."""
    found = access.release_or_404(request, slug, number)
    context = {"page": read_release(found), "release": found, "is_intact": is_intact(found)}
    return render(request, "assessments/release_detail.html", context)


def _closing(found: Round) -> dict[str, object]:
    running = read_running(found)
    return {"round": found, "page": read_round(found, "", 1), "running": running}


def _release_page(request: Request, found: Round, form: ReleaseForm) -> HttpResponse:
    candidates = read_candidates(found) if found.closed_at else []
    context = {
        "form": form,
        "round": found,
        "counted": [each for each in candidates if each.snapshot is not None],
        "left_out": [each for each in candidates if each.snapshot is None],
        "last": found.releases.filter(sealed=True).order_by("-number").first(),
    }
    return render(request, "assessments/release_create.html", context)


def _extended(request: Request, assessment: Assessment, form: ExtensionForm) -> int:
    """Give more time; the status of the answer, 302 when it is done. If not, the form says why."""
    given = form.cleaned_data
    try:
        extend(assessment=assessment, until=given["until"], reason=given["reason"], by=request.user)
    except RoundRefusedError as error:
        form.add_error(error.field, str(error))
        return 200
    except RefusedError as error:
        form.add_error(None, str(error))
        return 409
    more = f"{assessment.partner} has more time until {given['until']:%-d %B %Y}."
    messages.success(request, f"{more} {FIRST.get(assessment.status, '')}".rstrip())
    return 302
