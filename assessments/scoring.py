"""Ratings added up: distribution, median and "n of m rated"; pure.

The rules are those of the domain: unanswered and not applicable are left out of roll-ups, and a
partner never gets a single score.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_low

RATINGS = range(5)


@dataclass(frozen=True)
class RollUp:
    """What a set of answers adds up to.

    `counts[r]` answers are rated r (0 to 4); `of` is how many answers there could be;
    `median` is the lower median of the rated ones, None when none is rated.
    """

    counts: tuple[int, int, int, int, int]
    not_applicable: int
    of: int
    median: int | None

    @property
    def rated(self) -> int:
        """How many answers carry a rating."""
        return sum(self.counts)

    @property
    def words(self) -> str:
        """How much stands behind the figures, such as "11 of 13 rated"."""
        return f"{self.rated} of {self.of} rated"


def roll_up(answers: Iterable[tuple[int | None, bool]]) -> RollUp:
    """Add up pairs of rating (0 to 4, or None) and whether the indicator is not applicable.

    ValueError for a rating outside 0 to 4.
    """
    pairs = list(answers)
    ratings = [rating for rating, not_applicable in pairs if rating is not None]
    unknown = [rating for rating in ratings if rating not in RATINGS]
    if unknown:
        raise ValueError(f"ratings go from 0 to 4, not {unknown[0]}")
    found = Counter(ratings)
    return RollUp(
        counts=(found[0], found[1], found[2], found[3], found[4]),
        not_applicable=sum(not_applicable for _, not_applicable in pairs),
        of=len(pairs),
        median=median_low(ratings) if ratings else None,
    )


class Movement(StrEnum):
    """How an answer moved from one round to the next."""

    NEW = "new"
    UP = "up"
    DOWN = "down"
    SAME = "same"
    OTHER = "other"


def movement(before: tuple[int | None, bool] | None, now: tuple[int | None, bool]) -> Movement:
    """Compare two answers, each a rating (0 to 4, or None) and whether it is not applicable.

    New without an answer before; other when one of them is not rated, and they are not the same.
    """
    if before is None:
        return Movement.NEW
    if before == now:
        return Movement.SAME
    if before[0] is None or now[0] is None:
        return Movement.OTHER
    return Movement.UP if now[0] > before[0] else Movement.DOWN
