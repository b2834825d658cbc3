"""ecda's decisions: request changes, accept with a snapshot, reopen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assessments.actions import moves, noting, review_drafts, taking
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


@dataclass(frozen=True)
class Beside:
    """What comes with a decision and is no part of it.

    `private` is a note for reviewers; `draft` is when the draft that the page showed was kept:
    that one is forgotten with the decision, one written since is not.
    """

    private: str = ""
    draft: datetime | None = None


NOTHING = Beside()


@action
def request_changes(
    *,
    assessment: Assessment,
    note: str,
    comments: Comments,
    by: User,
    seen: datetime | None = None,
    beside: Beside = NOTHING,
) -> Review:
    """Return the assessment; each comment, by indicator id, opens its indicator again.

    Who decides has the review, and keeps it until it comes back. RefusedError when somebody else
    has it, or when state, role, note, comments or what was `seen` do not allow it.
    """
    locked, target = moves.lock(assessment, Move.REQUEST_CHANGES, by=by, seen=seen)
    taking.refuse_unless_free(locked, by)
    note = moves.note_needed(note, "Say in the note what you ask for.")
    review = _review(locked, Decision.CHANGES, note, _some(comments), by)
    moves.to_state(locked, target, by=by, **taking.kept_by(locked, by))
    moves.tell(locked, Verb.CHANGES_REQUESTED, by, note=note, page="assessment-detail")
    _finish(locked, by, beside)
    return review


@action
def accept(
    *,
    assessment: Assessment,
    note: str,
    by: User,
    comments: Comments = NO_COMMENTS,
    seen: datetime | None = None,
    beside: Beside = NOTHING,
) -> Review:
    """Accept the assessment and keep its snapshot; comments are remarks that open nothing.

    The review is nobody's afterwards. RefusedError as for `request_changes`.
    """
    locked, target = moves.lock(assessment, Move.ACCEPT, by=by, seen=seen)
    taking.refuse_unless_free(locked, by)
    review = _review(locked, Decision.ACCEPTED, note.strip(), _worded(comments), by)
    snapshot = take_snapshot(locked, by)
    moves.to_state(locked, target, by=by, snapshot=snapshot, reviewer=None, taken_at=None)
    moves.tell(locked, Verb.ACCEPTED, by, note=note.strip(), page="assessment-detail")
    _finish(locked, by, beside)
    return review


@action
def reopen(
    *,
    assessment: Assessment,
    note: str,
    comments: Comments,
    by: User,
    seen: datetime | None = None,
    beside: Beside = NOTHING,
) -> Review:
    """Open an accepted assessment again for the indicators commented on; its snapshot stays kept.

    Until it is accepted again it is left out of roll-ups. Who reopens it has its review.
    RefusedError as for `request_changes`.
    """
    locked, target = moves.lock(assessment, Move.REOPEN, by=by, seen=seen)
    note = moves.note_needed(note, "Say why you reopen the assessment.")
    review = _review(locked, Decision.CHANGES, note, _some(comments), by)
    moves.to_state(locked, target, by=by, snapshot=None, **taking.kept_by(locked, by))
    moves.tell(locked, Verb.REOPENED, by, note=note, page="assessment-detail")
    _finish(locked, by, beside)
    return review


def _finish(locked: Assessment, by: User, beside: Beside) -> None:
    """Keep the note for reviewers, and forget the draft that became the decision."""
    if beside.private.strip():
        noting.write(locked, beside.private.strip(), by)
    review_drafts.forget(locked, by, beside.draft)


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
