"""The task list of an assessment: how far each indicator is, and what this person can do next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html_join

from assessments.access import is_reviewer
from assessments.dashboards import (
    Assigned,
    Group,
    Row,
    Sheet,
    due_sentence,
    read_assigned,
    read_carryable,
    read_own_drafts,
    read_sent_back,
    read_tasks,
)
from assessments.dashboards.checks import read_asked
from assessments.dashboards.questions import Asked
from assessments.dashboards.reviews import read_decisions
from assessments.forms import NoteForm
from assessments.models import Assessment
from assessments.views import parts
from assessments.views.keeping import give
from assessments.workflow import State
from signatories.access import Request, Role, has_role
from signatories.models import User

STATUS_TAGS = {
    "Not yet started": "govuk-tag--grey",
    "To review": "govuk-tag--purple",
    "In progress": "govuk-tag--light-blue",
    "Reopened": "govuk-tag--yellow",
}
# What cannot be worked on now stands in grey.
GREY = "govuk-task-list__status--cannot-start-yet"
CANNOT_START = {"text": "Cannot start yet", "classes": GREY}
CLOSED_HINT = "You can read this, but not change it"


@dataclass(frozen=True)
class Looker:
    """Who looks at the list, and what of it is theirs alone."""

    person: User
    role: Role | None
    assigned: Mapping[int, Assigned]
    drafts: frozenset[int]
    asked: Mapping[int, Sequence[Asked]]


def task_list_context(
    request: Request, assessment: Assessment, role: Role | None, note_form: NoteForm | None = None
) -> dict[str, Any]:
    """What the task list shows; `note_form` is what a lead typed to take the assessment back."""
    sheet = read_tasks(assessment)
    person = request.user
    drafts = read_own_drafts(assessment, person) if role else frozenset[int]()
    looker = Looker(person, role, read_assigned(assessment), drafts, _asked(sheet))
    note_form = note_form or NoteForm(label=parts.TAKE_BACK)
    give(request, note_form, "assessment-detail", assessment.pk)
    is_sent = assessment.status == State.AWAITING and not assessment.is_closed()
    return parts.sheet_context(sheet, request, role) | {
        "tasks": [(group, _group(group, looker)) for group in sheet.groups],
        "last_task": _last_task(sheet, role),
        "may_check": sheet.is_open and role is not None,
        "carry_from": _carry_from(sheet, role),
        "due": due_sentence(assessment) if _is_due(assessment) else "",
        "may_bring_back": sheet.is_open,
        "sent_back": read_sent_back(assessment),
        "decisions": read_decisions(assessment) if assessment.snapshot_id else (),
        "next_step": next_step(assessment, request, role),
        "may_take_back": is_sent and has_role(role, Role.LEAD),
        "note_form": note_form,
    }


def _asked(sheet: Sheet) -> Mapping[int, Sequence[Asked]]:
    """What ecda asked outside a review and still applies, by answer; no query where nothing was."""
    is_any = any(vars(row.answer).get("has_requests") for row in sheet.rows)
    return read_asked(sheet.assessment) if is_any else {}


def _is_due(assessment: Assessment) -> bool:
    """Whether the partner still has something to do about it."""
    return assessment.status not in {State.SUBMITTED, State.ACCEPTED}


def next_step(assessment: Assessment, request: Request, role: Role | None) -> dict[str, str] | None:
    """The one button of the task list, for those who decide and do not answer."""
    state = assessment.status
    if state == State.AWAITING and role == Role.LEADER:
        sign_off = parts.to_assessment(assessment, "assessment-sign-off")
        return {"text": "Read and sign off", "href": sign_off}
    if is_reviewer(request.user, role) and state in {State.SUBMITTED, State.ACCEPTED}:
        text = "Review" if state == State.SUBMITTED else "Read or reopen"
        return {"text": text, "href": parts.to_assessment(assessment, "review-detail")}
    return None


def _carry_from(sheet: Sheet, role: Role | None) -> str:
    """The rounds that a lead can begin from while nothing is answered; empty otherwise."""
    if not sheet.opening.every or not has_role(role, Role.LEAD):
        return ""
    is_begun = any(row.answer.is_started or row.is_unconfirmed for row in sheet.rows)
    return "" if is_begun else read_carryable(sheet.assessment)


# --- The parameters of GOV.UK's task list --------------------------------------------------------


def _group(group: Group, looker: Looker) -> dict[str, Any]:
    prefix = f"commitment-{group.commitment.number}"
    return {"idPrefix": prefix, "items": [_task(row, looker) for row in group.rows]}


def _task(row: Row, looker: Looker) -> dict[str, Any]:
    tag = STATUS_TAGS.get(row.status)
    status: dict[str, Any] = {"text": row.status}
    if tag:
        status = {"tag": {"text": row.status, "classes": tag}}
    if row.is_left_closed:
        status["classes"] = GREY
    task: dict[str, Any] = {
        "title": {"text": f"{row.code} {row.title}"},
        "href": parts.answer_path(row.answer),
        "status": status,
    }
    hints = [(words,) for words in _hints(row, looker)]
    if hints:
        task["hint"] = {"html": format_html_join("\n", '<span class="app-hint">{}</span>', hints)}
    return task


def _hints(row: Row, looker: Looker) -> Iterator[str]:
    """What is to be known before one opens the indicator, a line each."""
    if row.comment:
        yield f"ecda’s comment: {row.comment}"
    for asked in looker.asked.get(row.answer.pk, ()):
        yield f"ecda asks: {asked.words}"
    if row.is_left_closed:
        yield CLOSED_HINT
    if row.is_unconfirmed:
        yield f"From the {row.carried} round: review this"
    assigned = looker.assigned.get(row.answer.pk)
    if assigned is not None and row.is_open:
        yield _assigned(assigned, looker, is_done=row.answer.completed)
    if row.answer.pk in looker.drafts:
        yield "You have words here that are not saved"


def _assigned(assigned: Assigned, looker: Looker, *, is_done: bool) -> str:
    whom = "you" if assigned.person_id == looker.person.pk else assigned.person
    is_due = assigned.due and not is_done
    return f"Assigned to {whom}, {assigned.due}" if is_due else f"Assigned to {whom}"


def _last_task(sheet: Sheet, role: Role | None) -> dict[str, Any] | None:
    """The task that ends the list: it can be started once every indicator is completed.

    None for those who do not answer, and when there is nothing to send.
    """
    state = sheet.assessment.status
    if role is None or not (sheet.is_open or state == State.AWAITING):
        return None
    task: dict[str, Any] = {"title": {"text": "Check answers and send for sign-off"}}
    if state == State.AWAITING:
        task["href"] = parts.to_assessment(sheet.assessment, "assessment-sent")
        task["status"] = {"text": "Completed"}
    elif sheet.missing:
        task["status"] = CANNOT_START
        task["hint"] = {"text": "You can send when every indicator is completed."}
    else:
        task["href"] = parts.to_assessment(sheet.assessment, "assessment-check")
        not_started = "Not yet started"
        task["status"] = {"tag": {"text": not_started, "classes": STATUS_TAGS[not_started]}}
        if not has_role(role, Role.LEAD):
            task["hint"] = {"text": "A lead of your partner sends the answers."}
    return {"idPrefix": "send", "items": [task]}
