"""ecda's reports: of one partner, of all partners, of the whole system, and all certificates."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from declaration.actions import RefusedError
from declaration.paging import numbered_pages
from progress import actions
from progress.dashboards.overview import rounds
from progress.dashboards.report_list import all_reports
from progress.forms.reports import ReportsForm, StaffReportForm
from progress.models import Report
from progress.views.reports import lead_to
from signatories.access import Request, require_ecda

Kind = Report.Kind


@require_safe
def report_staff_list(request: Request) -> HttpResponse:
    """Offer every kind of report, and list all that were asked for."""
    require_ecda(request)
    return _page(request, StaffReportForm())


@require_POST
def report_staff_request(request: Request) -> HttpResponse:
    """Ask for a report, and go to the page that shows how far it is."""
    require_ecda(request)
    form = StaffReportForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        report = _ask(request, form)
    except RefusedError as error:
        form.add_error(None, str(error))
        return _page(request, form)
    return lead_to(request, report, form.cleaned_data["key"])


def _ask(request: Request, form: StaffReportForm) -> Report:
    found, by = form.cleaned_data, request.user
    kind, key, round = Kind(found["kind"]), found["key"], found["round"]
    if kind is Kind.PARTNER:
        return actions.request_report(partner=found["partner"], round=round, key=key, by=by)
    if kind is Kind.SYSTEM:
        return actions.request_system_report(round=round, key=key, by=by)
    if kind is Kind.ALL:
        return actions.request_bundle(round=round, key=key, by=by)
    return actions.request_certificates(edition=found["edition"], key=key, by=by)


def _page(request: Request, form: StaffReportForm) -> HttpResponse:
    filters = ReportsForm(request.GET, rounds())
    listed = all_reports(filters.filters, request.GET.get("page"))
    at = reverse("progress:report-staff-list")
    context = {
        "form": form,
        "filters": filters,
        "listed": listed,
        "pages": numbered_pages(listed.page, filters.kept, "Pages of reports", at=at),
    }
    return render(request, "progress/report_staff_list.html", context)
