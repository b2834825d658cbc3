"""Somebody who works out what a few partners said from the tables that they were shown.

Made without a look at how `suppression` decides: every set of a few partners is tried, in exact
fractions, on what each partner said one by one.
"""

from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import TypeAlias

from progress.suppression import Part

# Which tables a part is in.
Column: TypeAlias = tuple[int, ...]


@lru_cache(maxsize=100_000)
def rank(columns: frozenset[Column]) -> int:
    """How many of the columns say something that the others do not; the same ones count once."""
    left = [[Fraction(value) for value in column] for column in sorted(columns)]
    found = 0
    for at in range(len(left[0]) if left else 0):
        pivot = next((row for row in range(found, len(left)) if left[row][at]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for row in range(found + 1, len(left)):
            times = left[row][at] / left[found][at]
            left[row] = [x - times * y for x, y in zip(left[row], left[found], strict=True)]
        found += 1
    return found


def works_out(
    tables: Sequence[frozenset[Part]], known: Collection[Part], fewer_than: int
) -> frozenset[object] | None:
    """Return some partners, fewer than so many, of whom the tables tell what they said; or None.

    Some sum of the tables is about those alone when, without them, the tables have less to say.
    """
    parts = {part for table in tables for part in table} - set(known)
    columns = {part: tuple(int(part in table) for table in tables) for part in parts}
    everybody = sorted({part.who for part in parts}, key=str)
    full = rank(frozenset(columns.values()))
    for few in combinations(everybody, min(fewer_than - 1, len(everybody))):
        others = frozenset(column for part, column in columns.items() if part.who not in few)
        if rank(others) < full:
            return frozenset(few)
    return None
