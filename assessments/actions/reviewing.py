"""ecda's decisions: request changes, accept with a snapshot, reopen."""

from collections.abc import Mapping
from datetime import datetime

from assessments.actions import moves
from assessments.actions.snapshots import take_snapshot
from assessments.models import Assessment, Review, ReviewComment
from assessments.verbs import Verb
from assessments.workflow import Move
from commitments.models import Indicator
from declaration.actions import RefusedError, action
from signatories.models import User

Comments = Mapping[int, str]
Decision = Review.Decision
NO_COMMENTS: Comments = {}


@action
def request_changes(
    *,
    assessment: Assessment,
    note: str,
    comments: Comments,
    by: User,
    seen: datetime | None = None,
) -> Review:
    """Return the assessment; each comment, by indicator id, opens its indicator again."""
    locked, target = moves.lock(assessment, Move.REQUEST_CHANGES, seen=seen)
    note = moves.note_needed(note, "Say in the note what you ask for.")
    review = _review(locked, Decision.CHANGES, note, _some(comments), by)
    moves.to_state(locked, target)
    moves.tell(locked, Verb.CHANGES_REQUESTED, by, note=note, page="assessment-detail")
    return review


@action
def accept(
    *,
    assessment: Assessment,
    note: str,
    by: User,
    comments: Comments = NO_COMMENTS,
    seen: datetime | None = None,
) -> Review:
    """Accept the assessment and keep its snapshot; comments are remarks that open nothing."""
    locked, target = moves.lock(assessment, Move.ACCEPT, seen=seen)
    review = _review(locked, Decision.ACCEPTED, note.strip(), _worded(comments), by)
    snapshot = take_snapshot(locked, by)
    moves.to_state(locked, target, snapshot=snapshot)
    moves.tell(locked, Verb.ACCEPTED, by, note=note.strip(), page="assessment-detail")
    return review


@action
def reopen(*, assessment: Assessment, note: str, comments: Comments, by: User) -> Review:
    """Open an accepted assessment again for the indicators commented on; its snapshot stays kept.

    Until it is accepted again it is left out of roll-ups.
    """
    locked, target = moves.lock(assessment, Move.REOPEN)
    note = moves.note_needed(note, "Say why you reopen the assessment.")
    review = _review(locked, Decision.CHANGES, note, _some(comments), by)
    moves.to_state(locked, target, snapshot=None)
    moves.tell(locked, Verb.REOPENED, by, note=note, page="assessment-detail")
    return review


def _worded(comments: Comments) -> Comments:
    return {pk: words.strip() for pk, words in comments.items() if words.strip()}


def _some(comments: Comments) -> Comments:
    """The comments that say something; refused when none does, for nothing would be open."""
    worded = _worded(comments)
    if not worded:
        raise RefusedError(
            "Comment on at least one indicator: only those with a comment are open to the partner."
        )
    return worded


def _review(
    assessment: Assessment, decision: Decision, note: str, comments: Comments, by: User
) -> Review:
    known = set(
        Indicator.objects.filter(answers__assessment=assessment, pk__in=comments).values_list(
            "pk", flat=True
        )
    )
    if known != set(comments):
        raise RefusedError("A comment is on an indicator that this assessment does not have.")
    review = Review.objects.create(assessment=assessment, decision=decision, note=note, by=by)
    ReviewComment.objects.bulk_create(
        ReviewComment(
            review=review,
            indicator_id=pk,
            comment=words,
            reopens=decision == Decision.CHANGES,
        )
        for pk, words in comments.items()
    )
    return review
