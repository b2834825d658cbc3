"""Pages about what a partner will do: the list, one to add, one to change, with its history."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments import access
from assessments.actions.improving import Planned, add_improvement
from assessments.dashboards import lines_of, read_improvement_history, read_improvements
from assessments.forms.improvements import (
    ImprovementAddForm,
    ImprovementFilterForm,
    ImprovementForm,
    PlanForm,
    improvement_labels,
    undecided_again,
)
from assessments.models import Improvement
from assessments.views.improving import (
    ClashError,
    clash_page,
    decided,
    decisions_in,
    save_or_merge,
    undecided,
)
from assessments.views.paging import pagination
from commitments.models import Edition, Indicator
from declaration.actions import RefusedError
from declaration.writers import kept_without_session, read_writer, sign_writer
from signatories.access import Request, Role, partner_or_404, require_role, role_at
from signatories.models import Partner


@require_safe
def improvement_list(request: Request, slug: str) -> HttpResponse:
    """What the partner plans to do, the overdue first, to its members and to ecda."""
    partner = partner_or_404(request, slug)
    form = ImprovementFilterForm(request.GET)
    context = {
        "partner": partner,
        "form": form,
        "lines": read_improvements(partner, form.chosen),
        "is_filtered": bool(form.chosen),
        "may_add": role_at(request.user, partner) is not None,
    }
    return render(request, "assessments/improvement_list.html", context)


# --- What was typed and cannot be saved ----------------------------------------------------------


def _about(pk: int) -> str:
    return f"improvement-{pk}"


def _about_new(slug: str) -> str:
    return f"improvements-{slug}"


def _keep_changed(request: HttpRequest, pk: int) -> HttpResponse | None:
    return _keep(request, ImprovementForm(undecided_again(request.POST)), _about(pk))


def _keep_new(request: HttpRequest, slug: str) -> HttpResponse | None:
    form = ImprovementAddForm(request.POST, indicators=_indicators())
    return _keep(request, form, _about_new(slug))


def _keep(request: HttpRequest, form: PlanForm, subject: str) -> HttpResponse | None:
    """Give back what was typed to whoever typed it; None when it was given to somebody else."""
    writer = read_writer(request.POST.get("writer", ""), subject)
    person = request.user
    if writer is None or (person.is_authenticated and person.pk != writer):
        return None
    context = {"form": form, "is_signed_out": not person.is_authenticated}
    return render(request, "assessments/improvement_kept.html", context, status=403)


def _refused(
    request: Request, form: PlanForm, error: Exception, *, status: int = 409
) -> HttpResponse:
    """Say why it was not saved, with all that was typed, to be copied."""
    words = "There is no such page, or you have no part in what it shows any more."
    context = {
        "title": "This could not be saved",
        "message": str(error) if status != 404 else words,
        "typed": form.typed,
    }
    return render(request, "assessments/improvement_refused.html", context, status=status)


# --- A new one -----------------------------------------------------------------------------------


@kept_without_session(_keep_new)
@require_http_methods(["GET", "HEAD", "POST"])
def improvement_add(request: Request, slug: str) -> HttpResponse:
    """Ask what will be done about which indicator, and add it."""
    indicators = _indicators()
    sent = request.POST if request.method == "POST" else None
    asked = {"indicator": request.GET.get("indicator", "")}
    asked["writer"] = sign_writer(request.user.pk, _about_new(slug))
    form = ImprovementAddForm(sent, indicators=indicators, initial=asked)
    try:
        partner = partner_or_404(request, slug)
        require_role(request, partner, Role.CONTRIBUTOR)
    except (Http404, PermissionDenied) as error:
        if sent is None:
            raise
        return _refused(request, form, error, status=_status_of(error))
    if sent is not None and form.is_valid() and _added(request, partner, form):
        messages.success(request, f"Improvement added for {form.chosen.code}")
        return redirect("assessments:improvement-list", slug)
    context = {"partner": partner, "form": form}
    return render(request, "assessments/improvement_add.html", context)


def _added(request: Request, partner: Partner, form: ImprovementAddForm) -> bool:
    """Whether it could be added; if not, the form says why."""
    typed = form.cleaned_data
    planned = Planned(typed["what"], typed["owner"], typed["due_on"])
    try:
        add_improvement(partner=partner, indicator=form.chosen, planned=planned, by=request.user)
    except RefusedError as error:
        form.add_error("what", str(error))
        return False
    return True


def _indicators() -> list[Indicator]:
    """The indicators of the newest edition."""
    edition = Edition.objects.published().first()
    return list(Indicator.objects.of(edition)) if edition else []


def _status_of(error: Exception) -> int:
    return 404 if isinstance(error, Http404) else 403


# --- One that is there ---------------------------------------------------------------------------


@kept_without_session(_keep_changed)
@require_http_methods(["GET", "HEAD", "POST"])
def improvement_edit(request: Request, pk: int) -> HttpResponse:
    """One improvement with its history: to change for members, to read for ecda."""
    if request.method != "POST":
        improvement, role = access.improvement_or_404(request, pk)
        writer = sign_writer(request.user.pk, _about(pk))
        return _page(request, improvement, role, ImprovementForm.of(improvement, writer))
    try:
        improvement, role = access.improvement_or_404(request, pk)
        access.require_at_least(role, Role.CONTRIBUTOR)
    except (Http404, PermissionDenied) as error:
        return _refused(request, ImprovementForm(request.POST), error, status=_status_of(error))
    return _save(request, improvement, role)


def _save(request: Request, improvement: Improvement, role: Role | None) -> HttpResponse:
    """Save what was typed or decided, merge it, or bring it back with the reason why not."""
    form, decisions = ImprovementForm(request.POST), decisions_in(request.POST)
    if decisions is not None and form.is_valid():
        if not decisions.is_valid():
            return clash_page(request, undecided(improvement, form, decisions), decisions)
        form = decided(improvement, form, decisions, request.POST)
    elif decisions is not None:
        form = ImprovementForm(undecided_again(request.POST))
    if not form.is_valid():
        return _page(request, improvement, role, form)
    try:
        saved, taken = save_or_merge(improvement, form, request.user)
    except ClashError as error:
        return clash_page(request, error.clash)
    except RefusedError as error:
        return _refused(request, form, error)
    words = f"Improvement for {saved.indicator.code} saved"
    if taken:
        kept = ", ".join(improvement_labels(taken))
        words += f". What a colleague changed meanwhile is kept too: {kept}"
    messages.success(request, words)
    return redirect("assessments:improvement-list", saved.partner.slug)


def _page(
    request: Request, improvement: Improvement, role: Role | None, form: ImprovementForm
) -> HttpResponse:
    history = read_improvement_history(improvement, request.GET.get("page"))
    context: dict[str, Any] = {
        "improvement": improvement,
        "line": lines_of((improvement,))[0],
        "form": form,
        "may_change": role is not None,
        "history": history,
        "pages": pagination(history.page, "Later changes", "Earlier changes"),
    }
    return render(request, "assessments/improvement_edit.html", context)
