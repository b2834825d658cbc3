"""Which reports a person may see."""

from django.http import Http404

from progress.models import Report
from signatories.access import Request, note_organisation, with_other_partners


def report_or_404(request: Request, code: str) -> Report:
    """The report, for the partner's members and for ecda; 404 for everybody else.

    What is about no one partner is ecda's alone.
    """
    visible = Report.objects.visible_to(request.user).filter(code=code)
    related = visible.select_related(
        "partner", "round", "edition", "release", "parent__round", "requested_by"
    )
    report = with_other_partners(related, request.user, "partner").first()
    if report is None:
        raise Http404("No such report.")
    if report.partner is not None:
        note_organisation(request, report.partner, has_others=report.has_others)
    found: Report = report
    return found
