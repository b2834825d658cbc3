"""Pages of ecda's staff about rounds: what there is, plan, open, and a late partner's start."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import access
from assessments.actions.planning import RoundRefusedError, change_plan, drop_plan, plan_round
from assessments.actions.rounds import begin_round, open_round, start_assessment
from assessments.dashboards import STANDINGS, read_round, read_rounds
from assessments.forms import PlanForm, RoundForm, plan_of, round_defaults
from assessments.models import Round
from declaration.actions import RefusedError
from declaration.paging import numbered_pages
from signatories.access import Request, Role, partner_or_404, require_ecda, require_role
from signatories.models import User


@require_safe
def round_list(request: Request) -> HttpResponse:
    """Every round, planned, open and closed, and a warning when none follows."""
    require_ecda(request)
    return render(request, "assessments/round_list.html", {"rounds": read_rounds()})


@require_http_methods(["GET", "HEAD", "POST"])
def round_plan(request: Request) -> HttpResponse:
    """Plan a round for a later day, or open one for every active partner at once."""
    user = require_ecda(request)
    if request.method != "POST":
        form = RoundForm(initial=round_defaults())
        return render(request, "assessments/round_plan.html", {"form": form})
    form = RoundForm(request.POST)
    if form.is_valid() and (made := _made(form, user)) is not None:
        messages.success(request, _said(made))
        return redirect("assessments:round-detail", made.slug)
    return render(request, "assessments/round_plan.html", {"form": form})


@require_safe
def round_detail(request: Request, slug: str) -> HttpResponse:
    """One round: its dates, who stands where, who has more time, what was released."""
    found = access.any_round_or_404(request, slug)
    standing = request.GET.get("state", "")
    page = read_round(found, standing, request.GET.get("page", 1))
    pages = numbered_pages(page.places, {"state": standing}, "Partners")
    context = {
        "page": page,
        "round": found,
        "standing": standing,
        "label": STANDINGS.get(standing, ""),
        "pages": pages,
    }
    return render(request, "assessments/round_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: Request, slug: str) -> HttpResponse:
    """Change a plan; refused in words once the round has opened."""
    found = access.any_round_or_404(request, slug)
    sent = request.POST if request.method == "POST" else None
    if sent is None and found.opened_at is not None:
        return redirect("assessments:round-dates", slug)
    form = PlanForm(sent, initial=plan_of(found))
    if sent is not None and form.is_valid():
        try:
            changed = change_plan(round=found, **form.cleaned_data, by=request.user)
        except RoundRefusedError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, f"The plan of round {changed} is changed.")
            return redirect("assessments:round-detail", changed.slug)
    return render(request, "assessments/round_edit.html", {"form": form, "round": found})


@require_POST
def round_drop(request: Request, slug: str) -> HttpResponse:
    """Drop the plan of a round that has not opened."""
    found = access.any_round_or_404(request, slug)
    drop_plan(round=found, by=request.user)
    messages.success(request, f"The plan of round {found} is dropped.")
    return redirect("assessments:round-list")


@require_POST
def round_open(request: Request, slug: str) -> HttpResponse:
    """Open a planned round now, for every active partner."""
    found = access.any_round_or_404(request, slug)
    try:
        opened = open_round(round=found, by=request.user)
    except RefusedError as error:
        messages.error(request, f"{str(error).rstrip('.')}.")
    else:
        messages.success(request, _said(opened))
    return redirect("assessments:round-detail", slug)


@require_POST
def assessment_start(request: Request, slug: str, round: str) -> HttpResponse:
    """Give a partner who came after the round had opened its assessment."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.CONTRIBUTOR)
    found = access.round_or_404(round)
    assessment = start_assessment(partner=partner, round=found, by=request.user)
    return redirect("assessments:assessment-detail", assessment.pk)


def _made(form: RoundForm, user: User) -> Round | None:
    """The round that the form asks for; None when it is refused, which the form says."""
    make: Any = begin_round if form.opens_today else plan_round
    try:
        made: Round = make(**form.arguments, by=user)
    except RoundRefusedError as error:
        # Whoever opens it today has no opening date to change: it is about the others then.
        hidden = error.field == "opens_on" and form.opens_today
        form.add_error("when" if hidden else error.field, str(error))
        return None
    return made


def _said(made: Round) -> str:
    if made.opened_at is None:
        return f"Round {made} is planned. It opens on {made.opens_on:%-d %B %Y}."
    count = made.assessments.count()
    partners = "1 partner" if count == 1 else f"{count} partners"
    return f"Round {made} is open for {partners}."
