"""A partner's reports: ask for one, watch it being made, read it, take it away."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from declaration.paging import numbered_pages
from progress import actions
from progress.access import report_or_404
from progress.dashboards.bundle import missing_from
from progress.dashboards.report_list import LOST, marks_of, reports_of, size_of
from progress.forms.reports import ReportForm
from progress.models import Report
from signatories.access import Request, partner_or_404
from signatories.models import Partner

ASKED_BEFORE = "You have asked for this already. This is how far it is."
PDF, ZIP = "application/pdf", "application/zip"


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
    return lead_to(request, report, form.cleaned_data["key"])


@require_safe
def report_detail(request: Request, code: str) -> HttpResponse:
    """Show how far a report is, and its file when it is ready."""
    report = report_or_404(request, code)
    context = _status(report) | {
        "marks": marks_of(report),
        "missing": missing_from(report),
        "back": _back(report),
    }
    return render(request, "progress/report_detail.html", context)


@require_safe
def report_status(request: Request, code: str) -> HttpResponse:
    """Show how far a report is as a fragment, for a page that asks again and again."""
    report = report_or_404(request, code)
    return render(request, "components/_job.html", _status(report))


@require_safe
def report_page(request: Request, code: str) -> HttpResponse:
    """Show a report that is ready as a page of the site, as it was when it was made."""
    report = report_or_404(request, code)
    page = mark_safe(actions.read_page(report))  # noqa: S308  ours, and as it was kept
    context = {"report": report, "page": page, "marks": marks_of(report)}
    return render(request, "progress/report_page.html", context)


@require_safe
def report_download(request: Request, code: str) -> HttpResponseBase:
    """Send the file of a report that is ready."""
    report = report_or_404(request, code)
    media_type, name = ZIP if report.is_bundle else PDF, report.file_name
    if request.method == "HEAD":
        # It asks about the file and takes nothing away.
        attached = content_disposition_header(as_attachment=True, filename=name) or ""
        about = {"Content-Length": str(actions.measure_report(report))}
        about["Content-Disposition"] = attached
        return HttpResponse(content_type=media_type, headers=about)
    file = actions.download_report(report=report, by=request.user)
    return FileResponse(file, as_attachment=True, filename=name, content_type=media_type)


@require_POST
def report_retry(request: Request, code: str) -> HttpResponse:
    """Try a report again that could not be made."""
    report = report_or_404(request, code)
    actions.retry_report(report=report, by=request.user)
    return redirect("progress:report-detail", code=report.code)


def lead_to(request: Request, report: Report, key: str) -> HttpResponse:
    """Go to a report that was asked for, and say so when it had been asked for before."""
    if not report.key.endswith(f"-{key}"):
        messages.info(request, ASKED_BEFORE)
    return redirect("progress:report-detail", code=report.code)


def _report_page(request: Request, partner: Partner, form: ReportForm) -> HttpResponse:
    listed = reports_of(partner, request.GET.get("page"))
    at = reverse("progress:report-list", args=[partner.slug])
    pages = numbered_pages(listed.page, {}, "Pages of reports", at=at)
    context = {"partner": partner, "form": form, "listed": listed, "pages": pages}
    return render(request, "progress/report_list.html", context)


def _status(report: Report) -> dict[str, Any]:
    """Return what the page and its fragment show of a report."""
    kind, size = "ZIP" if report.is_bundle else "PDF", size_of(report)
    is_lost = size == LOST
    return {
        "report": report,
        "job": report,
        "name": report.get_kind_display(),
        "status_url": reverse("progress:report-status", args=[report.code]),
        "size": "" if is_lost else size,
        "lost": actions.LOST if is_lost else "",
        "download_url": "" if is_lost else reverse("progress:report-download", args=[report.code]),
        "download_text": f"Download the {'file' if report.is_bundle else 'report'} ({kind})",
        "retry_url": reverse("progress:report-retry", args=[report.code]),
    }


def _back(report: Report) -> dict[str, str]:
    """The page that lists the report."""
    if report.parent is not None:
        href = reverse("progress:report-detail", args=[report.parent.code])
        return {"text": str(report.parent.get_kind_display()), "href": href}
    if report.partner is not None:
        href = reverse("progress:report-list", args=[report.partner.slug])
        return {"text": "All progress reports", "href": href}
    return {"text": "All reports", "href": reverse("progress:report-staff-list")}
