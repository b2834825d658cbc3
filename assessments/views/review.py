"""Pages of ecda's reviewers: the queue, an assessment to review, the three decisions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions import reviewing
from assessments.dashboards import Sheet, read_accepted, read_queue, read_sheet, turn_of
from assessments.forms import ReviewForm
from assessments.models import Assessment
from assessments.views import parts
from assessments.views.keeping import give, keeps_words
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.access import Request, require_ecda


def _sent_form(sent: QueryDict, pk: int) -> ReviewForm | None:
    """What was typed, whoever typed it; of the answers it has the codes alone."""
    assessment = Assessment.objects.select_related("round", "partner").filter(pk=pk).first()
    return ReviewForm(sent, rows=read_sheet(assessment).rows) if assessment else None


@require_safe
def review_queue(request: Request) -> HttpResponse:
    """What waits for review, the oldest first, and what was accepted last."""
    user = require_ecda(request)
    context = {"queue": read_queue(user), "accepted": read_accepted()}
    return render(request, "assessments/review_queue.html", context)


@require_safe
def review_detail(request: Request, pk: int) -> HttpResponse:
    """Every answer, with a comment field each while there is something to decide."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_reviewer(request.user, role)
    sheet = read_sheet(assessment)
    seen = assessment.submitted_at.isoformat() if assessment.submitted_at else ""
    return _page(request, sheet, ReviewForm(rows=sheet.rows, initial={"seen": seen}))


@keeps_words(form=_sent_form, page="review-detail", button="Accept")
@require_POST
def review_accept(request: Request, pk: int) -> HttpResponse:
    """Accept; comments that were typed are kept as remarks."""
    sheet, form = _posted(request, pk)
    if not form.is_valid():
        return _page(request, sheet, form)
    try:
        reviewing.accept(**form.arguments, assessment=sheet.assessment, by=request.user)
    except RefusedError as error:
        return _refused(request, sheet, form, error)
    messages.success(request, f"Accepted: {sheet.assessment.partner}")
    return redirect("assessments:review-queue")


@keeps_words(form=_sent_form, page="review-detail", button="Request changes")
@require_POST
def review_request_changes(request: Request, pk: int) -> HttpResponse:
    """Return the assessment, open to the indicators that have a comment."""
    sheet, form = _posted(request, pk)
    if not form.check_changes():
        return _page(request, sheet, form)
    try:
        reviewing.request_changes(**form.arguments, assessment=sheet.assessment, by=request.user)
    except RefusedError as error:
        return _refused(request, sheet, form, error)
    messages.success(request, f"Changes requested: {sheet.assessment.partner}")
    return redirect("assessments:review-queue")


@keeps_words(form=_sent_form, page="review-detail", button="Reopen")
@require_POST
def review_reopen(request: Request, pk: int) -> HttpResponse:
    """Open an accepted assessment again, for the indicators that have a comment."""
    sheet, form = _posted(request, pk)
    if not form.check_changes():
        return _page(request, sheet, form)
    note, comments = form.cleaned_data["note"], form.comments
    try:
        reviewing.reopen(assessment=sheet.assessment, note=note, comments=comments, by=request.user)
    except RefusedError as error:
        return _refused(request, sheet, form, error)
    messages.success(request, f"Reopened: {sheet.assessment.partner}")
    return redirect("assessments:review-detail", pk)


def _posted(request: Request, pk: int) -> tuple[Sheet, ReviewForm]:
    assessment, role = access.assessment_or_404(request, pk)
    access.require_reviewer(request.user, role)
    sheet = read_sheet(assessment)
    return sheet, ReviewForm(request.POST, rows=sheet.rows)


def _page(request: Request, sheet: Sheet, form: ReviewForm) -> HttpResponse:
    state = sheet.assessment.status
    give(request, form, "review-detail", sheet.assessment.pk)
    groups = [
        (group.commitment, [(row, form.field_of(row)) for row in group.rows])
        for group in sheet.groups
    ]
    context = parts.sheet_context(sheet, request, None) | {
        "groups": groups,
        "form": form,
        "may_review": state == State.SUBMITTED,
        "may_reopen": state == State.ACCEPTED,
        "reviews": sheet.assessment.reviews.select_related("by"),
    }
    return render(request, "assessments/review_detail.html", context)


def _refused(request: Request, sheet: Sheet, form: ReviewForm, error: RefusedError) -> HttpResponse:
    """Answer 409 with what was written, to be copied, and whose turn it is now."""
    now = Assessment.objects.select_related("round", "partner").get(pk=sheet.assessment.pk)
    context: dict[str, Any] = {
        "title": "This could not be saved",
        "message": str(error),
        "whose": turn_of(now, request.user, None),
        "typed": form.typed,
        "back_url": parts.to_assessment(now, "review-detail"),
    }
    return render(request, "assessments/answer_closed.html", context, status=409)
