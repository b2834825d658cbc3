"""Pages of ecda's staff about rounds: what there is, who is where, and a late partner's start."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions.rounds import start_assessment
from assessments.dashboards import LISTS, read_round, read_rounds
from declaration.paging import numbered_pages
from signatories.access import Request, Role, partner_or_404, require_ecda, require_role


@require_safe
def round_list(request: Request) -> HttpResponse:
    """Every round, planned, open and closed, and a warning when none follows."""
    require_ecda(request)
    return render(request, "assessments/round_list.html", {"rounds": read_rounds()})


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
        "label": LISTS.get(standing, ""),
        "pages": pages,
    }
    return render(request, "assessments/round_detail.html", context)


@require_POST
def assessment_start(request: Request, slug: str, round: str) -> HttpResponse:
    """Give a partner who came after the round had opened its assessment."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.CONTRIBUTOR)
    found = access.round_or_404(round)
    assessment = start_assessment(partner=partner, round=found, by=request.user)
    return redirect("assessments:assessment-detail", assessment.pk)
