"""Whether a table may be shown to readers who have seen others, whatever partners said.

A partner that is accepted again may have said something else, or the same. Nobody should see from
what is shown which it was, so each table has to pass both ways: as if all that was accepted anew
had changed, and as if none of it had.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from progress.suppression.algebra import Limit, few_owners, tells

# How many partners besides the reader have to stand behind a figure.
OTHERS = 5
# Everybody reads what is public, and any partner's people are among them: one of those behind
# the figure may be the reader, so there are five besides whoever it is.
PUBLIC = OTHERS + 1


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


@dataclass(frozen=True)
class Minds:
    """A class of readers: what they know, and how many partners have to stand behind a figure.

    That is `least`, and one more where one of the `readers` may be who reads it.
    """

    known: frozenset[Part]
    least: int = OTHERS
    readers: frozenset[Hashable] = frozenset()


def decide(
    tables: Sequence[Table],
    *,
    known: Collection[Part] = frozenset(),
    least: int = OTHERS,
    readers: Collection[Hashable] = frozenset(),
    before: Iterable[Table] = (),
) -> tuple[Verdict, ...]:
    """Say of each table of one indicator, in the order they are published, if it may be shown.

    `known` is what the reader knows without them: their own partner's, and what is published.
    `before` are tables that the reader sees in any case. The order matters: of two tables that are
    harmless alone and not together, the first is shown. Where one of the `readers` may be among
    those behind a figure, it takes one more than `least`. ValueError for a `least` of nobody.
    """
    if least < 1:
        raise ValueError("Somebody has to stand behind a figure.")
    minds = Minds(frozenset(known), least, frozenset(readers))
    seen = list(before)
    scales = Scales([*seen, *tables])
    verdicts = []
    for table in tables:
        verdicts.append(scales.weigh(table, seen, minds))
        if verdicts[-1] is Verdict.SHOWN:
            seen.append(table)
    return tuple(verdicts)


class _Masks(NamedTuple):
    """A table as whole numbers, whose bits are parts; and partners, where copies do not count."""

    rated: int
    counted: int
    rated_alone: int
    counted_alone: int


class Scales:
    """Weighs the tables of one indicator against each other."""

    def __init__(self, tables: Iterable[Table]) -> None:
        tables = list(dict.fromkeys(tables))
        parts = dict.fromkeys(part for each in tables for part in (*each.counted, *each.rated))
        people = {who: at for at, who in enumerate(dict.fromkeys(part.who for part in parts))}
        self.bits = {part: 1 << at for at, part in enumerate(parts)}
        self.people = {who: 1 << at for who, at in people.items()}
        self.owners = tuple(self.people[part.who] for part in parts)
        self.masks = {each: self._masks(each) for each in tables}

    def weigh(self, table: Table, seen: Sequence[Table], minds: Minds) -> Verdict:
        """Say if readers who have seen some of the tables may see one more of them."""
        limit = Limit(minds.least, self._alone(minds.readers))
        mine, before = self.masks[table], [self.masks[each] for each in seen]
        verdict = Verdict.SHOWN
        for known, owners, rated, counted in self._ways([*seen, table], minds):
            behind = mine[rated] & ~known
            if not behind or few_owners(behind, owners, limit):
                return Verdict.FEW
            for which in (rated, counted):
                others = tuple(each[which] & ~known for each in before)
                if tells(others, mine[which] & ~known, owners, limit):
                    verdict = Verdict.CLOSE
        return verdict

    def _ways(
        self, tables: Iterable[Table], minds: Minds
    ) -> Iterator[tuple[int, tuple[int, ...], int, int]]:
        """What is known, whose each bit is, and which masks to take: copies apart, then as one.

        A partner that published one copy and kept another to itself is known or not known where
        the copies are one: the tables have to pass with either.
        """
        known = self._apart(part for part in minds.known if part in self.bits)
        yield known, self.owners, 0, 1
        if not self.has_copies:
            return
        copies = defaultdict(set)
        for table in tables:
            for part in table.counted | table.rated:
                copies[part.who].add(part)
        some = {part.who for part in minds.known}
        every = {who for who in some if copies[who] <= minds.known}
        for people in {self._alone(some), self._alone(every)}:
            yield people, tuple(self.people.values()), 2, 3

    @cached_property
    def has_copies(self) -> bool:
        """Whether any partner was accepted anew."""
        return len(self.people) < len(self.bits)

    def _masks(self, table: Table) -> _Masks:
        return _Masks(
            self._apart(table.rated),
            self._apart(table.counted),
            self._alone({part.who for part in table.rated}),
            self._alone({part.who for part in table.counted}),
        )

    def _apart(self, parts: Iterable[Part]) -> int:
        found = 0
        for part in parts:
            found |= self.bits[part]
        return found

    def _alone(self, people: Iterable[Hashable]) -> int:
        found = 0
        for who in people:
            found |= self.people.get(who, 0)
        return found
