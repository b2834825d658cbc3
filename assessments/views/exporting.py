"""The staff's lists of assessments and good practice as CSV and Excel files, filtered as shown."""

from collections.abc import Iterable, Sequence

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.views.decorators.http import require_safe

from assessments import access
from assessments.dashboards import exported, read_queue, read_rounds_in_queue
from assessments.dashboards.practices import practices_in
from assessments.dashboards.rounds import read_places
from assessments.forms import QueueForm
from assessments.forms.practices import PracticeQueueForm
from declaration.exports import Value, csv_file, workbook_file
from declaration.workbooks import Column
from signatories.access import Request, require_ecda

NAME = "essex-data-declaration"


@require_safe
def review_export(request: Request) -> HttpResponseBase:
    """Hand out what waits for review under the same filter as CSV."""
    return _reviews(request, "csv")


@require_safe
def review_workbook(request: Request) -> HttpResponseBase:
    """Hand out what waits for review under the same filter as an Excel workbook."""
    return _reviews(request, "xlsx")


@require_safe
def round_export(request: Request, slug: str) -> HttpResponseBase:
    """Hand out the partners of a round, all or those of one standing, as CSV."""
    return _round(request, slug, "csv")


@require_safe
def round_workbook(request: Request, slug: str) -> HttpResponseBase:
    """Hand out the partners of a round, all or those of one standing, as an Excel workbook."""
    return _round(request, slug, "xlsx")


@require_safe
def practice_export(request: Request) -> HttpResponseBase:
    """Hand out the good practice of a state as CSV."""
    return _practices(request, "csv")


@require_safe
def practice_workbook(request: Request) -> HttpResponseBase:
    """Hand out the good practice of a state as an Excel workbook."""
    return _practices(request, "xlsx")


def _reviews(request: Request, kind: str) -> HttpResponseBase:
    user = require_ecda(request)
    form = QueueForm(request.GET, rounds=read_rounds_in_queue())
    if form.errors:
        return _back(request, "assessments:review-queue")
    found = exported.review_rows(read_queue(user, form.filters).waiting)
    return _file(kind, f"{NAME}-reviews", "Reviews", exported.REVIEWS, found)


def _round(request: Request, slug: str, kind: str) -> HttpResponseBase:
    found = access.any_round_or_404(request, slug)
    rows = exported.place_rows(read_places(found, request.GET.get("state", "")))
    return _file(kind, f"{NAME}-round-{found.slug}", "Partners", exported.PLACES, rows)


def _practices(request: Request, kind: str) -> HttpResponseBase:
    require_ecda(request)
    form = PracticeQueueForm(request.GET)
    if form.errors:
        return _back(request, "assessments:practice-queue")
    rows = exported.practice_rows(practices_in(form.understood["state"]))
    return _file(kind, f"{NAME}-good-practice-queue", "Good practice", exported.PRACTICES, rows)


def _back(request: Request, name: str) -> HttpResponseBase:
    """A filter that is not understood goes back to the page, which says so."""
    return redirect(f"{resolve_url(name)}?{request.GET.urlencode()}")


def _file(
    kind: str, name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Value]]
) -> HttpResponseBase:
    if kind == "csv":
        return csv_file(name, header, rows)
    return workbook_file(name, title, [Column(each, 20) for each in header], rows)
