"""Somebody who works out what a few partners said from the tables that they were shown.

Made without a look at how `suppression` decides: every set of a few partners is tried, in exact
fractions, on what each partner said one by one; and every sum, whether it counts all but a few
partners twice or three times over.
"""

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
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

    The attacker has the numbers, so that copies that are equal are one: give those as one part.
    """
    tables = list(dict.fromkeys(tables))
    parts = {part for table in tables for part in table} - set(known)
    columns = {part: tuple(int(part in table) for table in tables) for part in parts}
    return _by_fractions(columns, fewer_than) or _by_remainders(columns, len(tables), fewer_than)


def _by_fractions(columns: dict[Part, Column], fewer_than: int) -> frozenset[object] | None:
    """Some sum is about a few alone when, without them, the tables have less to say."""
    everybody = sorted({part.who for part in columns}, key=str)
    full = rank(frozenset(columns.values()))
    for few in combinations(everybody, min(fewer_than - 1, len(everybody))):
        others = frozenset(column for part, column in columns.items() if part.who not in few)
        if rank(others) < full:
            return frozenset(few)
    return None


def _by_remainders(
    columns: dict[Part, Column], tables: int, fewer_than: int
) -> frozenset[object] | None:
    """Some sum counts all but a few twice, or three times: the remainder is about those few.

    Where it counts everybody twice, half of it is looked at in the same way.
    """
    people: dict[Column, set[object]] = {}
    for part, column in columns.items():
        people.setdefault(column, set()).add(part.who)
    for modulus, most in ((2, 4), (3, 3)):
        for times in product(range(most), repeat=tables):
            sums = {
                column: sum(x * y for x, y in zip(times, column, strict=True)) for column in people
            }
            if not any(value % modulus for value in sums.values()):
                sums = {column: value // modulus for column, value in sums.items()}
            odd = (people[column] for column, value in sums.items() if value % modulus)
            few = frozenset[object]().union(*odd)
            if 0 < len(few) < fewer_than:
                return few
    return None


def is_found_out(tables: Iterable[frozenset[Part]], known: Collection[Part], least: int) -> bool:
    """Whether somebody is found out, when no partner changed its mind or when all of them did."""
    tables = list(tables)
    if works_out(tables, known, least) is not None:
        return True
    alone = [frozenset(Part(part.who, 0) for part in table) for table in tables]
    return works_out(alone, {Part(part.who, 0) for part in known}, least) is not None
