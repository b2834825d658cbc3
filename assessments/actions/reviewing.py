"""ecda's decisions: request changes, accept with a snapshot, reopen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assessments.actions import moves, noting, review_drafts, taking
from assessments.actions.snapshots import take_snapshot
from assessments.dashboards.checks import comment_name
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

    `private` is a note for reviewers; `draft` is when the draft that the page showed was kept.
    The person's draft goes with the decision, unless it has been written since.
    """

    private: str = ""
    draft: datetime | None = None


NOTHING = Beside()


class RemarksError(RefusedError):
    """There are comments, and nobody has said that they are meant as remarks of an acceptance."""


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
    has it, or when state, role, note, comments or what was `seen` do not allow it;
    OtherDraftError when their draft of the review says more by now than what was decided.
    """
    locked, target = moves.lock(assessment, Move.REQUEST_CHANGES, by=by, seen=seen)
    taking.refuse_unless_free(locked, by)
    note = moves.note_needed(note, "Say in the note what you ask for.")
    review = _review(locked, Decision.CHANGES, note, _some(comments), by)
    moves.to_state(locked, target, by=by, **taking.kept_by(locked, by))
    moves.tell(locked, Verb.CHANGES_REQUESTED, by, note=note, page="assessment-detail")
    _finish(review, comments, beside)
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
    remarks_meant: bool = True,
) -> Review:
    """Accept the assessment and keep its snapshot; comments are remarks that open nothing.

    The review is nobody's afterwards. RefusedError as for `request_changes`; RemarksError when
    there are comments and `remarks_meant` is false.
    """
    locked, target = moves.lock(assessment, Move.ACCEPT, by=by, seen=seen)
    taking.refuse_unless_free(locked, by)
    if not remarks_meant and _worded(comments):
        raise RemarksError(_remarks_in_words(len(_worded(comments))))
    review = _review(locked, Decision.ACCEPTED, note.strip(), _worded(comments), by)
    snapshot = take_snapshot(locked, by)
    moves.to_state(locked, target, by=by, snapshot=snapshot, reviewer=None, taken_at=None)
    moves.tell(locked, Verb.ACCEPTED, by, note=note.strip(), page="assessment-detail")
    _finish(review, comments, beside)
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
    _finish(review, comments, beside)
    return review


def _finish(review: Review, comments: Comments, beside: Beside) -> None:
    """Keep the note for reviewers, and end the draft that became the decision."""
    if beside.private.strip():
        noting.write(review.assessment, beside.private.strip(), review.by)
    decided = {"note": review.note, "private": beside.private}
    decided |= {comment_name(pk): words for pk, words in comments.items()}
    review_drafts.end_with(review.assessment, review.by, seen=beside.draft, decided=decided)


def _remarks_in_words(count: int) -> str:
    wrote, they, them = (
        ("1 comment", "it opens", "it as a remark")
        if count == 1
        else (f"{count} comments", "they open", "them as remarks")
    )
    return (
        f"You wrote {wrote}. If you accept, the partner sees {them}, and {they} nothing. "
        "Accept once more if you mean that. If the partner is to change its answers, request "
        "changes instead."
    )


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
