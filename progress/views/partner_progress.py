"""Where a partner stands beside others, for its members and ecda; and the same as files."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_safe

from declaration.exports import csv_file, workbook_file
from declaration.workbooks import Column
from progress import charts
from progress.dashboards import partner_progress as dashboard
from progress.dashboards.partner_progress_files import HEADER, progress_notes, progress_rows
from progress.forms.rounds import RoundForm
from signatories.access import Request, partner_or_404

CSV, WORKBOOK = "csv", "xlsx"
WIDE = 40


@require_safe
def partner_progress(request: Request, slug: str) -> HttpResponse:
    """Show where the partner stands, stood, and how others stand, in one round."""
    partner = partner_or_404(request, slug)
    form = RoundForm(request.GET, dashboard.read_rounds(), names_planned=True)
    context: dict[str, object] = {"partner": partner, "form": form}
    if form.chosen is not None:
        page = dashboard.read_page(partner, form.chosen, request.user)
        context |= {"page": page, "is_ecda": request.user.is_ecda, **_charts(page)}
    return render(request, "progress/partner_progress.html", context)


@require_safe
def partner_progress_export(request: Request, slug: str) -> HttpResponseBase:
    """Hand out the partner's ratings over the rounds as CSV."""
    return _file(request, slug, CSV)


@require_safe
def partner_progress_workbook(request: Request, slug: str) -> HttpResponseBase:
    """Hand out the partner's ratings over the rounds as an Excel workbook."""
    return _file(request, slug, WORKBOOK)


def _file(request: Request, slug: str, kind: str) -> HttpResponseBase:
    """The file; a round that is not known goes back to the page, which says so."""
    partner = partner_or_404(request, slug)
    form = RoundForm(request.GET, dashboard.read_rounds(), names_planned=True)
    if form.chosen is None or form.errors:
        query = request.GET.urlencode()
        return redirect(f"{resolve_url('progress:partner-progress', slug)}?{query}")
    page = dashboard.read_page(partner, form.chosen, request.user)
    name = f"essex-data-declaration-{partner.slug}-{page.round.slug}-ratings"
    if kind == CSV:
        return csv_file(name, HEADER, progress_rows(page))
    columns = [Column(title, WIDE if title == "title" else 16) for title in HEADER]
    notes = progress_notes(page, partner)
    return workbook_file(name, "Ratings", columns, progress_rows(page), notes=notes)


def _charts(page: dashboard.Page) -> dict[str, object]:
    """The partner's ratings on the scale, and how the ratings of each group are spread."""
    groups = [(each, charts.stacked(each.rows) if each.rows else None) for each in page.groups]
    return {"chart": charts.steps(page.steps) if page.lines else None, "groups": groups}
