"""The tables of the staff's pages as CSV and Excel files, under the same filters."""

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_safe

from declaration.exports import csv_file, workbook_file
from declaration.workbooks import Column
from progress.dashboards import heatmap as heat
from progress.dashboards import heatmap_files as files
from progress.dashboards.adding_up import add_up
from progress.dashboards.figures import before, read_live
from progress.dashboards.overview import rounds
from progress.dashboards.standings import (
    HEADER,
    read_standings,
    standing_notes,
    standing_rows,
)
from progress.forms.rounds import RoundForm
from progress.views.staff import heatmap_asked
from signatories.access import Request, require_ecda

NAME = "essex-data-declaration"
CSV, WORKBOOK = "csv", "xlsx"


@require_safe
def overview_export(request: Request) -> HttpResponseBase:
    """Hand out how far each partner is as CSV."""
    return _overview(request, CSV)


@require_safe
def overview_workbook(request: Request) -> HttpResponseBase:
    """Hand out how far each partner is as an Excel workbook."""
    return _overview(request, WORKBOOK)


@require_safe
def commitments_export(request: Request) -> HttpResponseBase:
    """Hand out what each commitment adds up to as CSV."""
    return _commitments(request, CSV)


@require_safe
def commitments_workbook(request: Request) -> HttpResponseBase:
    """Hand out what each commitment adds up to as an Excel workbook."""
    return _commitments(request, WORKBOOK)


@require_safe
def heatmap_export(request: Request) -> HttpResponseBase:
    """Hand out every partner's ratings as CSV."""
    return _heatmap(request, CSV)


@require_safe
def heatmap_workbook(request: Request) -> HttpResponseBase:
    """Hand out every partner's ratings as an Excel workbook."""
    return _heatmap(request, WORKBOOK)


@require_safe
def sum_export(request: Request) -> HttpResponseBase:
    """Hand out what each indicator adds up to as CSV."""
    return _sums(request, CSV)


@require_safe
def sum_workbook(request: Request) -> HttpResponseBase:
    """Hand out what each indicator adds up to as an Excel workbook."""
    return _sums(request, WORKBOOK)


def _overview(request: Request, kind: str) -> HttpResponseBase:
    require_ecda(request)
    form = RoundForm(request.GET, rounds())
    if form.errors:
        return _back(request, "progress:overview")
    chosen = form.chosen
    name = f"{NAME}-overview-{chosen.slug}" if chosen else f"{NAME}-overview"
    rows = standing_rows(tuple(read_standings(chosen, timezone.localdate())))
    if kind == CSV:
        return csv_file(name, HEADER, rows)
    return workbook_file(name, "Partners", _columns(HEADER), rows, notes=standing_notes(chosen))


def _commitments(request: Request, kind: str) -> HttpResponseBase:
    require_ecda(request)
    form = RoundForm(request.GET, rounds())
    if form.errors or form.chosen is None:
        return _back(request, "progress:overview")
    years = read_live(form.chosen, before(form.chosen, form.rounds))
    added = add_up(years)
    name, rows = f"{NAME}-commitments-{form.chosen.slug}", files.commitment_rows(added)
    if kind == CSV:
        return csv_file(name, files.COMMITMENTS, rows)
    notes = files.commitment_notes(added, years.now)
    return workbook_file(name, "Commitments", _columns(files.COMMITMENTS), rows, notes=notes)


def _heatmap(request: Request, kind: str) -> HttpResponseBase:
    require_ecda(request)
    form, years = heatmap_asked(request)
    if years is None or form.errors:
        return _back(request, "progress:heatmap")
    found = heat.heatmap(years, form.filters)
    name, header = f"{NAME}-heatmap-{found.round.slug}", files.header(found.columns)
    rows = files.partner_rows(found.rows)
    if kind == CSV:
        return csv_file(name, header, rows)
    notes = files.partner_notes(found, years.now, form.said)
    return workbook_file(name, "Heatmap", _columns(header), rows, notes=notes)


def _sums(request: Request, kind: str) -> HttpResponseBase:
    require_ecda(request)
    form, years = heatmap_asked(request)
    if years is None or form.errors:
        return _back(request, "progress:heatmap")
    found = heat.heatmap(years, form.filters)
    name, rows = f"{NAME}-indicators-{found.round.slug}", files.sum_rows(found)
    if kind == CSV:
        return csv_file(name, files.SUMS, rows)
    notes = files.sum_notes(found, years.now, form.said)
    return workbook_file(name, "Indicators", _columns(files.SUMS), rows, notes=notes)


def _columns(header: tuple[str, ...]) -> list[Column]:
    """The first column holds names, the others less."""
    return [Column(title, 16 if place else 36) for place, title in enumerate(header)]


def _back(request: Request, name: str) -> HttpResponseBase:
    """A filter that is not understood goes back to the page, which says so."""
    return redirect(f"{resolve_url(name)}?{request.GET.urlencode()}")
