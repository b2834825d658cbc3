"""Send an assessment for sign-off, take it back, send it back, sign it off."""

from datetime import datetime

from django.utils import timezone

from assessments.actions import moves
from assessments.models import Answer, Assessment
from assessments.verbs import Verb
from assessments.workflow import Move
from declaration.actions import RefusedError, action
from signatories.models import User


class IncompleteError(RefusedError):
    """Some indicators are not completed; `missing` are their answers, in order."""

    def __init__(self, missing: list[Answer]) -> None:
        codes = ", ".join(answer.indicator.code for answer in missing)
        super().__init__(f"Complete every indicator before you send for sign-off: {codes}.")
        self.missing = missing


@action
def send(*, assessment: Assessment, by: User) -> Assessment:
    """Send the assessment for the leader's sign-off; every indicator must be completed."""
    locked, target = moves.lock(assessment, Move.SEND, by=by)
    missing = list(locked.answers.in_order().filter(completed=False))
    if missing:
        raise IncompleteError(missing)
    moves.to_state(
        locked, target, by=by, came_from=locked.state, sent_at=timezone.now(), sent_by=by
    )
    moves.tell(locked, Verb.SENT, by, page="assessment-sign-off")
    return locked


@action
def take_back(*, assessment: Assessment, note: str, by: User) -> Assessment:
    """Take the assessment back from sign-off to where it came from, and say why."""
    locked, target = moves.lock(assessment, Move.TAKE_BACK, by=by)
    note = moves.note_needed(note, "Say why you take the assessment back.")
    moves.to_state(locked, target, by=by, came_from="")
    moves.tell(locked, Verb.TAKEN_BACK, by, note=note, page="assessment-detail")
    return locked


@action
def decline(*, assessment: Assessment, note: str, by: User) -> Assessment:
    """Send the assessment back to where it came from, and say what is to be done."""
    locked, target = moves.lock(assessment, Move.DECLINE, by=by)
    note = moves.note_needed(note, "Say what has to change before you can sign off.")
    moves.to_state(locked, target, by=by, came_from="")
    moves.tell(locked, Verb.DECLINED, by, note=note, page="assessment-detail")
    return locked


@action
def sign_off(*, assessment: Assessment, by: User, seen: datetime | None = None) -> Assessment:
    """Sign the assessment off and hand it to ecda.

    `seen` is the `sent_at` of the assessment that the leader read; another one is refused.
    """
    locked, target = moves.lock(assessment, Move.SIGN_OFF, by=by, seen=seen)
    moves.to_state(
        locked, target, by=by, came_from="", submitted_at=timezone.now(), submitted_by=by
    )
    moves.tell(locked, Verb.SIGNED_OFF, by, page="review-detail")
    return locked
