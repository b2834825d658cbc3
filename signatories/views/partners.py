"""For administrators: every partner, to look through and to take away."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_safe

from declaration.exports import csv_file, workbook_file
from declaration.paging import numbered_pages
from signatories.access import Request, require_administrator
from signatories.actions.partner_exports import export_partners
from signatories.dashboards.partners import last_imports, matching, with_figures
from signatories.forms import PartnerFilterForm
from signatories.resources import COLUMNS, SHEET, export_rows

PER_PAGE = 50
FILE_NAME = "essex-data-declaration-partners"


@require_safe
def partner_list(request: Request) -> HttpResponse:
    """Show the partners that are looked for, how many people each has and whether it has signed."""
    require_administrator(request)
    form = PartnerFilterForm(request.GET)
    paginator = Paginator(with_figures(matching(form.filters)), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "pages": numbered_pages(page, form.kept, "Pages of partners"),
        "imports": last_imports(),
    }
    return render(request, "signatories/partner_list.html", context)


@require_safe
def partner_export(request: Request) -> HttpResponseBase:
    """Hand out the partners that are looked for as CSV."""
    return _export(request, "CSV")


@require_safe
def partner_workbook(request: Request) -> HttpResponseBase:
    """Hand out the partners that are looked for as an Excel workbook."""
    return _export(request, "Excel")


def _export(request: Request, kind: str) -> HttpResponseBase:
    """The columns of the import; a filter that is not understood goes back to the list."""
    user = require_administrator(request)
    form = PartnerFilterForm(request.GET)
    if form.errors:
        return redirect(f"{resolve_url('signatories:partner-list')}?{request.GET.urlencode()}")
    partners = matching(form.filters)
    export_partners(what=f"{kind}, {form.said}", by=user)
    if kind == "CSV":
        return csv_file(FILE_NAME, COLUMNS, export_rows(partners))
    return workbook_file(FILE_NAME, "Partners", SHEET, export_rows(partners))
