"""Pages that say what happened at a partner and to an assessment."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.access import assessment_or_404, is_reviewer
from declaration.paging import numbered_pages
from progress.dashboards import timeline as dashboard
from signatories.access import Request, partner_or_404, require_members_reader, role_at

NAME = "Pages of the timeline"


@require_safe
def partner_timeline(request: Request, slug: str) -> HttpResponse:
    """Show everything that happened at a partner to its leads and leaders and to ecda."""
    partner = partner_or_404(request, slug)
    require_members_reader(request, partner)
    private = is_reviewer(request.user, role_at(request.user, partner))
    timeline = dashboard.partner_timeline(partner, request.GET.get("page", ""), private=private)
    pages = numbered_pages(timeline.page, {}, NAME)
    context = {"partner": partner, "timeline": timeline, "pages": pages}
    return render(request, "progress/timeline_partner.html", context)


@require_safe
def assessment_timeline(request: Request, pk: int) -> HttpResponse:
    """Show everything that happened to an assessment to the partner's members and to ecda."""
    assessment, role = assessment_or_404(request, pk)
    private = is_reviewer(request.user, role)
    timeline = dashboard.assessment_timeline(
        assessment, request.GET.get("page", ""), private=private
    )
    context = {
        "assessment": assessment,
        "timeline": timeline,
        "pages": numbered_pages(timeline.page, {}, NAME),
        "sees_partners": request.user.is_ecda or role in {"lead", "leader"},
    }
    return render(request, "progress/timeline_assessment.html", context)
