"""The answers of one assessment as they stand now: what the document says."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assessments import workflow
from assessments.dashboards import current_evidence, rating_words
from assessments.dashboards.attached import (
    read_comments,
    read_improvements,
    read_levels,
    read_support,
)
from assessments.models import (
    Answer,
    Assessment,
    Document,
    Evidence,
    Improvement,
    ReviewComment,
    SupportRequest,
)
from assessments.scoring import RollUp, roll_up
from assessments.workflow import State
from commitments.models import Commitment, Indicator, LevelDescription, Rating

SIGNED_OFF = {State.SUBMITTED, State.ACCEPTED}


@dataclass(frozen=True)
class Part:
    """One indicator: its answer, what the rating means, and what belongs to the answer."""

    answer: Answer
    level: LevelDescription | None
    evidence: tuple[Evidence, ...] = ()
    improvements: tuple[Improvement, ...] = ()
    support: tuple[SupportRequest, ...] = ()
    comments: tuple[ReviewComment, ...] = ()

    @property
    def indicator(self) -> Indicator:
        """What is asked."""
        return self.answer.indicator

    @property
    def carried_from(self) -> str:
        """The earlier round that these words come from unconfirmed; empty when they count."""
        earlier = self.answer.carried_from
        return str(earlier.assessment.round) if earlier and self.answer.is_unconfirmed else ""

    @property
    def words(self) -> str:
        """The rating in words, also one that nobody has confirmed yet."""
        return rating_words(self.answer)

    @property
    def is_short(self) -> bool:
        """Whether nobody has written anything, so that all of it stands together on a page."""
        words = self.answer.narrative or self.answer.reason
        return not (words or self.evidence or self.improvements or self.support or self.comments)

    @property
    def tint(self) -> str:
        """Which of the tints the rating has; what does not count has none."""
        if not self.answer.is_answered:
            return "none"
        return "na" if self.answer.not_applicable else str(self.answer.rating)

    @property
    def counted(self) -> tuple[int | None, bool]:
        """What figures count: the rating, and whether the indicator is not applicable."""
        if not self.answer.is_answered:
            return None, False
        return self.answer.rating, self.answer.not_applicable

    @property
    def next_level(self) -> str:
        """The name of the level above the rating; empty without a rating and at the highest."""
        rating = self.answer.rating
        if rating is None or rating == Rating.LEADING:
            return ""
        return Rating(rating + 1).label


@dataclass(frozen=True)
class Chapter:
    """One commitment with its indicators."""

    commitment: Commitment
    parts: tuple[Part, ...]

    @property
    def figures(self) -> RollUp:
        """What its indicators add up to."""
        return roll_up(part.counted for part in self.parts)


@dataclass(frozen=True)
class Answers:
    """All that the document of an assessment says."""

    assessment: Assessment
    asked_by: str
    code: str
    made_at: datetime
    chapters: tuple[Chapter, ...]

    @property
    def partner(self) -> str:
        """The partner's name; of an accepted assessment as it was then."""
        snapshot = self.assessment.snapshot
        return snapshot.partner_name if snapshot else self.assessment.partner.name

    @property
    def is_signed_off(self) -> bool:
        """Whether the partner's leader stands by these very answers."""
        return self.assessment.status in SIGNED_OFF

    @property
    def was_signed_off(self) -> bool:
        """Whether earlier answers were signed off that ecda then sent back."""
        return self.assessment.submitted_at is not None and not self.is_signed_off

    @property
    def label(self) -> str:
        """The state's name."""
        return workflow.LABELS[self.assessment.status]

    @property
    def what_next(self) -> str:
        """What happens next, and who does it."""
        return workflow.NEXT[self.assessment.status]

    @property
    def parts(self) -> tuple[Part, ...]:
        """All indicators, in the Declaration's order."""
        return tuple(part for chapter in self.chapters for part in chapter.parts)

    @property
    def figures(self) -> RollUp:
        """How many are rated; there is no single score."""
        return roll_up(part.counted for part in self.parts)

    @property
    def no_answer(self) -> int:
        """How many indicators are neither rated nor marked as not applicable."""
        return self.figures.of - self.figures.rated - self.figures.not_applicable

    @property
    def unconfirmed(self) -> int:
        """How many of those have words from an earlier round that nobody has confirmed."""
        return sum(bool(part.carried_from) for part in self.parts)


def read_answers(document: Document, of: Assessment) -> Answers:
    """Read all that the document says, in one moment; seven queries, however many indicators.

    Whoever saves or moves the assessment waits until it is read: an answer changed after a
    sign-off was undone cannot come out as signed off.
    """
    found = Assessment.objects.select_related(
        "partner", "snapshot", "submitted_by", "round__edition"
    )
    with transaction.atomic():
        locked = found.select_for_update(of=("self",), no_key=True)
        assessment = locked.get(pk=of.pk)
        return Answers(
            assessment=assessment,
            asked_by=str(document.requested_by),
            code=document.code,
            made_at=timezone.now(),
            chapters=_chapters(assessment),
        )


def _chapters(assessment: Assessment) -> tuple[Chapter, ...]:
    related = ("updated_by", "carried_from__assessment__round")
    found = assessment.answers.in_order().select_related(*related)
    answers = list(found.prefetch_related(current_evidence()))
    levels = read_levels(assessment.round.edition_id)
    support, comments = read_support(assessment), read_comments(assessment)
    planned = read_improvements(assessment.partner, [answer.indicator for answer in answers])
    parts: dict[Commitment, list[Part]] = defaultdict(list)
    for answer in answers:
        pk = answer.indicator_id
        part = Part(
            answer=answer,
            level=_level(answer, levels),
            evidence=tuple(answer.evidence.all()),
            improvements=planned[pk],
            support=support.get(pk, ()),
            comments=comments.get(pk, ()),
        )
        parts[answer.indicator.commitment].append(part)
    return tuple(Chapter(commitment, tuple(found)) for commitment, found in parts.items())


def _level(
    answer: Answer, levels: Mapping[int, tuple[LevelDescription, ...]]
) -> LevelDescription | None:
    described = levels.get(answer.indicator_id, ())
    return next((level for level in described if level.rating == answer.rating), None)
