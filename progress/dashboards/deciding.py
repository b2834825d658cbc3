"""What was said in the releases of a round, and which tables of it may be shown to whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assessments.models import Release
from progress.dashboards.figures import Asked, Figures, read_releases
from progress.suppression import (
    Decided,
    Part,
    Sitting,
    Table,
    Verdict,
    decide_reader,
    decide_round,
)
from signatories.models import Partner


@dataclass(frozen=True)
class DecidedRound:
    """All releases of one round, in order.

    `parts` is what each partner said in each, by its number; `published` what was published there.
    """

    releases: tuple[Figures, ...]
    parts: tuple[Mapping[int, Part], ...]
    published: tuple[frozenset[Part], ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The indicators, which are the same in all of them."""
        return self.releases[0].indicators

    def everyone(self, at: int) -> list[Verdict]:
        """Say of each indicator if the figures of all partners are shown in a release."""
        return [decided[at].everyone for decided in self._decided]

    def of_kind(self, at: int, kind: str) -> list[Verdict]:
        """Say of each indicator if a kind's figures are shown to its people in a release."""
        return [decided[at].of_kind(kind) for decided in self._decided]

    def kinds_of(self, partner: Partner) -> tuple[str, ...]:
        """Return the partner's kind in each release, and as it is now where it is not counted."""
        return tuple(kinds.get(partner.pk, partner.kind) for kinds in self.kinds)

    @property
    def kinds(self) -> tuple[Mapping[int, str], ...]:
        """The kind of each counted partner in each release, by the partner's number."""
        return tuple({each.pk: each.kind for each in found.partners} for found in self.releases)

    def of_reader(self, partner: Partner, also: Iterable[Partner]) -> list[list[Verdict]]:
        """Say of each release and indicator if the partner's kind is shown to this reader.

        `also` are the other partners whose people the reader is or was.
        """
        mine = sorted((partner, *also), key=lambda each: each.pk)
        pks = {each.pk for each in mine}
        own = {part for parts in self.parts for pk, part in parts.items() if pk in pks}
        histories = [self.kinds_of(each) for each in mine]
        kinds = [tuple(dict.fromkeys(each)) for each in zip(*histories, strict=True)]
        found = [
            decide_reader(sittings, decided, kinds, own)
            for sittings, decided in zip(self._sittings, self._decided, strict=True)
        ]
        return [
            [verdicts[at][kind] for verdicts in found]
            for at, kind in enumerate(self.kinds_of(partner))
        ]

    @cached_property
    def _decided(self) -> list[tuple[Decided, ...]]:
        return [decide_round(sittings) for sittings in self._sittings]

    @cached_property
    def _sittings(self) -> list[list[Sitting]]:
        """Each indicator's tables, release by release."""
        return [
            [self._sitting(asked, at) for at in range(len(self.releases))] for asked in self.asked
        ]

    def _sitting(self, asked: Asked, at: int) -> Sitting:
        figures = self.releases[at]
        kinds = dict.fromkeys(each.kind for each in figures.partners)
        return Sitting(
            everyone=self._table(asked, at, ""),
            kinds={kind: self._table(asked, at, kind) for kind in kinds},
            published=self.published[at],
        )

    def _table(self, asked: Asked, at: int, kind: str) -> Table:
        figures, parts = self.releases[at], self.parts[at]
        group = [each.pk for each in figures.of_kind(kind)]
        return Table(
            rated=frozenset(
                parts[pk] for pk in group if figures.answer(pk, asked.pk)[0] is not None
            ),
            counted=frozenset(parts[pk] for pk in group),
        )


def read_decided(releases: Sequence[Release]) -> list[DecidedRound]:
    """Read releases, gathered by round in their order: three queries."""
    rounds: dict[int, list[Figures]] = {}
    for figures in read_releases(releases):
        rounds.setdefault(figures.round.pk, []).append(figures)
    return [
        DecidedRound(
            releases=tuple(mine),
            parts=tuple(
                {each.pk: Part(each.pk, each.snapshot) for each in figures.partners}
                for figures in mine
            ),
            published=tuple(
                frozenset(
                    Part(each.pk, each.snapshot) for each in figures.partners if each.published
                )
                for figures in mine
            ),
        )
        for mine in rounds.values()
    ]
