"""Assessments and their answers as pages show them, each read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Prefetch

from assessments.dashboards.attached import read_improvements
from assessments.dashboards.earlier import (
    Change,
    Earlier,
    change_of,
    changes_in_words,
    earlier_facts,
    earlier_of,
)
from assessments.dashboards.improvements import Line, lines_of
from assessments.models import (
    Answer,
    Assessment,
    Draft,
    Evidence,
    Improvement,
    QualityRequest,
    Review,
    ReviewComment,
    SupportRequest,
)
from assessments.models.evidence import EvidenceQuerySet
from assessments.workflow import State
from commitments.models import Commitment
from signatories.models import User

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
    is_closed = assessment.is_closed()
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
    improvements: tuple[Improvement, ...] = ()
    earlier: Earlier | None = None
    # The round whose words were brought here, for answers that were begun from them.
    carried: str = ""
    # Closed while others of the same assessment are open.
    is_left_closed: bool = False

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
    def is_unconfirmed(self) -> bool:
        """Whether the words come from an earlier round and nobody has saved them in this one."""
        return self.answer.is_unconfirmed

    @property
    def rating_value(self) -> str:
        """What the tint of the rating goes by: 0 to 4, na or none."""
        if not self.answer.is_answered:
            return "none"
        return "na" if self.answer.not_applicable else str(self.answer.rating)

    @property
    def rating_words(self) -> str:
        """The rating in words, such as "3 Established"; what nobody has confirmed is no answer."""
        return rating_words(self.answer) if self.answer.is_answered else "No answer yet"

    @property
    def change(self) -> Change | None:
        """How the answer differs from the one of an earlier round; None while there is none."""
        return change_of(self.answer, self.earlier)

    @property
    def improvement_lines(self) -> tuple[Line, ...]:
        """What the partner does about the indicator, as lists show it; nothing that was dropped."""
        dropped = Improvement.State.DROPPED
        return lines_of(tuple(one for one in self.improvements if one.state != dropped))

    @property
    def missing(self) -> str:
        """What is still to be done before the assessment can be sent; empty when nothing is."""
        if self.answer.completed:
            return ""
        if self.is_unconfirmed:
            return f"Answer of the {self.carried} round not reviewed yet"
        return "Not marked as completed" if self.answer.is_answered else "Not answered yet"

    @property
    def status(self) -> str:
        """How far the answer is, in the few words of the task list."""
        if self.is_asked_for:
            return "Reopened"
        if self.is_left_closed:
            return "Closed"
        if self.is_unconfirmed:
            return "To review"
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
    def is_open(self) -> bool:
        """Whether the partner may write any of the answers now."""
        return self.opening.every or bool(self.opening.indicators)

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
    def is_first(self) -> bool:
        """Whether the partner has answered none of this in an earlier round."""
        return not any(row.earlier for row in self.rows)

    @property
    def changes(self) -> str:
        """How the answers moved since the round before, in words."""
        return changes_in_words(row.change for row in self.rows)

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
    """Read the answers alone, for the task list: two queries at most.

    Each says as `has_requests` whether ecda has asked about it outside a review.
    """
    opening = read_opening(assessment)
    asked = QualityRequest.objects.filter(answer=OuterRef("pk"))
    related = assessment.answers.in_order().select_related("carried_from__assessment__round")
    answers = related.annotate(has_requests=Exists(asked))
    rows = (row_of(answer, opening, carried=_carried(answer)) for answer in answers)
    return Sheet(assessment, opening, tuple(rows))


def read_own_drafts(assessment: Assessment, person: User) -> frozenset[int]:
    """The answers in which the person has typed something that is not saved: one query."""
    drafts = Draft.objects.filter(answer__assessment=assessment, person=person)
    return frozenset(drafts.values_list("answer_id", flat=True))


def read_sheet(assessment: Assessment) -> Sheet:
    """Read the answers with all that belongs to them: five queries at most."""
    opening = read_opening(assessment)
    related = ("updated_by", "carried_from__assessment__round")
    answers = assessment.answers.in_order().select_related(*related)
    said = list(answers.annotate(facts=earlier_facts()).prefetch_related(current_evidence()))
    support = _waiting(assessment)
    planned = read_improvements(assessment.partner, [answer.indicator for answer in said])
    rows = (
        row_of(
            answer,
            opening,
            evidence=answer.evidence.all(),
            support=support[answer.indicator_id],
            improvements=planned[answer.indicator_id],
            earlier=earlier_of(vars(answer)["facts"]),
            carried=_carried(answer),
        )
        for answer in said
    )
    return Sheet(assessment, opening, tuple(rows))


def _carried(answer: Answer) -> str:
    """The round that the answer was begun from, or nothing; reads what was selected with it."""
    return str(answer.carried_from.assessment.round) if answer.carried_from else ""


def current_evidence() -> Prefetch[str, EvidenceQuerySet, str]:
    """What stands behind answers now, each file with its newest revision: one query for all."""
    return Prefetch("evidence", Evidence.objects.current().with_file())


def row_of(
    answer: Answer,
    opening: Opening,
    *,
    evidence: Iterable[Evidence] = (),
    support: Iterable[SupportRequest] = (),
    improvements: Iterable[Improvement] = (),
    earlier: Earlier | None = None,
    carried: str = "",
) -> Row:
    """Put together what pages show of an answer under this opening."""
    is_open = opening.includes(answer.indicator_id)
    asked_at = opening.asked_at if is_open else None
    return Row(
        answer=answer,
        is_open=is_open,
        is_asked_for=asked_at is not None and (answer.updated_at or asked_at) <= asked_at,
        comment=opening.comments.get(answer.indicator_id, ""),
        evidence=tuple(evidence),
        support=tuple(support),
        improvements=tuple(improvements),
        earlier=earlier,
        carried=carried,
        is_left_closed=bool(opening.indicators) and not is_open,
    )


def _waiting(assessment: Assessment) -> Mapping[int, list[SupportRequest]]:
    found: dict[int, list[SupportRequest]] = defaultdict(list)
    requests = SupportRequest.objects.waiting().filter(
        partner=assessment.partner_id, indicator__answers__assessment=assessment
    )
    for request in requests.select_related("offer").order_by("asked_at", "pk"):
        found[request.indicator_id].append(request)
    return found
