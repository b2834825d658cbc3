"""The same indicators over all rounds, where they continue in other editions too."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from assessments.models import Round
from assessments.scoring import RollUp
from commitments.models import Indicator, Rating
from progress.dashboards.figures import Asked, Years, before, read_rounds
from progress.dashboards.heatmap import Sum
from progress.dashboards.heatmap_files import FIGURES, figure_cells, sums_legend
from progress.dashboards.moves import moves_of
from progress.dashboards.notes import Note, notes_over_rounds

Cell = str | int | None
SUMS = ("round", "indicator", "title", *FIGURES, "median_name")


@dataclass(frozen=True)
class Year:
    """One round on a page about it: what the page's indicators add up to, and where it is shown.

    `href` is the address of the same page in that round; empty where nothing continues there.
    """

    round: Round
    figures: RollUp
    partners: int
    of: int
    href: str
    is_shown: bool

    @property
    def label(self) -> str:
        """The round, and how many of its partners count in it so far."""
        return f"{self.round}, {self.partners} of {self.of} partners"


def key_of(indicator: Indicator) -> str:
    """What an indicator is known by in other editions, as in the figures."""
    return indicator.title.casefold()


def label(asked: Asked) -> str:
    """The indicator as charts call it."""
    return f"{asked.code} {asked.title}"


def year_of(years: Years, figures: RollUp, href: str, shown: Round) -> Year:
    """One round with what it adds up to, beside the round that the page shows."""
    now = years.now
    return Year(now.round, figures, len(now.partners), now.of, href, now.round == shown)


def read_over_rounds(rounds: Sequence[Round], keys: Collection[str]) -> list[Years]:
    """Read the indicators of these keys in every round beside the one before it: three queries.

    The rounds come in the order in which they are given, the newest first.
    """
    found = {each.round.pk: each for each in read_rounds(rounds, keys=keys)}
    pairs = [(each, before(each, rounds)) for each in rounds]
    return [Years(found[now.pk], found[was.pk] if was else None) for now, was in pairs]


def sums_of(years: Years) -> tuple[Sum, ...]:
    """What each indicator of the figures adds up to in their round."""
    return tuple(
        Sum(asked, years.now.roll_up(asked), moves_of(years, asked))
        for asked in years.now.indicators
    )


def sum_rows(history: Iterable[Years]) -> Iterable[tuple[Cell, ...]]:
    """A row for each round and indicator, the newest round first, in the order of SUMS."""
    for years in history:
        for each in sums_of(years):
            median = each.figures.median
            yield (
                years.now.round.name,
                each.asked.code,
                each.asked.title,
                *figure_cells(each.figures, each.moves),
                "" if median is None else Rating(median).label,
            )


def sum_notes(what: str, history: Sequence[Years]) -> list[Note]:
    """The notes beside what indicators add up to in every round that asks for any of them."""
    rounds = [years.now for years in history if years.now.indicators]
    return notes_over_rounds(what, rounds, also=sums_legend("the round before, where there is one"))
