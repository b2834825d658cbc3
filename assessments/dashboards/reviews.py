"""A review as its page shows it: who has it, what was asked and decided, what reviewers noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch

from assessments import wording
from assessments.dashboards.questions import questions_of
from assessments.dashboards.queues import holder_of
from assessments.dashboards.sheets import Row, Sheet, read_sheet
from assessments.models import (
    Assessment,
    Review,
    ReviewComment,
    ReviewDraft,
    ReviewNote,
    Snapshot,
)
from assessments.quality import Question
from commitments.models import Commitment
from signatories.models import Membership, User


@dataclass(frozen=True)
class Reviewed:
    """One indicator under review: its answer, what may be asked, and what was said last round."""

    row: Row
    questions: tuple[Question, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether rating, reason and narrative are those of the earlier round."""
        earlier, answer = self.row.earlier, self.row.answer
        if earlier is None:
            return False
        said = (answer.rating, answer.not_applicable, answer.reason, answer.narrative)
        before = (earlier.rating, earlier.not_applicable, earlier.reason, earlier.narrative)
        return said == before

    @cached_property
    def wording(self) -> Sequence[wording.Segment]:
        """What changed in the narrative, word by word; empty when nothing can be compared."""
        earlier, now = self.row.earlier, self.row.answer.narrative
        if earlier is None or not earlier.narrative or not now or earlier.narrative == now:
            return ()
        return wording.shorten(wording.compare(earlier.narrative, now))


@dataclass(frozen=True)
class ReviewPage:
    """All that a reviewer sees of an assessment."""

    sheet: Sheet
    groups: tuple[tuple[Commitment, tuple[Reviewed, ...]], ...]
    holder: User | None
    decisions: tuple[Review, ...]
    notes: tuple[ReviewNote, ...]
    snapshots: tuple[Snapshot, ...]
    draft: ReviewDraft | None

    @property
    def asked(self) -> int:
        """How many questions the quality checks raise."""
        return sum(len(one.questions) for _, rows in self.groups for one in rows)


def read_holder(assessment: Assessment) -> User | None:
    """Who has the review now: one query at most.

    Nobody does when the person who took it can no longer review it: they left ecda or have joined
    the partner.
    """
    reviewer = assessment.reviewer
    if reviewer is None or not reviewer.is_ecda:
        return None
    theirs = Membership.objects.current().filter(person=reviewer, partner=assessment.partner_id)
    return holder_of(assessment, belongs=theirs.exists())


def read_review(assessment: Assessment, user: User) -> ReviewPage:
    """Read the page: ten queries at most, whatever the assessment holds."""
    sheet = read_sheet(assessment)
    asked = questions_of(sheet)
    groups = tuple(
        (
            group.commitment,
            tuple(Reviewed(row, tuple(asked.get(row.answer.pk, ()))) for row in group.rows),
        )
        for group in sheet.groups
    )
    snapshots = assessment.snapshots.select_related("accepted_by").defer("content")
    return ReviewPage(
        sheet=sheet,
        groups=groups,
        holder=read_holder(assessment),
        decisions=read_decisions(assessment),
        notes=tuple(assessment.review_notes.select_related("by")),
        snapshots=tuple(snapshots.order_by("-number")),
        draft=read_review_draft(assessment, user),
    )


def read_review_draft(assessment: Assessment, user: User) -> ReviewDraft | None:
    """What the person has written of this review and not decided: one query."""
    return ReviewDraft.objects.filter(assessment=assessment, person=user).first()


def read_decisions(assessment: Assessment) -> tuple[Review, ...]:
    """What was decided, the latest first, with its comments in the Declaration's order.

    Two queries.
    """
    order = ("indicator__commitment__number", "indicator__number")
    comments = ReviewComment.objects.select_related("indicator").order_by(*order)
    found = assessment.reviews.select_related("by").prefetch_related(Prefetch("comments", comments))
    return tuple(found.order_by("-at", "-pk"))
