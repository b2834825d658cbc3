"""Which figures may be shown so that nobody can work out what a few partners said: pure.

A table is what the partners of a group said of one indicator. Whoever reads several can add and
subtract them, so each is weighed against all that were shown before it: no sum or difference of
them, however far-fetched, may be about fewer than the least number of partners, unless it is
about none.

The tables of different indicators have nothing in common, and are decided apart.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import comb
from typing import NamedTuple, TypeAlias

# How many partners besides the reader have to stand behind a figure.
OTHERS = 5
# Everybody reads what is public, and any partner's people are among them: one of those behind
# the figure may be the reader, so there are five besides whoever it is.
PUBLIC = OTHERS + 1

# Sums are taken modulo a prime that no matrix of this size meets by chance: exact, and quick.
PRIME = 2**61 - 1
# So many choices of a few partners are looked through; where there are more, a table is hidden.
CHOICES = 2000

Row: TypeAlias = list[int]


class Part(NamedTuple):
    """What one partner said: `what` differs where it may have said something else (a later copy).

    A partner is in a table once.
    """

    who: Hashable
    what: Hashable


@dataclass(frozen=True)
class Table:
    """Who is behind a figure: those with a rating, and all that are counted ("n of m")."""

    rated: frozenset[Part]
    counted: frozenset[Part]


class Verdict(StrEnum):
    """Whether a table is shown, or why not."""

    SHOWN = "shown"
    # Too few partners are behind it.
    FEW = "few"
    # With what is shown already, it would tell what too few partners said.
    CLOSE = "close"


def decide(
    tables: Sequence[Table],
    *,
    known: Collection[Part] = frozenset(),
    least: int = OTHERS,
    before: Iterable[Table] = (),
) -> tuple[Verdict, ...]:
    """Say of each table of one indicator, in the order they are published, if it may be shown.

    `known` is what the reader knows without them: their own partner's, and what is published.
    `before` are tables that the reader sees in any case. The order matters: of two tables that are
    harmless alone and not together, the first is shown.
    """
    if least < 1:
        raise ValueError("Somebody has to stand behind a figure.")
    known = frozenset(known)
    rated, counted = _Seen(known, least), _Seen(known, least)
    for table in before:
        rated.add(table.rated)
        counted.add(table.counted)
    verdicts = []
    for table in tables:
        verdict = Verdict.SHOWN
        if len(table.rated - known) < least:
            verdict = Verdict.FEW
        elif rated.tells(table.rated) or counted.tells(table.counted):
            verdict = Verdict.CLOSE
        else:
            rated.add(table.rated)
            counted.add(table.counted)
        verdicts.append(verdict)
    return tuple(verdicts)


class _Seen:
    """The tables that a reader has seen, and what they tell together.

    Parts that are in the same tables cannot be told apart: `cells` are such parts, by a number
    whose bits are the tables they are in.
    """

    def __init__(self, known: frozenset[Part], least: int) -> None:
        self.known, self.least = known, least
        self.tables: list[frozenset[Part]] = []
        self.cells: dict[int, frozenset[Part]] = {}

    def add(self, table: frozenset[Part]) -> None:
        """Note that the table is shown."""
        table -= self.known
        if table and table not in self.tables:
            self.cells = self._cut(table)
            self.tables.append(table)

    def tells(self, table: frozenset[Part]) -> bool:
        """Whether the table, with the ones before it, would tell what too few partners said."""
        table -= self.known
        if not table or table in self.tables:
            return False
        cells = self._cut(table)
        owners = {bits: self._few(parts) for bits, parts in cells.items()}
        few = [bits for bits in cells if owners[bits]]
        if not few:  # Whatever the sum, it is about at least one whole cell.
            return False
        many = [bits for bits in cells if not owners[bits]]
        rows = [[bits >> at & 1 for bits in many + few] for at in range(len(self.tables) + 1)]
        found = _only_few(rows[:-1], rows[-1], len(many))
        if found is None:
            return False
        sums, row = found
        return self._is_within_few(sums, row, [owners[bits] for bits in few])

    def _cut(self, table: frozenset[Part]) -> dict[int, frozenset[Part]]:
        """Return the cells as one more table cuts them."""
        bit = 1 << len(self.tables)
        rest, cut = table, {}
        for bits, parts in self.cells.items():
            inside = parts & table
            if inside:
                cut[bits | bit] = inside
                rest -= inside
            if len(inside) < len(parts):
                cut[bits] = parts - inside
        if rest:
            cut[bit] = rest
        return cut

    def _few(self, parts: frozenset[Part]) -> frozenset[Hashable]:
        """Return the partners of a cell that has too few of them; none where it has enough."""
        if len(parts) >= self.least:
            return frozenset()
        return frozenset(part.who for part in parts)

    def _is_within_few(
        self, sums: list[Row], row: Row, owners: Sequence[frozenset[Hashable]]
    ) -> bool:
        """Whether sums can be added to the row until it is about too few partners."""
        touched = {at for each in [*sums, row] for at, value in enumerate(each) if value}
        partners = frozenset[Hashable]().union(*(owners[at] for at in touched))
        if len(partners) < self.least:
            return True
        if not sums:  # All that is left is the row itself.
            return False
        if comb(len(partners), self.least - 1) > CHOICES:
            return True
        choices = (frozenset(each) for each in combinations(partners, self.least - 1))
        left = {tuple(at for at in touched if not owners[at] <= chosen) for chosen in choices}
        for others in left:
            pivots = _pivots([each[at] for at in others] for each in sums)
            if not any(_reduced([row[at] for at in others], pivots)):
                return True
        return False


def _only_few(rows: list[Row], row: Row, many: int) -> tuple[list[Row], Row] | None:
    """Return the sums of the rows that are about small cells alone, and what is left of a row.

    The first `many` columns are large cells; the answer has the other columns only. None where the
    row cannot be freed of the large cells, or is nothing new.
    """
    pivots = _pivots(rows)
    left = _reduced(row, pivots)
    if any(left[:many]) or not any(left):
        return None
    return [each[many:] for at, each in pivots.items() if at >= many], left[many:]


def _pivots(rows: Iterable[Row]) -> dict[int, Row]:
    """Return the rows' echelon form, by the first column that each is about."""
    pivots: dict[int, Row] = {}
    for row in rows:
        left = _reduced(row, pivots)
        first = next((at for at, value in enumerate(left) if value), None)
        if first is not None:
            inverse = pow(left[first], -1, PRIME)
            pivots[first] = [value * inverse % PRIME for value in left]
    return pivots


def _reduced(row: Row, pivots: dict[int, Row]) -> Row:
    """Return what is left of a row when all that the pivots say is taken from it."""
    for at in range(len(row)):
        if row[at] and at in pivots:
            times = row[at]
            row = [(x - times * y) % PRIME for x, y in zip(row, pivots[at], strict=True)]
    return row
