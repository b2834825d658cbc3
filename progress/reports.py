"""The progress report of one partner and round: what it says, and its HTML."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.template.loader import render_to_string
from django.utils import timezone

from assessments import workflow
from assessments.dashboards import current_evidence
from assessments.dashboards.attached import (
    read_comments,
    read_improvements,
    read_levels,
    read_support,
)
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    Improvement,
    Review,
    ReviewComment,
    Round,
    Snapshot,
    SupportRequest,
)
from assessments.scoring import RollUp, roll_up
from assessments.workflow import State
from commitments.models import Commitment, LevelDescription, Rating
from progress import charts
from progress.charts import Chart
from progress.models import Report
from signatories.models import Partner, Signature

# Raise it when the report's words or layout change: what was made before stays as it was.
TEMPLATE_VERSION = 2


@dataclass(frozen=True)
class IndicatorPart:
    """One indicator's part of the report; `rating` is None when there is none."""

    code: str
    title: str
    text: str
    rating: int | None
    not_applicable: bool
    reason: str
    narrative: str
    description: str
    next_step: str
    next_level: str
    willing_to_share: bool
    evidence: tuple[Evidence, ...]
    improvements: tuple[Improvement, ...] = ()
    support: tuple[SupportRequest, ...] = ()
    comments: tuple[ReviewComment, ...] = ()

    @property
    def tint(self) -> str:
        """Which of the tints the rating has."""
        if self.rating is not None:
            return str(self.rating)
        return "na" if self.not_applicable else "none"

    @property
    def words(self) -> str:
        """The rating in words."""
        if self.rating is not None:
            return f"{self.rating} {Rating(self.rating).label}"
        return "Not applicable" if self.not_applicable else "No answer yet"


@dataclass(frozen=True)
class CommitmentPart:
    """One commitment's part of the report."""

    number: int
    title: str
    statement: str
    indicators: tuple[IndicatorPart, ...]

    @property
    def figures(self) -> RollUp:
        """What its indicators add up to."""
        return roll_up((part.rating, part.not_applicable) for part in self.indicators)

    @property
    def median(self) -> str:
        """The lower median of the rated ones, in words."""
        median = self.figures.median
        return "none rated" if median is None else f"{median} {Rating(median).label}"


@dataclass(frozen=True)
class Decision:
    """One of ecda's decisions on the assessment."""

    words: str
    note: str
    by: str
    decided_on: date


@dataclass(frozen=True)
class Signed:
    """The signature of the edition that the round is about."""

    name: str
    job_title: str
    signed_on: date


@dataclass(frozen=True)
class Progress:
    """All that a progress report says."""

    partner: str
    edition: str
    round: Round
    state: State
    submitted_at: datetime | None
    submitted_by: str
    snapshot: int | None
    snapshot_sha256: str
    made_at: datetime
    code: str
    commitments: tuple[CommitmentPart, ...]
    decisions: tuple[Decision, ...]
    signed: Signed | None

    @property
    def is_accepted(self) -> bool:
        """Whether ecda agrees with what the report says."""
        return self.state is State.ACCEPTED

    @property
    def label(self) -> str:
        """The state's name."""
        return workflow.LABELS[self.state]

    @property
    def turn(self) -> str:
        """Whose turn it is, in words."""
        return workflow.TURNS[self.state]

    @property
    def indicators(self) -> tuple[IndicatorPart, ...]:
        """All indicators, in the Declaration's order."""
        return tuple(part for each in self.commitments for part in each.indicators)

    @property
    def figures(self) -> RollUp:
        """How often each rating is given; there is no single score."""
        return roll_up((part.rating, part.not_applicable) for part in self.indicators)

    @property
    def headline(self) -> str:
        """What the distribution says, in one sentence."""
        figures = self.figures
        if not figures.rated:
            return "No indicator is rated yet."
        high = figures.counts[Rating.ESTABLISHED] + figures.counts[Rating.LEADING]
        verb = "is" if high == 1 else "are"
        return f"{high} of {figures.rated} rated indicators {verb} Established or Leading."

    @property
    def no_answer(self) -> int:
        """How many indicators are neither rated nor marked as not applicable."""
        return self.figures.of - self.figures.rated - self.figures.not_applicable

    @property
    def chart(self) -> Chart:
        """The distribution as a picture."""
        return charts.distribution(self.figures)

    @property
    def levels(self) -> list[str]:
        """The five ratings in words."""
        return [f"{rating.value} {rating.label}" for rating in Rating]


def write(progress: Progress) -> str:
    """The report as an HTML document for paper."""
    return render_to_string("documents/report.html", {"progress": progress})


def read(report: Report) -> Progress:
    """Read all that the report says, as it stands now."""
    found = Assessment.objects.select_related("snapshot", "submitted_by", "round__edition")
    assessment = found.get(partner=report.partner_id, round=report.round_id)
    signature = Signature.objects.live().filter(
        partner=report.partner_id, edition=assessment.round.edition_id
    )
    snapshot: Snapshot | None = assessment.snapshot
    return Progress(
        partner=snapshot.partner_name if snapshot else report.partner.name,
        edition=assessment.round.edition.title,
        round=assessment.round,
        state=assessment.status,
        submitted_at=assessment.submitted_at,
        submitted_by=str(assessment.submitted_by or ""),
        snapshot=snapshot.number if snapshot else None,
        snapshot_sha256=snapshot.sha256 if snapshot else "",
        made_at=timezone.now(),
        code=report.code,
        commitments=_commitments(assessment, report.partner),
        decisions=tuple(_decisions(assessment)),
        signed=next(map(_signed, signature), None),
    )


def _signed(signature: Signature) -> Signed:
    signed_on = timezone.localdate(signature.signed_at)
    return Signed(signature.signatory_name, signature.job_title, signed_on)


def _decisions(assessment: Assessment) -> Iterable[Decision]:
    for review in Review.objects.filter(assessment=assessment).select_related("by"):
        decided_on = timezone.localdate(review.at)
        yield Decision(review.get_decision_display(), review.note, str(review.by), decided_on)


def _commitments(assessment: Assessment, partner: Partner) -> tuple[CommitmentPart, ...]:
    """Six queries, however many indicators there are."""
    found = Answer.objects.filter(assessment=assessment).in_order()
    answers = list(found.prefetch_related(current_evidence()))
    levels = read_levels(assessment.round.edition_id)
    support, comments = read_support(assessment), read_comments(assessment)
    planned = read_improvements(partner, [answer.indicator for answer in answers])
    parts: dict[Commitment, list[IndicatorPart]] = defaultdict(list)
    for answer in answers:
        pk = answer.indicator_id
        part = replace(
            _indicator(answer, levels.get(pk, ())),
            improvements=planned[pk],
            support=support.get(pk, ()),
            comments=comments.get(pk, ()),
        )
        parts[answer.indicator.commitment].append(part)
    return tuple(
        CommitmentPart(each.number, each.title, each.statement, tuple(indicators))
        for each, indicators in parts.items()
    )


def _indicator(answer: Answer, levels: Iterable[LevelDescription]) -> IndicatorPart:
    """What the answer itself says."""
    # Words of an earlier round that nobody has saved in this one do not count.
    counts = not answer.is_unconfirmed
    rating = answer.rating if counts else None
    # Without a rating the first step is the one that leads from 0 to 1.
    level = next((level for level in levels if level.rating == (rating or 0)), None)
    is_aside = answer.not_applicable and counts
    is_last = rating == Rating.LEADING or is_aside
    return IndicatorPart(
        code=answer.indicator.code,
        title=answer.indicator.title,
        text=answer.indicator.text,
        rating=rating,
        not_applicable=is_aside,
        reason=answer.reason if counts else "",
        narrative=answer.narrative if counts else "",
        description=level.description if level and rating is not None else _unrated(is_aside),
        next_step=level.next_step if level and not is_last else "",
        next_level="" if is_last else Rating((rating or 0) + 1).label,
        willing_to_share=answer.willing_to_share and counts,
        evidence=tuple(answer.evidence.all() if counts else ()),
    )


def _unrated(is_aside: bool) -> str:
    if is_aside:
        return "The partner says that this indicator does not concern it."
    return "The partner has not answered this indicator."
