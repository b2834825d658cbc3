"""All that the report about the whole system says in one round."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from assessments.models import Release, Round, Snapshot
from assessments.scoring import RollUp
from commitments.models import Rating
from progress import charts
from progress.charts import Chart
from progress.dashboards.adding_up import headline as live_headline
from progress.dashboards.adding_up import standing_of
from progress.dashboards.figures import Figures, Years
from progress.dashboards.headline import headline
from progress.dashboards.left_out import LeftOut
from progress.dashboards.moves import Moves, total
from progress.reports.sums import CommitmentSum, IndicatorSum, Line, Stage, cell, row
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

# The table of all ratings stands in the report while it fits on its pages.
PARTNERS_SHOWN, INDICATORS_SHOWN = 40, 16


@dataclass(frozen=True)
class System:
    """All that the system report of a round says."""

    edition: str
    years: Years
    made_at: datetime
    code: str
    commitments: tuple[CommitmentSum, ...]
    stages: tuple[Stage, ...]
    support_waiting: int
    # Figures of many partners are no partner's accepted copy.
    snapshot: Snapshot | None = None

    @property
    def now(self) -> Figures:
        """The round's figures."""
        return self.years.now

    @property
    def round(self) -> Round:
        """The round that it is about."""
        return self.now.round

    @property
    def before(self) -> Round | None:
        """The round before it."""
        return self.years.before.round if self.years.before else None

    @property
    def release(self) -> Release | None:
        """The frozen figures that it was made from; None for those accepted so far."""
        return self.now.release

    @property
    def is_past(self) -> bool:
        """Whether the round is over: what is of today says nothing of it, and is left out."""
        return self.release is not None or self.round.closed_at is not None

    @property
    def standing(self) -> str:
        """How fixed its figures are, in words."""
        if self.release is None:
            return "Not released: accepted so far"
        made_on = timezone.localdate(self.release.released_at)
        return f"Release {self.release.number} of {day_words(made_on)}"

    @property
    def before_standing(self) -> str:
        """What the figures of the round before are, in words."""
        if self.years.before is None:
            return ""
        release = self.years.before.release
        of = f"release {release.number} of" if release else "what ecda accepted in"
        return f"{of} {self.before}"

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Who does not count, by the reason why."""
        return self.now.left_out

    @property
    def counted(self) -> int:
        """How many partners stand behind the figures."""
        return len(self.now.partners)

    @property
    def counted_words(self) -> str:
        """How many of the partners count, in a sentence."""
        if not self.now.of:
            return "No partner had an assessment in this round."
        return (
            f"The figures are those of {self.counted} of the {counted(self.now.of, 'partner')} "
            "in this round."
        )

    @property
    def indicators(self) -> tuple[IndicatorSum, ...]:
        """All indicators, in the Declaration's order."""
        return tuple(each for commitment in self.commitments for each in commitment.indicators)

    @property
    def figures(self) -> RollUp:
        """What all ratings add up to."""
        return self.now.roll_up(*self.now.indicators)

    @property
    def headline(self) -> str:
        """What the distribution says, in one sentence."""
        if not self.figures.rated:
            return "Nothing counts in this round yet."
        if self.release is None:
            return live_headline(self.years)
        rounds = [self.years.before, self.now] if self.years.before else [self.now]
        return headline([standing_of(figures) for figures in rounds if figures.partners])

    @property
    def movement(self) -> str:
        """What moved since the round before, in one sentence."""
        if self.before is None:
            return "This is the first round, so there is nothing to compare with yet."
        moves = self.moves
        if not moves.compared:
            return f"No partner counts both in {self.before} and in {self.round}."
        rest = moves.new + moves.changed
        return (
            f"Since {self.before}, {counted(moves.up, 'rating')} moved up, {none(moves.down)} "
            f"moved down and {none(moves.same)} stayed the same"
            f"{f'; {rest} cannot be compared' if rest else ''}."
        )

    @property
    def support_words(self) -> str:
        """How many requests for support wait, in a sentence."""
        waiting = self.support_waiting
        return f"{counted(waiting, 'request').capitalize()} for support {be(waiting)} waiting."

    @property
    def moves(self) -> Moves:
        """How all ratings moved."""
        return total(each.moves for each in self.commitments) or Moves()

    @property
    def compares(self) -> bool:
        """Whether any rating can be compared with the round before."""
        return self.moves.compared > 0

    @property
    def chart(self) -> Chart:
        """The distribution of all ratings as a picture."""
        return charts.distribution(self.figures)

    @property
    def by_commitment(self) -> Chart:
        """The commitments' distributions as a picture."""
        return charts.stacked(
            [(each.label, each.figures) for each in self.commitments], what="commitments"
        )

    @property
    def moved(self) -> Chart:
        """How the commitments' ratings moved, as a picture."""
        return charts.moved([row(each.label, each.moves) for each in self.commitments])

    @property
    def ratings(self) -> list[tuple[int, str]]:
        """The five ratings with their names."""
        return [(rating.value, str(rating.label)) for rating in Rating]

    @property
    def levels(self) -> list[str]:
        """The five ratings in words."""
        return [f"{value} {label}" for value, label in self.ratings]

    @property
    def as_at(self) -> str:
        """When the figures were fixed, or read."""
        return moment_words(self.release.released_at if self.release else self.made_at)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What stands at the top: names and what they stand for."""
        days = f"{day_words(self.round.opens_on)} to {day_words(self.round.closes_on)}"
        return (
            ("Declaration", self.edition),
            ("Round", f"{self.round}, {days}"),
            ("Partners", f"{self.counted} of {self.now.of} count"),
            ("Figures", self.standing),
            ("Data as at", self.as_at),
        )

    @property
    def left_to_today(self) -> str:
        """What is of the day on which the report is made, or that a past round's leaves it out."""
        if self.is_past:
            return (
                "Signatures, who is willing to share and what support is waited for change from "
                "day to day. The report of a round that is over leaves them out; the portal has "
                "them."
            )
        return (
            "How far partners came, who is willing to share and what support is waited for are "
            f"as on {moment_words(self.made_at)}."
        )

    @property
    def method(self) -> tuple[str, ...]:
        """How the report was made, in sentences."""
        source = (
            f"The figures are those of release {self.release.number} of the round, made on "
            f"{self.as_at}, and do not change any more."
            if self.release
            else "The round’s figures were not released when this report was made. They are those "
            f"accepted by {self.as_at}."
        )
        compared = (
            f"Movement compares them with {self.before_standing}, for partners that count in "
            f"both. {CONTINUES}"
        )
        return (
            SCALE,
            (
                f"“{self.figures.words}” counts the ratings that were given. Indicators that are "
                "not applicable or have no answer are left out of every figure."
            ),
            MEDIAN,
            "“Most partners” are more than half of those that rate the indicator.",
            source,
            *([compared] if self.compares else []),
            self.left_to_today,
            "This report names partners. It is for ecda and for those to whom ecda gives it.",
        )

    @property
    def fits(self) -> bool:
        """Whether the table of all partners stands in the report."""
        shown = len(self.now.indicators) <= INDICATORS_SHOWN
        return shown and 0 < self.counted <= PARTNERS_SHOWN

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every partner's ratings, where they fit."""
        now = self.now
        return tuple(
            Line(each.name, tuple(cell(now.answer(each.pk, one.pk)) for one in now.indicators))
            for each in now.partners
            if self.fits
        )
