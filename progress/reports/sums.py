"""The parts of the report about the whole system: an indicator, a commitment, a partner's row."""

from dataclasses import dataclass

from assessments.scoring import RollUp
from commitments.models import Rating
from progress import charts
from progress.charts import Chart
from progress.dashboards.figures import Asked, Said
from progress.dashboards.moves import Moves, total
from progress.reports.words import be, counted, first_of, median_words, said_words

# Of more partners than these the first are named.
NAMES_SHOWN = 12


@dataclass(frozen=True)
class Stage:
    """One stage of taking part, and how many partners have reached it."""

    words: str
    partners: int


@dataclass(frozen=True)
class Wanted:
    """One kind of support that partners wait for, or wait to be connected with."""

    what: str
    partners: tuple[str, ...]

    @property
    def names(self) -> str:
        """Who asked for it; of many the first ones."""
        return first_of(self.partners, NAMES_SHOWN)


@dataclass(frozen=True)
class IndicatorSum:
    """What one indicator adds up to; `leading` are Established or Leading, `sharing` names some.

    `sharing` is None where it is not said, as a round that is over is not about today.
    """

    asked: Asked
    figures: RollUp
    moves: Moves
    sharing: tuple[str, ...] | None = ()
    leading: int = 0
    wanted: tuple[Wanted, ...] = ()

    @property
    def label(self) -> str:
        """Code and title."""
        return f"{self.asked.code} {self.asked.title}"

    @property
    def median(self) -> str:
        """The lower median of the rated ones, in words."""
        return median_words(self.figures)

    @property
    def strong(self) -> str:
        """How many are strong in it, and who of them is willing to share, in a sentence."""
        if not self.leading:
            return "No partner is Established or Leading yet."
        words = counted(self.leading, "partner").capitalize()
        verb = be(self.leading)
        if self.sharing is None:
            return f"{words} {verb} Established or Leading."
        if not self.sharing:
            return f"{words} {verb} Established or Leading; none has offered to share how."
        names = first_of(self.sharing, NAMES_SHOWN)
        return f"{words} {verb} Established or Leading. Willing to share how: {names}."


@dataclass(frozen=True)
class CommitmentSum:
    """What one commitment's indicators add up to."""

    number: int
    title: str
    statement: str
    indicators: tuple[IndicatorSum, ...]
    figures: RollUp

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}"

    @property
    def median(self) -> str:
        """The lower median of the rated ones, in words."""
        return median_words(self.figures)

    @property
    def chart(self) -> Chart:
        """Its indicators' distributions as a picture."""
        return charts.stacked([(each.label, each.figures) for each in self.indicators])

    @property
    def moved(self) -> Chart:
        """How its indicators moved, as a picture."""
        return charts.moved([row(each.label, each.moves) for each in self.indicators])

    @property
    def moves(self) -> Moves:
        """How its indicators' ratings moved."""
        return total(each.moves for each in self.indicators) or Moves()


def row(label: str, moves: Moves) -> tuple[str, int, int, int]:
    """A row of the chart of movements."""
    return label, moves.down, moves.same, moves.up


@dataclass(frozen=True)
class Cell:
    """One rating in the table of partners: its tint, its sign, its words."""

    tint: str
    text: str
    words: str


@dataclass(frozen=True)
class Line:
    """One partner's ratings in the indicators' order."""

    name: str
    cells: tuple[Cell, ...]


def cell(said: Said) -> Cell:
    """A rating as the table shows it."""
    rating, aside = said
    if rating is not None:
        return Cell(str(rating), str(rating), Rating(rating).label)
    tint, text = ("na", "n/a") if aside else ("none", "–")
    return Cell(tint, text, said_words(said))
