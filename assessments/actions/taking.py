"""Who at ecda has a review in hand: take it on, give it back, take it over."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from assessments import workflow
from assessments.actions import moves
from assessments.dashboards import read_holder
from assessments.models import Assessment
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError, action
from signatories.models import User


@action
def take(*, assessment: Assessment, by: User) -> Assessment:
    """Take on the review of a submitted assessment, and return it; twice is once.

    RefusedError when `by` may not review it, when there is nothing to review now, or when
    somebody else has it.
    """
    locked = _lock(assessment, by)
    holder = read_holder(locked)
    if holder == by:
        return locked
    if holder is not None:
        raise RefusedError(held(locked))
    return _give_to(locked, by, Verb.REVIEW_TAKEN)


@action
def take_over(*, assessment: Assessment, seen: int | None, by: User) -> Assessment:
    """Take the review over from the person who has it, who is told, and return the assessment.

    `seen` is the id of the person whom the page named: RefusedError when it is somebody else by
    now, when `by` may not review it, or when there is nothing to review now.
    """
    locked = _lock(assessment, by)
    holder = read_holder(locked)
    if holder == by:
        return locked
    if holder is None:
        return _give_to(locked, by, Verb.REVIEW_TAKEN)
    if holder.pk != seen:
        raise RefusedError(held(locked))
    return _give_to(locked, by, Verb.REVIEW_TAKEN_OVER, told=holder)


@action
def give_back(*, assessment: Assessment, by: User) -> Assessment:
    """Give the review back to the queue, for anybody to take on, and return the assessment.

    RefusedError when `by` does not have it.
    """
    locked = moves.lock_row(assessment)
    if locked.reviewer_id != by.pk:
        raise RefusedError("You cannot give this review back, because you do not have it.")
    _store(locked, reviewer=None, taken_at=None)
    moves.tell(locked, Verb.REVIEW_GIVEN_BACK, by, page="review-detail")
    return locked


def refuse_unless_free(locked: Assessment, by: User) -> None:
    """Refuse in words when somebody else has the review: who decides must have it."""
    holder = read_holder(locked)
    if holder is not None and holder != by:
        raise RefusedError(held(locked))


def kept_by(locked: Assessment, by: User) -> dict[str, Any]:
    """The fields that say that the person has the review: since when they took it, or now."""
    since = locked.taken_at if locked.reviewer_id == by.pk else timezone.now()
    return {"reviewer": by, "taken_at": since}


def held(assessment: Assessment) -> str:
    """Say who has the review since when, and what to do about it."""
    since = assessment.taken_at or timezone.now()
    return (
        f"{assessment.reviewer} has had this review since {moves.when_in_words(since)}. "
        "Nothing was changed. Take the review over first if it is for you to decide."
    )


def _lock(assessment: Assessment, by: User) -> Assessment:
    locked = moves.lock_row(assessment)
    moves.refuse_all_but_reviewers(locked, by)
    state = locked.status
    if state != State.SUBMITTED:
        raise RefusedError(
            f"There is nothing to review now, because this assessment is "
            f"“{workflow.LABELS[state]}”. {workflow.whose_turn(state)} "
            f"{workflow.NEXT[state]}{moves.arrival_of(locked)}"
        )
    return locked


def _give_to(locked: Assessment, by: User, verb: Verb, *, told: User | None = None) -> Assessment:
    _store(locked, reviewer=by, taken_at=timezone.now())
    moves.tell(locked, verb, by, page="review-detail", also=[told] if told else [])
    return locked


def _store(locked: Assessment, *, reviewer: User | None, taken_at: datetime | None) -> None:
    locked.reviewer, locked.taken_at = reviewer, taken_at
    locked.save(update_fields=["reviewer", "taken_at"])
