"""What several pages of this app are made of."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assessments.access import is_reviewer
from assessments.dashboards import (
    Desk,
    Group,
    Row,
    Sheet,
    due_sentence,
    read_sent_back,
    read_tasks,
    turn_of,
)
from assessments.forms import AnswerForm, NoteForm, typed_texts
from assessments.models import Answer, Assessment
from assessments.workflow import OPEN_TO_ANSWERS, State
from signatories.access import Request, Role, has_role

TAKE_BACK = "Why do you take the assessment back?"
STATUS_TAGS = {
    "Not yet started": "govuk-tag--grey",
    "In progress": "govuk-tag--light-blue",
    "Reopened": "govuk-tag--yellow",
}


def answer_path(answer: Answer) -> str:
    """Where the answer's page is."""
    return reverse("assessments:answer-edit", args=[answer.pk])


def to_assessment(assessment: Assessment, page: str = "assessment-detail") -> str:
    """Where one of the assessment's pages is; its task list when no other is named."""
    return reverse(f"assessments:{page}", args=[assessment.pk])


def task_list(group: Group) -> dict[str, Any]:
    """The parameters of GOV.UK's task list for one commitment."""
    prefix = f"commitment-{group.commitment.number}"
    return {"idPrefix": prefix, "items": [_task(row) for row in group.rows]}


def _task(row: Row) -> dict[str, Any]:
    tag = STATUS_TAGS.get(row.status)
    status = {"tag": {"text": row.status, "classes": tag}} if tag else {"text": row.status}
    task = {
        "title": {"text": f"{row.code} {row.title}"},
        "href": answer_path(row.answer),
        "status": status,
    }
    if row.comment:
        task["hint"] = {"text": f"ecda’s comment: {row.comment}"}
    return task


def missing_list(rows: list[Row]) -> list[dict[str, str]]:
    """The links of an error summary, one for each indicator that is not completed."""
    return [
        {"text": f"{row.code} {row.title}: {row.missing.lower()}", "href": answer_path(row.answer)}
        for row in rows
    ]


def next_step(assessment: Assessment, request: Request, role: Role | None) -> dict[str, str] | None:
    """The one button of the task list: what this person can do next, if anything."""
    state = assessment.status
    if state in OPEN_TO_ANSWERS and role is not None:
        is_lead = has_role(role, Role.LEAD)
        text = "Check answers and send for sign-off" if is_lead else "Check answers"
        return {"text": text, "href": to_assessment(assessment, "assessment-check")}
    if state == State.AWAITING and role == Role.LEADER:
        sign_off = to_assessment(assessment, "assessment-sign-off")
        return {"text": "Read and sign off", "href": sign_off}
    if is_reviewer(request.user, role) and state in {State.SUBMITTED, State.ACCEPTED}:
        text = "Review" if state == State.SUBMITTED else "Read or reopen"
        return {"text": text, "href": to_assessment(assessment, "review-detail")}
    return None


def task_list_context(
    request: Request, assessment: Assessment, role: Role | None, note_form: NoteForm | None = None
) -> dict[str, Any]:
    """What the task list shows; `note_form` is what a lead typed to take the assessment back."""
    sheet = read_tasks(assessment)
    is_sent = assessment.status == State.AWAITING and not assessment.round.is_closed()
    return sheet_context(sheet, request, role) | {
        "tasks": [(group, task_list(group)) for group in sheet.groups],
        "due": due_sentence(assessment.round),
        "sent_back": read_sent_back(assessment),
        "next_step": next_step(assessment, request, role),
        "may_take_back": is_sent and has_role(role, Role.LEAD),
        "note_form": note_form or NoteForm(label=TAKE_BACK),
    }


def sheet_context(sheet: Sheet, request: Request, role: Role | None) -> dict[str, Any]:
    """What every page about a whole assessment shows."""
    turn = turn_of(sheet.assessment, request.user, role)
    return {"sheet": sheet, "assessment": sheet.assessment, "turn": turn, "role": role}


def closed_page(
    request: Request, desk: Desk, form: AnswerForm, role: Role | None, message: str
) -> HttpResponse:
    """Answer 409 with all that was typed, to be copied, and whose turn it is."""
    assessment = desk.answer.assessment
    context = {
        "title": "This could not be saved",
        "message": message,
        "whose": turn_of(assessment, request.user, role),
        "typed": typed_texts(form),
        "answer": desk.answer,
        "back_url": to_assessment(assessment),
    }
    return render(request, "assessments/answer_closed.html", context, status=409)


def desk_context(request: Request, desk: Desk, role: Role | None) -> dict[str, Any]:
    """What every page about one indicator shows."""
    assessment = desk.answer.assessment
    return {
        "desk": desk,
        "answer": desk.answer,
        "indicator": desk.answer.indicator,
        "row": desk.row,
        "turn": turn_of(assessment, request.user, role),
        "back_url": to_assessment(assessment),
    }


def sending(sheet: Sheet, role: Role | None) -> dict[str, Any]:
    """What the check page says of sending: whether this person may, and what is missing."""
    may_write = sheet.opening.every or bool(sheet.opening.indicators)
    return {
        "may_send": may_write and has_role(role, Role.LEAD),
        "may_change": may_write and role is not None,
        "missing": missing_list(sheet.missing) if may_write else [],
    }
