"""Whether sums and differences of tables are about too few partners: exact algebra.

A table is a whole number here, whose bits are the parts in it: what one partner said one time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

# Fractions are taken modulo a prime that no matrix of this size meets by chance: exact, and quick.
PRIME = 2**61 - 1
# A count that is odd tells of whom a sum counts an odd number of times, when it counts all others
# twice: so sums are also looked at modulo the small primes.
SMALL = (2, 3)
# So many sets of a few partners are looked through; where there are more, a table is hidden.
CHOICES = 3000

Row: TypeAlias = list[int]


@dataclass(frozen=True)
class Limit:
    """How many partners a sum has to be about.

    `least`, and one more where it touches the `readers`: one of those may be who reads it.
    """

    least: int
    readers: int = 0

    def is_few(self, partners: int) -> bool:
        """Whether these partners are too few."""
        return partners.bit_count() < self.least + bool(partners & self.readers)


@lru_cache(maxsize=10_000)
def tells(tables: tuple[int, ...], table: int, owners: tuple[int, ...], limit: Limit) -> bool:
    """Whether a table, with the tables seen before it, tells what too few partners said.

    `owners` is whose each part is, as a bit; nothing that the reader knows is in the tables.
    Answers are remembered: the same partners are counted for each indicator of a round.
    """
    if not table or table in tables:
        return False
    cells = _cells([*tables, table])
    owned = {bits: few_owners(parts, owners, limit) for bits, parts in cells.items()}
    few = [bits for bits in cells if owned[bits]]
    if not few:  # Whatever the sum, it is about at least one whole cell.
        return False
    many = [bits for bits in cells if not owned[bits]]
    rows = [[bits >> at & 1 for bits in many + few] for at in range(len(tables) + 1)]
    rows, row = _independent(rows[:-1]), rows[-1]
    if not any(_reduced(row, _pivots(rows, PRIME), PRIME)):  # It is a sum of what is known.
        return False
    sets = [owned[bits] for bits in few]
    return any(
        _finds_few(_whole([*rows, row], modulus), len(many), sets, limit, modulus)
        for modulus in (PRIME, *SMALL)
    )


def _cells(tables: Sequence[int]) -> dict[int, int]:
    """Return parts that are in the same tables, by a number whose bits are those tables.

    Such parts cannot be told apart. They are of different partners: one is in a table once.
    """
    cells: dict[int, int] = {}
    for at, table in enumerate(tables):
        rest, cut = table, {}
        for bits, parts in cells.items():
            inside = parts & table
            if inside:
                cut[bits | 1 << at] = inside
                rest ^= inside
            if inside != parts:
                cut[bits] = parts ^ inside
        if rest:
            cut[1 << at] = rest
        cells = cut
    return cells


def few_owners(parts: int, owners: tuple[int, ...], limit: Limit) -> int:
    """Return whose the parts of a table are where those are too few; nobody where they are not."""
    if parts.bit_count() > limit.least:
        return 0
    found = 0
    while parts:
        found |= owners[(parts & -parts).bit_length() - 1]
        parts &= parts - 1
    return found if limit.is_few(found) else 0


def _finds_few(
    rows: Sequence[Row], many: int, owners: Sequence[int], limit: Limit, modulus: int
) -> bool:
    """Whether some sum with the last row in it is about too few partners.

    The first `many` columns are cells of enough partners, the others belong to the `owners`. Where
    the row cannot be freed of the first ones, each sum is about one of those cells at least.
    """
    pivots = _pivots(rows[:-1], modulus)
    row = _reduced(rows[-1], pivots, modulus)
    if any(row[:many]):
        return False
    row = row[many:]
    sums = [each[many:] for at, each in pivots.items() if at >= many]
    touched = [at for at in range(len(row)) if row[at] or any(each[at] for each in sums)]
    everybody = 0
    for at in touched:
        everybody |= owners[at]
    if limit.is_few(everybody):
        return True
    if not sums:  # All that is left is the row itself.
        return False
    chosen = _choices({owners[at] for at in touched}, limit)
    if chosen is None:
        return True
    for others in {tuple(at for at in touched if owners[at] & ~few) for few in chosen}:
        left = _pivots(([each[at] for at in others] for each in sums), modulus)
        if not any(_reduced([row[at] for at in others], left, modulus)):
            return True
    return False


def _choices(owners: Iterable[int], limit: Limit) -> list[int] | None:
    """Return the largest sets of too few partners, as cells allow; None where they are too many."""
    owners = sorted(owners)
    found = {0}
    for each in owners:
        found |= {few | each for few in found if limit.is_few(few | each)}
        if len(found) > CHOICES:
            return None
    return [
        few
        for few in found
        if not any(few | each != few and few | each in found for each in owners)
    ]


def _independent(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that are no sums of those before them."""
    pivots: dict[int, Row] = {}
    return [row for row in rows if _add(row, pivots, PRIME)]


def _pivots(rows: Iterable[Row], modulus: int) -> dict[int, Row]:
    """Return the rows' echelon form, by the first column that each is about."""
    pivots: dict[int, Row] = {}
    for row in rows:
        _add(row, pivots, modulus)
    return pivots


def _add(row: Row, pivots: dict[int, Row], modulus: int) -> bool:
    """Take a row into the echelon form; whether it says anything new."""
    left = _reduced(row, pivots, modulus)
    first = next((at for at, value in enumerate(left) if value), None)
    if first is None:
        return False
    inverse = pow(left[first], -1, modulus)
    pivots[first] = [value * inverse % modulus for value in left]
    return True


def _reduced(row: Row, pivots: dict[int, Row], modulus: int) -> Row:
    """Return what is left of a row when all that the pivots say is taken from it."""
    row = [value % modulus for value in row]
    for at, pivot in pivots.items():
        if times := row[at]:
            row = [(x - times * y) % modulus for x, y in zip(row, pivot, strict=True)]
    return row


def _whole(rows: Sequence[Row], modulus: int) -> Sequence[Row]:
    """Return rows that say the same and stay independent modulo a small prime.

    A sum that counts everybody an even number of times can be halved, and tells no less: so what
    vanishes modulo the prime is divided by it until it does not.
    """
    if modulus == PRIME:
        return rows
    whole: dict[int, Row] = {}
    for row in rows:
        left = _less(row, whole, modulus)
        while not any(value % modulus for value in left):
            left = _less([value // modulus for value in left], whole, modulus)
        whole[next(at for at, value in enumerate(left) if value % modulus)] = left
    return list(whole.values())


def _less(row: Row, whole: dict[int, Row], modulus: int) -> Row:
    """Take from a row the rows before it, until its entries at their first columns vanish."""
    for at, each in whole.items():
        times = row[at] * pow(each[at], -1, modulus) % modulus
        if times:
            row = [x - times * y for x, y in zip(row, each, strict=True)]
    return row
