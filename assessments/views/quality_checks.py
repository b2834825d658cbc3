"""Pages of ecda’s staff about quality checks over all partners of a round."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from assessments.actions.asking import Outcome
from assessments.actions.asking import ask as ask_partners
from assessments.dashboards.checks import HEADER, Check, Way, check_rows, read_checks
from assessments.forms.checks import AskForm, CheckFilterForm
from assessments.models import Round
from declaration.actions import RefusedError
from declaration.exports import csv_file, workbook_file
from declaration.paging import numbered_pages
from declaration.workbooks import Column
from signatories.access import Request, require_ecda

PER_PAGE = 50
FILE_NAME = "essex-data-declaration-quality-checks"
WIDTHS = (30, 20, 12, 20, 10, 40, 30, 70, 20, 12, 40)


@require_safe
def quality_list(request: Request) -> HttpResponse:
    """Every question about the answers of a round, each with a button that asks it."""
    require_ecda(request)
    return _page(request, request.GET)


def _page(request: Request, asked: QueryDict, refused: AskForm | None = None) -> HttpResponse:
    """The list as it was asked for; `refused` says why nothing was asked of anybody."""
    form = _form(asked)
    found = _checks(request, form)
    page = Paginator(found, PER_PAGE).get_page(asked.get("page"))
    came_from = urlencode({**form.kept, "page": page.number})
    # A list that is shown with a refusal stands at the address of the button.
    at = resolve_url("assessments:quality-list")
    context = {
        "form": form,
        "round": form.chosen_round,
        "page": page,
        "rows": [(one, _controls(one)) for one in page],
        "ask_form": refused or AskForm(initial={"came_from": came_from}),
        "partners": len({one.assessment.partner_id for one in found}),
        "may_ask_any": any(one.may_ask for one in page),
        "pages": numbered_pages(page, form.kept, "Pages of quality checks", at=at),
    }
    return render(request, "assessments/quality_list.html", context)


@require_POST
def quality_ask(request: Request) -> HttpResponse:
    """Ask one question or those that are ticked, and lead back to the list as it was."""
    user = require_ecda(request)
    form = AskForm(request.POST)
    try:
        outcome = ask_partners(keys=form.keys, by=user)
    except RefusedError as error:
        form.add_error(None, str(error))
        return _page(request, QueryDict(form.page_of_list(_rounds()).lstrip("?")), form)
    for tell, words in _said(outcome):
        tell(request, words)
    return redirect(f"{resolve_url('assessments:quality-list')}{form.page_of_list(_rounds())}")


@require_safe
def quality_export(request: Request) -> HttpResponseBase:
    """Hand out the questions under the same filter as CSV."""
    return _export(request, "csv")


@require_safe
def quality_workbook(request: Request) -> HttpResponseBase:
    """Hand out the questions under the same filter as an Excel workbook."""
    return _export(request, "xlsx")


def _export(request: Request, kind: str) -> HttpResponseBase:
    """A filter that is not understood goes back to the list, which says so."""
    require_ecda(request)
    form = _form(request.GET)
    if form.errors:
        return redirect(f"{resolve_url('assessments:quality-list')}?{request.GET.urlencode()}")
    rows = check_rows(_checks(request, form))
    name = f"{FILE_NAME}-{form.chosen_round.slug}" if form.chosen_round else FILE_NAME
    if kind == "csv":
        return csv_file(name, HEADER, rows)
    columns = [Column(title, width) for title, width in zip(HEADER, WIDTHS, strict=True)]
    return workbook_file(name, "Quality checks", columns, rows)


def _rounds() -> list[Round]:
    return list(Round.objects.opened().latest_first())


def _form(asked: QueryDict) -> CheckFilterForm:
    return CheckFilterForm(asked, _rounds())


def _checks(request: Request, form: CheckFilterForm) -> list[Check]:
    chosen = form.chosen_round
    return read_checks(chosen, form.filters, request.user) if chosen else []


def _controls(check: Check) -> dict[str, Any]:
    """The parameters of the row’s box and button; none where it cannot be asked now."""
    if not check.may_ask:
        return {}
    about = f"{check.assessment.partner}, {check.indicator.code}: {check.question.words}"
    to_review = check.way == Way.REVIEW
    button = "Add to my review" if to_review else "Ask"
    return {
        "checkbox": {
            "idPrefix": f"question-{check.key}",
            "name": "question",
            "classes": "govuk-checkboxes--small",
            "items": [{"value": str(check.key), "html": _with_hidden("Select", about)}],
        },
        "button": {
            "html": _with_hidden(button, about),
            "name": "only",
            "value": str(check.key),
            "classes": "govuk-button--secondary govuk-!-margin-bottom-1",
            "preventDoubleClick": True,
        },
    }


def _with_hidden(shown: str, about: str) -> SafeString:
    words = '{}<span class="govuk-visually-hidden"> {}</span>'
    return format_html(words, shown, about)


def _said(outcome: Outcome) -> list[tuple[Any, str]]:
    """What became of the questions, each with how it is told."""
    found: list[tuple[Any, str]] = []
    if outcome.asked:
        one = outcome.asked == 1
        told = "The partner’s leads are told." if one else "The partners’ leads are told."
        found.append((messages.success, f"{_asked(outcome.asked)}. {told}"))
    if outcome.drafted:
        one = outcome.drafted == 1
        drafted = "1 question is" if one else f"{outcome.drafted} questions are"
        found.append((messages.success, f"{drafted} in your draft of the review."))
    if outcome.already:
        found.append((messages.info, f"{_count(outcome.already)} asked already. Nothing changed."))
    if outcome.gone:
        found.append((messages.info, f"{_count(outcome.gone)} mended already, or gone."))
    found += [(messages.warning, words) for words in outcome.refused]
    return found


def _asked(number: int) -> str:
    return "You asked 1 question" if number == 1 else f"You asked {number} questions"


def _count(number: int) -> str:
    return "1 question was" if number == 1 else f"{number} questions were"
