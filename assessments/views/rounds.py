"""Pages of ecda's staff about rounds, and a late partner's start."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import access
from assessments.actions.rounds import RoundRefusedError, open_round, start_assessment
from assessments.dashboards import read_rounds
from assessments.forms import RoundForm, round_defaults
from signatories.access import Request, Role, partner_or_404, require_ecda, require_role


@require_safe
def round_list(request: Request) -> HttpResponse:
    """Every round with its dates and how many assessments it has."""
    require_ecda(request)
    return render(request, "assessments/round_list.html", {"rounds": read_rounds()})


@require_http_methods(["GET", "HEAD", "POST"])
def round_open(request: Request) -> HttpResponse:
    """Open a round for every active partner."""
    user = require_ecda(request)
    if request.method != "POST":
        form = RoundForm(initial=round_defaults())
        return render(request, "assessments/round_open.html", {"form": form})
    form = RoundForm(request.POST)
    if form.is_valid():
        try:
            opened = open_round(**form.cleaned_data, by=user)
        except RoundRefusedError as error:
            form.add_error(error.field, str(error))
        else:
            count = opened.assessments.count()
            partners = "1 partner" if count == 1 else f"{count} partners"
            messages.success(request, f"Round {opened} is open for {partners}.")
            return redirect("assessments:round-list")
    return render(request, "assessments/round_open.html", {"form": form})


@require_POST
def assessment_start(request: Request, slug: str, round: str) -> HttpResponse:
    """Give a partner who came after the round had opened its assessment."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.CONTRIBUTOR)
    found = access.round_or_404(round)
    assessment = start_assessment(partner=partner, round=found, by=request.user)
    return redirect("assessments:assessment-detail", assessment.pk)
