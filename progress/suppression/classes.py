"""Which tables of a round's releases are shown to whom: decided for classes of readers.

Releases follow one another, and what somebody was shown they still know. In each release comes
first the table of all partners, which everybody sees, and then that of each kind, which that kind's
people see. So no later release changes what was decided of an earlier one.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from progress.suppression.tables import OTHERS, PUBLIC, Minds, Part, Scales, Table, Verdict


@dataclass(frozen=True)
class Sitting:
    """One indicator in one release: all partners, each kind, and what is published with it."""

    everyone: Table
    kinds: Mapping[str, Table]
    published: frozenset[Part] = frozenset()

    @property
    def tables(self) -> list[Table]:
        """All its tables."""
        return [self.everyone, *self.kinds.values()]

    @property
    def order(self) -> list[str]:
        """The kinds in the order in which they are decided: the largest one first."""
        return sorted(self.kinds, key=lambda kind: (-len(self.kinds[kind].counted), kind))


@dataclass(frozen=True)
class Decided:
    """Whether the table of all partners is shown, and that of each kind to its people."""

    everyone: Verdict
    kinds: Mapping[str, Verdict]

    def of_kind(self, kind: str) -> Verdict:
        """Whether a kind's table is shown; one that nobody belongs to has too few."""
        return self.kinds.get(kind, Verdict.FEW)


def decide_round(sittings: Sequence[Sitting]) -> tuple[Decided, ...]:
    """Say which tables of one indicator are shown in each release, in the order of the releases.

    The table of all partners has to be safe for the public and for every kind with the kind's
    tables that its people have seen; a kind's table for its people, and for somebody who has seen
    those of all kinds.
    """
    scales = Scales(table for each in sittings for table in each.tables)
    round = _Round(scales)
    return tuple(round.take(sitting) for sitting in sittings)


class _Round:
    """What is shown of one indicator so far: to everybody, and to each kind's people besides."""

    def __init__(self, scales: Scales) -> None:
        self.scales = scales
        self.everyone: list[Table] = []
        self.kinds: dict[str, list[Table]] = {}
        self.people: dict[str, frozenset[Hashable]] = {}
        self.published: frozenset[Part] = frozenset()

    def take(self, sitting: Sitting) -> Decided:
        """Decide one more release."""
        self.published |= sitting.published
        for kind, table in sitting.kinds.items():
            people = frozenset(part.who for part in table.counted)
            self.people[kind] = self.people.get(kind, frozenset()) | people
        everyone = self._everyone(sitting.everyone)
        if everyone is Verdict.SHOWN:
            self.everyone.append(sitting.everyone)
        kinds = {}
        for kind in sitting.order:
            table = sitting.kinds[kind]
            kinds[kind] = self._kind(kind, table)
            if kinds[kind] is Verdict.SHOWN:
                self.kinds.setdefault(kind, []).append(table)
        return Decided(everyone, kinds)

    def _everyone(self, table: Table) -> Verdict:
        """Weigh the table of all partners for the public and each kind that has seen its own."""
        verdict = self.scales.weigh(table, self.everyone, Minds(self.published, PUBLIC))
        for kind in self.kinds:
            if verdict is Verdict.SHOWN:
                verdict = self._for_kind(kind, table)
        return verdict

    def _kind(self, kind: str, table: Table) -> Verdict:
        """Weigh a kind's table for its people, and for somebody who has seen all kinds'."""
        verdict = self._for_kind(kind, table)
        if verdict is Verdict.SHOWN:
            seen = [*self.everyone, *(each for tables in self.kinds.values() for each in tables)]
            verdict = self.scales.weigh(table, seen, Minds(self.published))
        return verdict

    def _for_kind(self, kind: str, table: Table) -> Verdict:
        """Weigh a table for a kind's people, one of whom may be among those behind it."""
        seen = [*self.everyone, *self.kinds.get(kind, [])]
        return self.scales.weigh(table, seen, Minds(self.published, OTHERS, self.people[kind]))


def decide_reader(
    sittings: Sequence[Sitting],
    decided: Sequence[Decided],
    kinds: Sequence[Iterable[str]],
    own: Collection[Part],
) -> tuple[Mapping[str, Verdict], ...]:
    """Say which kinds' tables somebody may see who belongs to several partners.

    `kinds` are the kinds of those partners in each release, in order, and `own` is what they said.
    Only what is shown to the kinds' people may be shown, and of that only what does not tell
    somebody who has seen several kinds too much.
    """
    scales = Scales(table for each in sittings for table in each.tables)
    known, seen, found = frozenset(own), list[Table](), []
    for sitting, verdicts, theirs in zip(sittings, decided, kinds, strict=True):
        known |= sitting.published
        if verdicts.everyone is Verdict.SHOWN:
            seen.append(sitting.everyone)
        shown = {}
        for kind in theirs:
            shown[kind] = verdicts.of_kind(kind)
            if shown[kind] is Verdict.SHOWN:
                shown[kind] = scales.weigh(sitting.kinds[kind], seen, Minds(known))
            if shown[kind] is Verdict.SHOWN:
                seen.append(sitting.kinds[kind])
        found.append(shown)
    return tuple(found)
