"""Pages for ecda's staff about one indicator or one commitment in a round, and their files."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_safe

from assessments.models import Round
from commitments.models import Indicator
from declaration.exports import Value, csv_file, workbook_file
from declaration.paging import numbered_pages
from declaration.workbooks import Column
from progress import charts
from progress.dashboards import commitment as commitments
from progress.dashboards import indicator as indicators
from progress.dashboards.figures import Asked, Years
from progress.dashboards.heatmap import named
from progress.dashboards.heatmap_files import NOT_COMPARED
from progress.dashboards.left_out import of_kind
from progress.dashboards.notes import MOVEMENT, Note, notes_of
from progress.dashboards.over_rounds import SUMS, Year, label, sum_notes, sum_rows
from progress.dashboards.overview import rounds as read_rounds
from progress.forms.figures import AnswersForm, PartnersForm, SortedForm
from progress.forms.pages import page_or_first
from signatories.access import Request, require_ecda
from signatories.models import Partner

NAME = "essex-data-declaration"
PER_PAGE = 50


@require_safe
def indicator_detail(request: Request, round: str, code: str) -> HttpResponse:
    """Show what one indicator adds up to in a round, who said what, and who can help whom."""
    require_ecda(request)
    rounds, found, asked = _round(round)
    indicator = _indicator(asked, code)
    form = AnswersForm(request.GET)
    page, _ = indicators.read_indicator(found, asked, indicator, rounds)
    listed = indicators.wanted(page.answers, form.wanted)
    shown = page_or_first(form, listed, PER_PAGE, "answers")
    words = indicators.read_words(found, indicator, [each.row for each in shown.object_list])
    context = {
        "form": form,
        "page": page,
        "listed": shown,
        "pages": numbered_pages(shown, form.kept, "Pages of answers"),
        "answers": indicators.with_words(shown.object_list, words),
        "help": indicators.read_help(indicator, page.answers, words),
        "neighbours": _neighbours(page),
        "spread": charts.distribution(page.sum.figures, what="partners"),
        "over_rounds": _over_rounds(page.history),
    }
    return render(request, "progress/indicator_detail.html", context)


@require_safe
def indicator_export(request: Request, round: str, code: str) -> HttpResponseBase:
    """Hand out the answers to an indicator under the same filter as CSV."""
    return _answers(request, round, code, "csv")


@require_safe
def indicator_workbook(request: Request, round: str, code: str) -> HttpResponseBase:
    """Hand out the answers to an indicator under the same filter as an Excel workbook."""
    return _answers(request, round, code, "xlsx")


@require_safe
def indicator_sums_export(request: Request, round: str, code: str) -> HttpResponseBase:
    """Hand out what an indicator adds up to in each round as CSV."""
    return _indicator_sums(request, round, code, "csv")


@require_safe
def indicator_sums_workbook(request: Request, round: str, code: str) -> HttpResponseBase:
    """Hand out what an indicator adds up to in each round as a workbook."""
    return _indicator_sums(request, round, code, "xlsx")


@require_safe
def commitment_detail(request: Request, round: str, number: int) -> HttpResponse:
    """Show what one commitment's indicators add up to in a round, and every partner's answers."""
    require_ecda(request)
    rounds, found, asked = _round(round)
    page, history = _commitment(found, asked, number, rounds)
    form = PartnersForm(request.GET, page.asked)
    rows = commitments.answers(history, found, number, form.filters)
    listed = page_or_first(form, rows, PER_PAGE, "partners")
    context = {
        "form": form,
        "page": page,
        "listed": listed,
        "pages": numbered_pages(listed, form.kept, "Pages of partners"),
        "spread": charts.stacked(
            [(label(line.sum.asked), line.sum.figures) for line in page.lines]
        ),
        "moved": _moved(page),
        "over_rounds": _over_rounds(page.history),
    }
    return render(request, "progress/commitment_detail.html", context)


@require_safe
def commitment_export(request: Request, round: str, number: int) -> HttpResponseBase:
    """Hand out partners' answers to a commitment's indicators under the same filter as CSV."""
    return _partners(request, round, number, "csv")


@require_safe
def commitment_workbook(request: Request, round: str, number: int) -> HttpResponseBase:
    """Hand out partners' answers to a commitment's indicators as an Excel workbook."""
    return _partners(request, round, number, "xlsx")


@require_safe
def commitment_sums_export(request: Request, round: str, number: int) -> HttpResponseBase:
    """Hand out what the indicators of a commitment add up to in each round as CSV."""
    return _commitment_sums(request, round, number, "csv")


@require_safe
def commitment_sums_workbook(request: Request, round: str, number: int) -> HttpResponseBase:
    """Hand out what the indicators of a commitment add up to in each round as a workbook."""
    return _commitment_sums(request, round, number, "xlsx")


def _round(slug: str) -> tuple[list[Round], Round, list[Indicator]]:
    """All rounds that have opened, the one with this address, and its edition's indicators."""
    rounds = read_rounds()
    found = next((each for each in rounds if each.slug == slug), None)
    if found is None:
        raise Http404("No such round.")
    return rounds, found, indicators.read_with_levels(found)


def _indicator(asked: Sequence[Indicator], code: str) -> Indicator:
    found = next((each for each in asked if each.code == code), None)
    if found is None:
        raise Http404("No such indicator.")
    return found


def _commitment(
    round: Round, asked: list[Indicator], number: int, rounds: list[Round]
) -> tuple[commitments.CommitmentPage, list[Years]]:
    if not any(each.commitment.number == number for each in asked):
        raise Http404("No such commitment.")
    return commitments.read_commitment(round, asked, number, rounds)


def _neighbours(page: indicators.IndicatorPage) -> dict[str, Any]:
    """The parameters of GOV.UK's pagination between the indicators of the edition."""
    links: dict[str, Any] = {"classes": "govuk-pagination--block"}
    for name, each in (("previous", page.previous), ("next", page.following)):
        if each:
            href = resolve_url("progress:indicator-detail", page.round.slug, each.code)
            text = f"{name.capitalize()} indicator"
            links[name] = {"href": href, "text": text, "labelText": str(each)}
    return links


def _over_rounds(history: Sequence[Year]) -> charts.Chart | None:
    """The rounds below one another, the oldest first; None where there is nothing to compare."""
    rows = [(year.label, year.figures) for year in reversed(history) if year.figures.of]
    return charts.stacked(rows, what="rounds") if len(rows) > 1 else None


def _moved(page: commitments.CommitmentPage) -> charts.Chart | None:
    """How many moved which way on each indicator; None where nothing can be compared."""
    rows = [
        (label(line.sum.asked), line.sum.moves.down, line.sum.moves.same, line.sum.moves.up)
        for line in page.lines
        if line.sum.moves
    ]
    return charts.moved(rows) if page.moves and page.moves.compared else None


def _answers(request: Request, slug: str, code: str, kind: str) -> HttpResponseBase:
    require_ecda(request)
    rounds, found, asked = _round(slug)
    indicator = _indicator(asked, code)
    form = AnswersForm(request.GET)
    if form.errors:
        return _back(request, "progress:indicator-detail", slug, code)
    page, history = indicators.read_indicator(found, asked, indicator, rounds)
    listed = indicators.wanted(page.answers, form.wanted)
    words = indicators.read_words(found, indicator, [each.row for each in listed])
    rows = indicators.answer_rows(page, indicators.with_words(listed, words))
    what = f"Partners’ answers to indicator {indicator.code} {indicator.title}"
    years = _of_round(history, found)
    file = f"{NAME}-{found.slug}-indicator-{code}"
    count = f"{len(listed)} of {len(page.answers)} answers of accepted assessments"
    notes = _notes(what, years, (page.sum.asked,), form, count)
    return _file(kind, file, indicators.ANSWERS, rows, notes)


def _partners(request: Request, slug: str, number: int, kind: str) -> HttpResponseBase:
    require_ecda(request)
    rounds, found, asked = _round(slug)
    page, history = _commitment(found, asked, number, rounds)
    form = PartnersForm(request.GET, page.asked)
    if form.errors:
        return _back(request, "progress:commitment-detail", slug, number)
    listed = commitments.answers(history, found, number, form.filters)
    rows = commitments.answer_rows(page, listed)
    what = f"Partners’ answers to commitment {page.commitment}"
    years = _of_round(history, found)
    count = f"{len(listed)} of {page.partners} partners with an accepted assessment"
    notes = _notes(what, years, years.now.of_commitment(number), form, count)
    file = f"{NAME}-{found.slug}-commitment-{number}"
    return _file(kind, file, commitments.ANSWERS, rows, notes)


def _indicator_sums(request: Request, slug: str, code: str, kind: str) -> HttpResponseBase:
    require_ecda(request)
    rounds, found, asked = _round(slug)
    _, history = indicators.read_indicator(found, asked, _indicator(asked, code), rounds)
    return _sums(kind, f"indicator {code}", _of_round(history, found), history)


def _commitment_sums(request: Request, slug: str, number: int, kind: str) -> HttpResponseBase:
    require_ecda(request)
    rounds, found, asked = _round(slug)
    _, history = _commitment(found, asked, number, rounds)
    return _sums(kind, f"commitment {number}", _of_round(history, found), history)


def _notes(
    what: str, years: Years, asked: Sequence[Asked], form: SortedForm, listed: str
) -> list[Note]:
    """The notes beside answers: what those of the kind that is shown add up to, and whom not."""
    kind = form.understood["kind"]
    figures = years.now.roll_up(*asked, kind=kind)
    median = "none" if figures.median is None else named(figures.median)
    of = f"All of the kind {Partner.Kind(kind).label}" if kind else "All partners"
    also = [
        ("Listed here", listed),
        ("Adds up to", f"{of}: {figures.words}, median {median}"),
        *_before(years),
    ]
    left_out = of_kind(years.now.left_out, kind)
    return notes_of(what, years.now, filters=form.said, left_out=left_out, also=also)


def _sums(kind: str, what: str, years: Years, history: Sequence[Years]) -> HttpResponseBase:
    """The figures of every round, under the name of the round whose page they were taken from."""
    name = f"{NAME}-{years.now.round.slug}-{what.replace(' ', '-')}-figures"
    about = f"What {what} of the edition of round {years.now.round} adds up to in every round"
    return _file(kind, name, SUMS, sum_rows(history), sum_notes(about, history))


def _before(years: Years) -> list[tuple[str, str]]:
    """What the columns about the round before mean."""
    if years.before is None:
        return [("Movement", "There is no round before this one to compare with")]
    return [
        ("Rating before and movement", f"Since round {years.before.round}"),
        *MOVEMENT,
        ("other", NOT_COMPARED),
    ]


def _of_round(history: Iterable[Years], round: Round) -> Years:
    return next(years for years in history if years.now.round == round)


def _back(request: Request, name: str, *its: str | int) -> HttpResponseBase:
    """A filter that is not understood goes back to the page, which says so."""
    return redirect(f"{resolve_url(name, *its)}?{request.GET.urlencode()}")


def _file(
    kind: str,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Value]],
    notes: Sequence[tuple[str, str]],
) -> HttpResponseBase:
    if kind == "csv":
        return csv_file(name, header, rows)
    columns = [Column(each, 60 if each in {"narrative", "title"} else 20) for each in header]
    title = "Figures" if header is SUMS else "Answers"
    return workbook_file(name, title, columns, rows, notes=notes)
