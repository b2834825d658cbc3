"""Pages of ecda's staff about plans of rounds: make, change, open now, drop."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import access
from assessments.actions.planning import (
    PlanChangedError,
    RoundRefusedError,
    change_plan,
    drop_plan,
    dropped,
    plan_as_seen,
    plan_round,
)
from assessments.actions.rounds import begin_round, open_round
from assessments.dashboards import read_hearers
from assessments.forms import PlanForm, RoundForm, plan_of, round_defaults
from assessments.models import Round
from assessments.views.keeping import give, keeps_words
from declaration.actions import RefusedError
from signatories.access import Request, require_ecda
from signatories.models import User


@keeps_words(form=lambda sent, _: RoundForm(sent), page="round-plan", button="Save the round")
@require_http_methods(["GET", "HEAD", "POST"])
def round_plan(request: Request) -> HttpResponse:
    """Plan a round for a later day, or open one for every active partner at once."""
    user = require_ecda(request)
    sent = request.POST if request.method == "POST" else None
    form = RoundForm(sent) if sent is not None else RoundForm(initial=round_defaults())
    if sent is not None and form.is_valid() and (made := _made(form, user)) is not None:
        messages.success(request, _said(made))
        return redirect("assessments:round-detail", made.slug)
    give(request, form, "round-plan")
    return render(request, "assessments/round_plan.html", {"form": form})


@keeps_words(form=lambda sent, _: PlanForm(sent), page="round-edit", button="Save the plan")
@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: Request, slug: str) -> HttpResponse:
    """Change a plan; refused in words once the round has opened or was changed meanwhile."""
    found = access.any_round_or_404(request, slug)
    sent = request.POST if request.method == "POST" else None
    if sent is None and found.opened_at is not None:
        return redirect("assessments:round-dates", slug)
    form = PlanForm(sent, initial=plan_of(found) | {"seen": plan_as_seen(found)})
    status = 200
    if sent is not None and form.is_valid():
        changed, status = _changed(found, form, request.user)
        if changed is not None:
            messages.success(request, f"The plan of round {changed} is changed.")
            return redirect("assessments:round-detail", changed.slug)
    give(request, form, "round-edit", slug)
    context = {"form": form, "round": found}
    return render(request, "assessments/round_edit.html", context, status=status)


@require_safe
def round_drop(request: Request, slug: str) -> HttpResponse:
    """Say what dropping the plan means, before it is confirmed."""
    return _ask(request, access.any_round_or_404(request, slug), "assessments/round_drop.html")


@require_POST
def round_drop_confirm(request: Request, slug: str) -> HttpResponse:
    """Drop the plan of a round that has not opened, as the person saw it."""
    found = access.any_round_or_404(request, slug)
    try:
        drop_plan(round=found, by=request.user, seen=request.POST.get("seen", ""))
    except PlanChangedError as error:
        return _ask(request, found, "assessments/round_drop.html", error)
    messages.success(request, f"The plan of round {found} is dropped.")
    return redirect("assessments:round-list")


@require_safe
def round_open(request: Request, slug: str) -> HttpResponse:
    """Say who gets what when the round opens now, before it is confirmed."""
    return _ask(request, access.any_round_or_404(request, slug), "assessments/round_open.html")


@require_POST
def round_open_confirm(request: Request, slug: str) -> HttpResponse:
    """Open a planned round now, for every active partner, as the person saw it."""
    found = access.any_round_or_404(request, slug)
    try:
        opened = open_round(round=found, by=request.user, seen=request.POST.get("seen", ""))
    except RefusedError as error:
        return _ask(request, found, "assessments/round_open.html", error)
    messages.success(request, _said(opened))
    return redirect("assessments:round-detail", slug)


def _ask(
    request: Request, found: Round, page: str, refusal: RefusedError | None = None
) -> HttpResponse:
    """The page with the plan as it is now and a button; nothing to confirm once it has opened."""
    now = Round.objects.select_related("edition").filter(pk=found.pk).first()
    if now is None:
        raise dropped(found) from refusal
    partners, people = read_hearers(request.user)
    context = {
        "round": now,
        "seen": plan_as_seen(now),
        "partners": partners,
        "people": people,
        "refusal": refusal,
    }
    return render(request, page, context, status=409 if refusal else 200)


def _changed(found: Round, form: PlanForm, user: User) -> tuple[Round | None, int]:
    """The round with its new plan; None and a status when refused, which the form says."""
    seen = form.cleaned_data["seen"]
    try:
        return change_plan(round=found, **form.arguments, by=user, seen=seen), 200
    except RoundRefusedError as error:
        form.add_error(error.field, str(error))
        return None, 200
    except PlanChangedError as error:
        form.add_error(None, f"{error} What you typed is below: save it to put it in its place.")
        form.show(error.seen)
    except RefusedError as error:
        form.add_error(None, f"{error} Nothing of what you typed was saved.")
    return None, 409


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
