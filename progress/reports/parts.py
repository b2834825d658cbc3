"""The parts of a partner's progress report: an indicator, a commitment, what belongs to them."""

from dataclasses import dataclass
from datetime import date

from assessments.models import Evidence, ReviewComment, SupportRequest
from assessments.scoring import Movement, RollUp, roll_up
from progress import charts
from progress.charts import Chart
from progress.dashboards.figures import Said
from progress.reports.words import median_words, said_words


@dataclass(frozen=True)
class Step:
    """How a rating moved since a round; `before` is None without an answer then."""

    movement: Movement
    before: Said | None
    round: str

    @property
    def words(self) -> str:
        """The movement in words."""
        if self.before is None:
            return "New"
        if self.movement is Movement.SAME:
            return "The same"
        way = {Movement.UP: "Up from", Movement.DOWN: "Down from"}.get(self.movement, "Was")
        words = said_words(self.before)
        return f"{way} {words if words[0].isdigit() else words.lower()}"

    @property
    def sentence(self) -> str:
        """The movement in words that name the round."""
        if self.movement is Movement.SAME:
            return f"The same as in {self.round}"
        return f"{self.words} {'since' if self.before is None else 'in'} {self.round}"


@dataclass(frozen=True)
class Planned:
    """One thing that the partner will do or has done; `overdue` is how late it is, in words."""

    what: str
    state: str
    owner: str
    due_on: date | None
    overdue: str
    is_unfinished: bool


@dataclass(frozen=True)
class IndicatorPart:
    """One indicator's part of the report; `rating` is None when there is none.

    `step` is None without an answer now, or a round before to compare with. `before` is what was
    accepted in that round, None without it.
    """

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
    step: Step | None = None
    before: Said | None = None
    improvements: tuple[Planned, ...] = ()
    support: tuple[SupportRequest, ...] = ()
    comments: tuple[ReviewComment, ...] = ()

    @property
    def tint(self) -> str:
        """Which of the tints the rating has."""
        if self.rating is not None:
            return str(self.rating)
        return "na" if self.not_applicable else "none"

    @property
    def said(self) -> Said:
        """What the figures count."""
        return self.rating, self.not_applicable

    @property
    def words(self) -> str:
        """The rating in words."""
        return said_words(self.said)

    @property
    def words_before(self) -> str:
        """The rating accepted in the round before, in words; empty without one."""
        return said_words(self.before) if self.before else ""

    @property
    def tint_before(self) -> str:
        """Which of the tints that rating has."""
        if self.before is None:
            return "none"
        return "na" if self.before[0] is None else str(self.before[0])

    @property
    def label(self) -> str:
        """Code and title, as a chart names the indicator."""
        return f"{self.code} {self.title}"

    @property
    def rated_before(self) -> int | None:
        """The rating of the round before; None without one, and without an answer now."""
        return self.step.before[0] if self.step and self.step.before else None

    @property
    def moved(self) -> str:
        """Which sign the movement has: `up`, `down`, or another one of `Movement`; else empty."""
        return str(self.step.movement) if self.step else ""


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
        return roll_up(part.said for part in self.indicators)

    @property
    def median(self) -> str:
        """The lower median of the rated ones, in words."""
        return median_words(self.figures)

    @property
    def label(self) -> str:
        """Number and title, as a chart names the commitment."""
        return f"{self.number} {self.title}"

    @property
    def chart(self) -> Chart:
        """Its distribution as a picture."""
        return charts.stacked([(f"Commitment {self.number}", self.figures)])


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
