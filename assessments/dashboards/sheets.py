"""Assessments and their answers as pages show them, each read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    Review,
    ReviewComment,
    SupportRequest,
)
from assessments.workflow import State
from commitments.models import Commitment, LevelDescription, SupportOffer

# --- Which indicators are open -------------------------------------------------------------------


@dataclass(frozen=True)
class Opening:
    """Which indicators the partner may write now, and what ecda said when it asked for changes."""

    every: bool
    indicators: frozenset[int]
    asked_at: datetime | None = None
    note: str = ""
    comments: Mapping[int, str] = field(default_factory=dict)

    def includes(self, indicator_id: int) -> bool:
        """Whether the partner may write the indicator's answer now."""
        return self.every or indicator_id in self.indicators


def read_opening(assessment: Assessment) -> Opening:
    """Read what the database's trigger reads: state, closing date, latest request for changes."""
    is_closed = assessment.round.is_closed()
    if assessment.status in {State.DRAFT, State.ACCEPTED}:
        is_open = assessment.status == State.DRAFT and not is_closed
        return Opening(every=is_open, indicators=frozenset())
    asked = Review.objects.filter(assessment=assessment, decision=Review.Decision.CHANGES)
    latest = asked.order_by("-pk").values("pk")[:1]
    comments = list(ReviewComment.objects.filter(review__in=latest).select_related("review"))
    is_open = assessment.status == State.CHANGES and not is_closed
    reopened = {comment.indicator_id for comment in comments if comment.reopens}
    return Opening(
        every=False,
        indicators=frozenset(reopened) if is_open else frozenset(),
        asked_at=comments[0].review.at if comments else None,
        note=comments[0].review.note if comments else "",
        comments={comment.indicator_id: comment.comment for comment in comments},
    )


# --- All answers of one assessment ---------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One indicator with its answer and all that belongs to it."""

    answer: Answer
    is_open: bool
    comment: str
    is_asked_for: bool = False
    evidence: tuple[Evidence, ...] = ()
    support: tuple[SupportRequest, ...] = ()

    @property
    def code(self) -> str:
        """The indicator's code, like 2.3."""
        return self.answer.indicator.code

    @property
    def title(self) -> str:
        """The indicator's short title."""
        return self.answer.indicator.title

    @property
    def text(self) -> str:
        """The indicator as the Declaration words it."""
        return self.answer.indicator.text

    @property
    def rating_value(self) -> str:
        """What the tint of the rating goes by: 0 to 4, na or none."""
        if self.answer.not_applicable:
            return "na"
        return "none" if self.answer.rating is None else str(self.answer.rating)

    @property
    def rating_words(self) -> str:
        """The rating in words, such as "3 Established"."""
        return rating_words(self.answer)

    @property
    def missing(self) -> str:
        """What is still to be done before the assessment can be sent; empty when nothing is."""
        if self.answer.completed:
            return ""
        return "Not marked as completed" if self.answer.is_answered else "Not answered yet"

    @property
    def status(self) -> str:
        """How far the answer is, in the few words of the task list."""
        if self.is_asked_for:
            return "Reopened"
        if self.answer.completed:
            return "Completed"
        return "In progress" if self.answer.is_started else "Not yet started"


@dataclass(frozen=True)
class Group:
    """A commitment with the rows of its indicators."""

    commitment: Commitment
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """One assessment with all its answers in the Declaration's order."""

    assessment: Assessment
    opening: Opening
    rows: tuple[Row, ...]

    @property
    def groups(self) -> list[Group]:
        """The rows under their commitments."""
        by_commitment = groupby(self.rows, key=lambda row: row.answer.indicator.commitment)
        return [Group(commitment, tuple(rows)) for commitment, rows in by_commitment]

    @property
    def missing(self) -> list[Row]:
        """The rows that keep the assessment from being sent."""
        return [row for row in self.rows if row.missing]

    @property
    def answered(self) -> int:
        """How many indicators have a rating or are not applicable."""
        return sum(row.answer.is_answered for row in self.rows)

    @property
    def completed(self) -> int:
        """How many indicators somebody marked as completed."""
        return sum(row.answer.completed for row in self.rows)

    @property
    def progress(self) -> str:
        """How far the partner is, such as "7 of 13 answered"."""
        return f"{self.answered} of {len(self.rows)} answered"


def rating_words(answer: Answer) -> str:
    """The rating as people read it, with its number; no answer yet is none of the ratings."""
    if answer.not_applicable:
        return "Not applicable"
    if answer.rating is None:
        return "No answer yet"
    return f"{answer.rating} {answer.get_rating_display()}"


def read_tasks(assessment: Assessment) -> Sheet:
    """Read the answers alone, for the task list: two queries at most."""
    opening = read_opening(assessment)
    rows = (_row(answer, opening) for answer in assessment.answers.in_order())
    return Sheet(assessment, opening, tuple(rows))


def read_sheet(assessment: Assessment) -> Sheet:
    """Read the answers with evidence and waiting support requests: four queries at most."""
    opening = read_opening(assessment)
    answers = assessment.answers.in_order().select_related("updated_by")
    support = _waiting(assessment)
    rows = (
        _row(answer, opening, answer.evidence.all(), support[answer.indicator_id])
        for answer in answers.prefetch_related("evidence")
    )
    return Sheet(assessment, opening, tuple(rows))


def _row(
    answer: Answer,
    opening: Opening,
    evidence: Iterable[Evidence] = (),
    support: Iterable[SupportRequest] = (),
) -> Row:
    is_open = opening.includes(answer.indicator_id)
    asked_at = opening.asked_at if is_open else None
    return Row(
        answer=answer,
        is_open=is_open,
        is_asked_for=asked_at is not None and (answer.updated_at or asked_at) <= asked_at,
        comment=opening.comments.get(answer.indicator_id, ""),
        evidence=tuple(evidence),
        support=tuple(support),
    )


def _waiting(assessment: Assessment) -> Mapping[int, list[SupportRequest]]:
    found: dict[int, list[SupportRequest]] = defaultdict(list)
    requests = SupportRequest.objects.waiting().filter(
        partner=assessment.partner_id, indicator__answers__assessment=assessment
    )
    for request in requests.select_related("offer").order_by("asked_at", "pk"):
        found[request.indicator_id].append(request)
    return found


# --- One indicator -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """All that is needed to answer one indicator."""

    answer: Answer
    opening: Opening
    levels: tuple[LevelDescription, ...]
    offers: tuple[SupportOffer, ...]
    asked: tuple[SupportRequest, ...]
    evidence: tuple[Evidence, ...]

    @property
    def is_open(self) -> bool:
        """Whether the partner may write this answer now."""
        return self.opening.includes(self.answer.indicator_id)

    @property
    def row(self) -> Row:
        """The answer as other pages show it."""
        return _row(self.answer, self.opening, self.evidence, self.asked)

    @property
    def next_step(self) -> str:
        """What the level above the saved rating would need; empty without one."""
        steps = {level.rating: level.next_step for level in self.levels}
        return "" if self.answer.rating is None else steps.get(self.answer.rating, "")


def read_desk(answer: Answer) -> Desk:
    """Read the indicator's levels, offers, evidence and requests: five queries at most."""
    indicator = answer.indicator
    asked = SupportRequest.objects.waiting().select_related("offer")
    mine = asked.filter(partner=answer.assessment.partner_id, indicator=indicator)
    return Desk(
        answer=answer,
        opening=read_opening(answer.assessment),
        levels=tuple(indicator.levels.order_by("rating")),
        offers=tuple(indicator.support_offers.order_by("name")),
        asked=tuple(mine.order_by("asked_at", "pk")),
        evidence=tuple(answer.evidence.order_by("added_at", "pk")),
    )


def next_answer(answer: Answer) -> Answer | None:
    """The next answer in the Declaration's order that is open to writing; None after the last."""
    opening = read_opening(answer.assessment)
    indicator = answer.indicator
    place = (indicator.commitment.number, indicator.number)
    for other in Answer.objects.filter(assessment=answer.assessment_id).in_order():
        here = (other.indicator.commitment.number, other.indicator.number)
        if here > place and opening.includes(other.indicator_id):
            return other
    return None
