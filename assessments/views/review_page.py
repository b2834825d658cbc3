"""The page on which ecda reviews: how it is put together, refused, and kept with what was typed."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from assessments import access
from assessments.actions.review_drafts import OtherDraftError, keep_draft
from assessments.dashboards import (
    ReviewPage,
    Sheet,
    read_review,
    read_review_draft,
    read_sheet,
    turn_of,
)
from assessments.forms import ReviewForm, Typed
from assessments.forms.decisions import read_moment
from assessments.models import Assessment, ReviewDraft
from assessments.views import parts
from assessments.views.keeping import give
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.access import Request

PAGE = "review-detail"


def sent_form(sent: QueryDict, pk: int) -> ReviewForm | None:
    """What was typed, whoever typed it; of the answers it has the codes alone."""
    assessment = Assessment.objects.select_related("round", "partner").filter(pk=pk).first()
    return ReviewForm(sent, rows=read_sheet(assessment).rows) if assessment else None


def fetch(request: Request, pk: int) -> Assessment:
    """The assessment for somebody who may review it: 404 or 403 for everybody else."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_reviewer(request.user, role)
    return assessment


def posted(request: Request, pk: int) -> tuple[Sheet, ReviewForm]:
    """The answers and the form that was sent about them."""
    sheet = read_sheet(fetch(request, pk))
    return sheet, ReviewForm(request.POST, rows=sheet.rows)


def page(
    request: Request,
    assessment: Assessment,
    form: ReviewForm | None = None,
    *,
    message: str = "",
    other: list[Typed] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The review page; without a form, the one that the person's draft fills.

    `message` says what was not done, and `other` is what stands against the form.
    """
    found = read_review(assessment, request.user)
    form = form or _opened(found)
    give(request, form, PAGE, assessment.pk)
    is_others = found.holder is not None and found.holder != request.user
    state = assessment.status
    may_review = state == State.SUBMITTED and not is_others
    context = parts.sheet_context(found.sheet, request, None) | {
        "review": found,
        "groups": _with_fields(found, form),
        "form": form,
        "may_review": may_review,
        "may_reopen": state == State.ACCEPTED,
        "may_decide": may_review or state == State.ACCEPTED,
        "is_waiting": state == State.SUBMITTED,
        "is_mine": found.holder == request.user,
        "message": message,
        "other": other,
        "left": words_of(found.draft, found.sheet) if found.draft else [],
    }
    if is_others and state == State.SUBMITTED:
        context["turn"] = replace(context["turn"], mine=False, text=f"{found.holder} reviews it.")
    return render(request, "assessments/review_detail.html", context, status=status)


def refused(request: Request, form: ReviewForm, pk: int, error: RefusedError) -> HttpResponse:
    """Answer 409 with what was written, to be copied, and whose turn it is now.

    What was written is kept as the person's draft too, where no other draft is in its way.
    """
    assessment = fetch(request, pk)
    context: dict[str, Any] = {
        "title": "This could not be saved",
        "message": str(error),
        "whose": turn_of(assessment, request.user, None),
        "texts": form.typed,
        "is_kept": bool(form.typed) and keep_typed(request, assessment) is None,
        "back_url": parts.to_assessment(assessment, PAGE),
    }
    return render(request, "assessments/review_refused.html", context, status=409)


def keep_typed(
    request: Request, assessment: Assessment, *, without: str = ""
) -> RefusedError | None:
    """Keep what was sent as the person's draft; the reason why it could not be, or None.

    Fields that the page did not show keep what the draft has of them; `without` is a field whose
    words have gone elsewhere.
    """
    draft = read_review_draft(assessment, request.user)
    sent = {
        name: texts
        for name, texts in request.POST.lists()
        if name in {"note", "private"} or name.startswith("comment-")
    }
    typed = {**(draft.typed if draft else {}), **sent}
    if without:
        typed[without] = [""]
    if draft is None and not any(text.strip() for texts in typed.values() for text in texts):
        return None
    seen = read_moment(request.POST.get("kept"))
    try:
        keep_draft(assessment=assessment, person=request.user, typed=typed, seen=seen)
    except RefusedError as error:
        return error
    return None


def put_together(
    request: Request, assessment: Assessment, form: ReviewForm, error: RefusedError
) -> HttpResponse:
    """Answer 409 with the form as it was typed, and the draft that stands against it, to copy."""
    other = None
    if isinstance(error, OtherDraftError):
        other = words_of(error.draft, read_sheet(assessment))
        form.see_draft(error.draft.kept_at)
    return page(request, assessment, form, message=str(error), other=other, status=409)


def words_of(draft: ReviewDraft, sheet: Sheet) -> list[Typed]:
    """What the draft says, field by field, to be read or copied."""
    return ReviewForm.of_draft(draft.typed, rows=sheet.rows).typed


def _opened(found: ReviewPage) -> ReviewForm:
    assessment, draft = found.sheet.assessment, found.draft
    seen = assessment.submitted_at.isoformat() if assessment.submitted_at else ""
    kept = draft.kept_at.isoformat() if draft else ""
    typed = draft.typed if draft else {}
    return ReviewForm.of_draft(typed, rows=found.sheet.rows, seen=seen, kept=kept)


def _with_fields(found: ReviewPage, form: ReviewForm) -> list[Any]:
    """The commitments with their indicators, each with the field of its comment."""
    return [
        (commitment, [(one, form.field_of(one.row)) for one in rows])
        for commitment, rows in found.groups
    ]
