"""Which reports a person may see."""

from django.http import Http404

from progress.models import Report
from signatories.access import Request


def report_or_404(request: Request, code: str) -> Report:
    """The report, for the partner's members and for ecda; 404 for everybody else."""
    visible = Report.objects.visible_to(request.user).filter(code=code)
    found = visible.select_related("partner", "round", "requested_by").first()
    if found is None:
        raise Http404("No such report.")
    return found
