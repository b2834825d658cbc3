"""What every move of an assessment shares: the lock, the table, the round, the event."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from assessments import workflow
from assessments.models import Assessment
from assessments.verbs import NOTICES, Verb
from assessments.workflow import Move, State, Who
from declaration.actions import RefusedError
from signatories.actions.events import record
from signatories.models import User


def lock(
    assessment: Assessment, move: Move, *, seen: datetime | None = None
) -> tuple[Assessment, State]:
    """Lock the assessment's row and return it with the state that the move leads to.

    `seen` is when the assessment that the person looked at had been sent (or signed off): another
    time means that it has been taken back and changed since.
    """
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("round", "partner")
    locked = rows.get(pk=assessment.pk)
    came_from = State(locked.came_from) if locked.came_from else None
    target = workflow.target(move, locked.status, came_from=came_from)
    if target is None:
        raise RefusedError(workflow.refusal(move, locked.status))
    if workflow.WHO[move] != Who.ECDA:
        refuse_when_closed(locked)
    if seen is not None and seen not in {locked.sent_at, locked.submitted_at}:
        raise RefusedError(
            "This assessment has been changed since you opened the page. Read it again first."
        )
    return locked, target


def refuse_when_closed(assessment: Assessment) -> None:
    """Refuse in words when the round is closed to its partners."""
    if assessment.round.is_closed():
        raise RefusedError(
            f"The round {assessment.round} closed on {assessment.round.closes_on:%-d %B %Y}. "
            "Partners cannot write, send or sign off any more. ecda’s review continues."
        )


def note_needed(note: str, words: str) -> str:
    """The note without blanks around it; refused in the words given when nothing is left."""
    if not note.strip():
        raise RefusedError(words)
    return note.strip()


def to_state(assessment: Assessment, state: State, **fields: Any) -> Assessment:
    """Store the new state with what belongs to it."""
    assessment.state = state.value
    for name, value in fields.items():
        setattr(assessment, name, value)
    assessment.save(update_fields=["state", *fields])
    return assessment


def tell(assessment: Assessment, verb: Verb, by: User, *, note: str = "", page: str) -> None:
    """Append the event, and notices that lead to the page of that name."""
    record(
        verb=verb,
        by=by,
        partner=assessment.partner,
        subject=assessment,
        note=note,
        path=reverse(f"assessments:{page}", args=[assessment.pk]),
        notices=NOTICES,
    )
