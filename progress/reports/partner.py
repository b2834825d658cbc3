"""All that the progress report of one partner and round says."""

from dataclasses import dataclass
from datetime import datetime

from assessments import workflow
from assessments.models import Release, Round, Snapshot, SupportRequest
from assessments.scoring import Movement, RollUp, roll_up
from assessments.workflow import State
from commitments.models import Rating
from progress import charts
from progress.charts import Chart
from progress.reports.parts import CommitmentPart, Decision, IndicatorPart, Signed
from progress.reports.words import (
    CONTINUES,
    MEDIAN,
    SCALE,
    be,
    counted,
    day_words,
    moment_words,
    none,
)

# How many rows of the picture of two rounds a page holds.
STEPS_ON_A_PAGE = 15


@dataclass(frozen=True)
class Way:
    """What moved in one way since the round before; `sign` is `up` or `down`."""

    sign: str
    words: str


@dataclass(frozen=True)
class Progress:
    """All that a progress report says.

    `before` is the round before this one, None for the first; `compares` says whether the partner
    had an accepted assessment in it.
    """

    partner: str
    edition: str
    round: Round
    state: State
    submitted_at: datetime | None
    submitted_by: str
    snapshot: Snapshot | None
    made_at: datetime
    code: str
    commitments: tuple[CommitmentPart, ...]
    decisions: tuple[Decision, ...]
    signed: Signed | None
    before: Round | None = None
    compares: bool = False
    # Its own answers are no release's.
    release: Release | None = None

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
        return roll_up(part.said for part in self.indicators)

    @property
    def headline(self) -> str:
        """What the distribution says, in one sentence."""
        figures = self.figures
        if not figures.rated:
            return "No indicator is rated yet."
        high = figures.counts[Rating.ESTABLISHED] + figures.counts[Rating.LEADING]
        if figures.rated == 1:
            return f"The one rated indicator is {'' if high else 'not '}Established or Leading."
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
    def by_commitment(self) -> Chart:
        """The commitments' distributions as a picture."""
        return charts.stacked(
            [(each.label, each.figures) for each in self.commitments], what="commitments"
        )

    def moved(self, movement: Movement) -> tuple[IndicatorPart, ...]:
        """The indicators that moved in one way since the round before."""
        return tuple(each for each in self.indicators if each.moved == movement)

    @property
    def ways(self) -> tuple[Way, ...]:
        """What moved up and what moved down."""
        found = ((way, self.moved(way)) for way in (Movement.UP, Movement.DOWN))
        return tuple(Way(str(way), _moved_words(way, each)) for way, each in found if each)

    @property
    def movement(self) -> str:
        """What moved since the round before, in one sentence."""
        if self.before is None:
            return "This is the first round, so there is nothing to compare with yet."
        if not self.compares:
            return (
                f"No assessment of {self.before} was accepted, so there is nothing to compare with."
            )
        if not self.figures.rated:
            return (
                f"Nothing is rated yet that could be compared with {self.before}. What ecda "
                "accepted then stands beside each indicator."
            )
        up, down, same = (
            len(self.moved(each)) for each in (Movement.UP, Movement.DOWN, Movement.SAME)
        )
        rest = len(self.indicators) - up - down - same
        return (
            f"Since {self.before}, {counted(up, 'indicator')} moved up, {none(down)} moved down "
            f"and {none(same)} stayed the same"
            f"{f'; {rest} cannot be compared' if rest else ''}."
        )

    @property
    def shows_movement(self) -> bool:
        """Whether there are ratings to compare with those of the round before."""
        return self.compares and bool(self.figures.rated)

    @property
    def shows_before(self) -> bool:
        """Whether the ratings of the round before stand alone: there are none now."""
        return self.compares and not self.figures.rated

    @property
    def steps(self) -> tuple[Chart, ...]:
        """The ratings of both rounds as pictures that fit on a page."""
        rows = [(each.label, each.rated_before, each.rating, None) for each in self.indicators]
        starts = range(0, len(rows), STEPS_ON_A_PAGE)
        return tuple(charts.steps(rows[start : start + STEPS_ON_A_PAGE]) for start in starts)

    @property
    def plans(self) -> str:
        """How many improvements and requests for support there are, in one sentence."""
        planned = [plan for part in self.indicators for plan in part.improvements]
        unfinished = sum(each.is_unfinished for each in planned)
        overdue = sum(bool(each.overdue) for each in planned)
        asked = [each for part in self.indicators for each in part.support]
        waiting = sum(each.state in SupportRequest.WAITING for each in asked)
        late = f", {overdue} of them overdue" if overdue else ""
        return (
            f"{counted(unfinished, 'improvement').capitalize()} {be(unfinished)} planned or under "
            f"way{late}. {counted(waiting, 'request').capitalize()} for support {be(waiting)} "
            "waiting."
        )

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What stands at the top: names and what they stand for."""
        days = f"{day_words(self.round.opens_on)} to {day_words(self.round.closes_on)}"
        by = f"{day_words(self.signed.signed_on)}, by {self.signed.name}" if self.signed else ""
        return (
            ("Declaration", self.edition),
            ("Signed", by or "Not signed yet"),
            ("Round", f"{self.round}, {days}"),
            ("Assessment", self.standing),
            ("Data as at", moment_words(self.made_at)),
        )

    @property
    def standing(self) -> str:
        """How far ecda agrees with it, in words."""
        if self.is_accepted:
            return "Accepted by ecda"
        return f"{self.label}: not accepted by ecda yet"

    @property
    def method(self) -> tuple[str, ...]:
        """How the report was made, in sentences."""
        copy = self.snapshot
        same = (
            f", the same as in snapshot {copy.number} that ecda’s acceptance made" if copy else ""
        )
        compared = f"Movement compares with what ecda accepted in {self.before}. {CONTINUES}"
        return (
            f"{SCALE} What a rating means is described for each indicator.",
            (
                f"“{self.figures.words}” counts the indicators that have a rating. Indicators "
                "that are not applicable or have no answer are left out of every figure."
            ),
            MEDIAN,
            *([compared] if self.compares else []),
            "Evidence is listed as the partner gave it. ecda reads it, and does not audit it.",
            f"The data is as it stood on {moment_words(self.made_at)}{same}.",
        )


def _moved_words(way: Movement, indicators: tuple[IndicatorPart, ...]) -> str:
    each = (f"{part.code} to {part.words}" for part in indicators)
    return f"Moved {way}: {', '.join(each)}."
