"""Progress reports: ask for one, watch it being made, take it away."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from progress import actions
from progress.access import report_or_404
from progress.forms.reports import ReportForm
from progress.models import Report
from signatories.access import Request, partner_or_404
from signatories.models import Partner

REPORTS_SHOWN = 100


@require_safe
def report_list(request: Request, slug: str) -> HttpResponse:
    """Offer a new report, and list those that were asked for."""
    partner = partner_or_404(request, slug)
    return _report_page(request, partner, ReportForm(partner))


@require_POST
def report_request(request: Request, slug: str) -> HttpResponse:
    """Ask for a report, and go to the page that shows how far it is."""
    partner = partner_or_404(request, slug)
    form = ReportForm(partner, request.POST)
    if not form.is_valid():
        return _report_page(request, partner, form)
    report = actions.request_report(
        partner=partner,
        round=form.cleaned_data["round"],
        key=form.cleaned_data["key"],
        by=request.user,
    )
    return redirect("progress:report-detail", code=report.code)


@require_safe
def report_detail(request: Request, code: str) -> HttpResponse:
    """Show how far a report is, and its file when it is ready."""
    report = report_or_404(request, code)
    return render(request, "progress/report_detail.html", _status(report))


@require_safe
def report_status(request: Request, code: str) -> HttpResponse:
    """Show how far a report is as a fragment, for a page that asks again and again."""
    report = report_or_404(request, code)
    return render(request, "components/_job.html", _status(report))


@require_safe
def report_download(request: Request, code: str) -> FileResponse:
    """Send the file of a report that is ready."""
    report = report_or_404(request, code)
    file = actions.download_report(report=report, by=request.user)
    return FileResponse(
        file, as_attachment=True, filename=report.file_name, content_type="application/pdf"
    )


@require_POST
def report_retry(request: Request, code: str) -> HttpResponse:
    """Try a report again that could not be made."""
    report = report_or_404(request, code)
    actions.retry_report(report=report, by=request.user)
    return redirect("progress:report-detail", code=report.code)


def _report_page(request: Request, partner: Partner, form: ReportForm) -> HttpResponse:
    reports = Report.objects.filter(partner=partner).select_related("round", "requested_by")
    context = {"partner": partner, "form": form, "reports": list(reports[:REPORTS_SHOWN])}
    return render(request, "progress/report_list.html", context)


def _status(report: Report) -> dict[str, object]:
    """Return what the page and its fragment show of a report."""
    return {
        "report": report,
        "job": report,
        "name": "Progress report",
        "status_url": reverse("progress:report-status", args=[report.code]),
        "download_url": reverse("progress:report-download", args=[report.code]),
        "download_text": "Download the report (PDF)",
        "retry_url": reverse("progress:report-retry", args=[report.code]),
    }
