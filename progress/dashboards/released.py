"""The figures of released rounds that may be shown: to everybody, and to one partner's people.

Only what `suppression` lets pass leaves this module. Releases never change, so what is public is
worked out once and kept.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache

from assessments.models import Release, ReleaseEntry, Round
from assessments.scoring import RollUp, roll_up
from commitments.models import Rating
from progress.dashboards.figures import Asked, Figures, read_releases
from progress.suppression import OTHERS, PUBLIC, Part, Table, Verdict, decide
from signatories.models import Partner

# Goes up when what is kept takes another form, so that nobody reads an older one.
FORM = 1
KEPT_SECONDS = 7 * 24 * 3600
Kept = TypeVar("Kept")

PUBLIC_WORDS = {
    Verdict.SHOWN: "",
    Verdict.FEW: "Not shown: fewer than six partners that keep their ratings to themselves are "
    "rated, so somebody could work out what one of them said.",
    Verdict.CLOSE: "Not shown: it differs by too few partners from figures shown before, so "
    "somebody could work out what one of them said.",
}
OWN_WORDS = {
    Verdict.SHOWN: "",
    Verdict.FEW: "Not shown: fewer than five other partners that keep their ratings to themselves "
    "are rated, so you could work out what one of them said.",
    Verdict.CLOSE: "Not shown: it differs by too few partners from other figures that you see, so "
    "you could work out what one of them said.",
}


@dataclass(frozen=True)
class Shown:
    """What one group says of one indicator; without a roll-up, why it is not shown."""

    asked: Asked
    roll_up: RollUp | None
    why: str = ""

    @property
    def median(self) -> str:
        """The median with its name; empty where nothing is shown."""
        found = self.roll_up.median if self.roll_up else None
        return "" if found is None else f"{found} {Rating(found).label}"


@dataclass(frozen=True)
class Total:
    """What several indicators add up to: those that are shown, `shown` of `indicators`."""

    roll_up: RollUp | None
    shown: int
    indicators: int

    @property
    def words(self) -> str:
        """How many of the indicators are in it, such as "2 of 3 indicators"."""
        return f"{self.shown} of {self.indicators} indicators"


@dataclass(frozen=True)
class Results:
    """What one group says of each indicator, in order.

    `counted` partners of `of` that the round concerns are in the group's figures; `left_out` is
    how many are not, by the reason why.
    """

    results: tuple[Shown, ...]
    counted: int
    of: int
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def is_shown(self) -> bool:
        """Whether anything of it may be shown."""
        return any(each.roll_up for each in self.results)

    @property
    def commitments(self) -> tuple[int, ...]:
        """The commitments' numbers, in order."""
        return tuple(dict.fromkeys(each.asked.commitment for each in self.results))

    def of_commitment(self, number: int) -> tuple[Shown, ...]:
        """What one commitment's indicators say."""
        return tuple(each for each in self.results if each.asked.commitment == number)

    def total(self, commitment: int | None = None) -> Total:
        """What the shown indicators of one commitment, or of all, add up to."""
        results = self.results if commitment is None else self.of_commitment(commitment)
        found = [each.roll_up for each in results if each.roll_up]
        return Total(_added(found) if found else None, len(found), len(results))


@dataclass(frozen=True)
class PublicRelease:
    """One release as everybody sees it."""

    release: Release
    figures: Results
    is_last: bool

    @property
    def round(self) -> Round:
        """The round whose release it is."""
        return self.release.round


@dataclass(frozen=True)
class PublicRound:
    """One round as everybody sees it, with its releases in order.

    `shown` is the newest of which anything may be shown, or just the newest.
    """

    round: Round
    releases: tuple[PublicRelease, ...]

    @property
    def shown(self) -> PublicRelease:
        """The release that pages show."""
        visible = [each for each in self.releases if each.figures.is_shown]
        return (visible or self.releases)[-1]

    @property
    def figures(self) -> Results:
        """The figures that pages show."""
        return self.shown.figures


@dataclass(frozen=True)
class Group:
    """What a group of partners says in one release; `kind` is empty for all partners."""

    kind: str
    name: str
    release: Release
    figures: Results

    @property
    def rows(self) -> list[tuple[str, RollUp]]:
        """The indicators that are shown, as charts take them."""
        return [
            (f"{each.asked.code} {each.asked.title}", each.roll_up)
            for each in self.figures.results
            if each.roll_up
        ]

    @property
    def hidden(self) -> str:
        """The codes of the indicators that are not shown."""
        return ", ".join(each.asked.code for each in self.figures.results if not each.roll_up)


@dataclass(frozen=True)
class Comparison:
    """What a partner's people may see of the others in one round: all, and its own kind."""

    round: Round
    everyone: Group
    kind: Group


def sealed_releases() -> list[Release]:
    """Return the releases of all rounds, the oldest round first: one query."""
    found = Release.objects.filter(sealed=True).select_related("round__edition")
    return list(found.order_by("round__opens_on", "round_id", "number"))


def public_figures() -> tuple[PublicRound, ...]:
    """Return every released round as everybody may see it, oldest first.

    Two queries once it has been worked out for these releases, and a fixed number before.
    """
    releases = sealed_releases()
    if not releases:
        return ()
    kept = _kept(
        releases, "public", lambda: [found for read in _read(releases) for found in read.public()]
    )
    figures = dict(zip((each.pk for each in releases), kept, strict=True))
    rounds: dict[int, list[Release]] = {}
    for each in releases:
        rounds.setdefault(each.round_id, []).append(each)
    return tuple(
        PublicRound(
            mine[0].round,
            tuple(PublicRelease(each, figures[each.pk], each is mine[-1]) for each in mine),
        )
        for mine in rounds.values()
    )


def comparison(partner: Partner, round: Round, also: Sequence[Partner] = ()) -> Comparison | None:
    """Return what the people of a partner may see of the others in a round.

    Where the round is not released, it is the newest released one before it; None without any.
    `also` are other partners that the reader belongs to: they know those too, and see the figures
    of those kinds on their pages. Two queries once it has been worked out, and a fixed number
    before.
    """
    latest = (round.opens_on, round.pk)
    found = [each for each in sealed_releases() if (each.round.opens_on, each.round_id) <= latest]
    releases = [each for each in found if each.round_id == found[-1].round_id]
    if not releases:
        return None
    readers = ",".join(f"{each.pk}{each.kind}" for each in (partner, *also))
    everyone, own = _kept(releases, readers, lambda: _compared(releases, partner, also))
    at, here = _newest(everyone), _newest([figures for _, figures in own])
    kind, figures = own[here]
    return Comparison(
        releases[-1].round,
        Group("", "All partners", releases[at], everyone[at]),
        Group(kind, f"Its kind ({Partner.Kind(kind).label})", releases[here], figures),
    )


def _compared(
    releases: Sequence[Release], partner: Partner, also: Sequence[Partner]
) -> tuple[list[Results], list[tuple[str, Results]]]:
    [read] = _read(releases)
    return read.public(), read.own(partner, also)


def _kept(releases: Sequence[Release], reader: str, make: Callable[[], Kept]) -> Kept:
    """Return what was made of these releases for this reader before, or make it now."""
    hashes = ",".join(f"{each.pk}:{each.round_id}:{each.sha256}" for each in releases)
    key = f"released-{FORM}-{hashlib.sha256(f'{reader}/{hashes}'.encode()).hexdigest()}"
    found: Kept | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT_SECONDS)
    return found


def _newest(found: Sequence[Results]) -> int:
    """Return where the newest is of which anything may be shown, or just the newest."""
    shown = [at for at, each in enumerate(found) if each.is_shown]
    return (shown or [len(found) - 1])[-1]


@dataclass(frozen=True)
class _Read:
    """All releases of one round: `parts` is what each partner said in each, by its number."""

    releases: tuple[Figures, ...]
    parts: tuple[dict[int, Part], ...]
    published: frozenset[Part]

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The indicators, which are the same in all of them."""
        return self.releases[0].indicators

    def public(self) -> list[Results]:
        """Return what everybody sees of each release, in order."""
        found = [self._public(asked) for asked in self.asked]
        return [
            self._results(at, "", [verdicts[at] for verdicts in found], PUBLIC_WORDS)
            for at in range(len(self.releases))
        ]

    def own(self, partner: Partner, also: Iterable[Partner]) -> list[tuple[str, Results]]:
        """Return the partner's kind in each release, and what its people see of that kind."""
        mine = (partner, *also)
        pks = {each.pk for each in mine}
        theirs = {part for parts in self.parts for pk, part in parts.items() if pk in pks}
        kinds = [
            {self._kind(at, each): None for each in sorted(mine, key=lambda each: each.pk)}
            for at in range(len(self.releases))
        ]
        groups = [(at, kind) for at, found in enumerate(kinds) for kind in found]
        verdicts: dict[tuple[int, str], list[Verdict]] = {group: [] for group in groups}
        for asked in self.asked:
            public = self._public(asked)
            seen = [at for at, verdict in enumerate(public) if verdict is Verdict.SHOWN]
            found = decide(
                [self._table(asked, *group) for group in groups],
                known=self.published | theirs,
                least=OTHERS,
                before=[self._table(asked, at, "") for at in seen],
            )
            for group, verdict in zip(groups, found, strict=True):
                verdicts[group].append(verdict)
        own = [(at, self._kind(at, partner)) for at in range(len(self.releases))]
        return [(kind, self._results(at, kind, verdicts[at, kind], OWN_WORDS)) for at, kind in own]

    def _public(self, asked: Asked) -> tuple[Verdict, ...]:
        tables = [self._table(asked, at, "") for at in range(len(self.releases))]
        return decide(tables, known=self.published, least=PUBLIC)

    def _kind(self, at: int, partner: Partner) -> str:
        """Return the partner's kind then, and as it is now where it was not counted."""
        found = (each.kind for each in self.releases[at].partners if each.pk == partner.pk)
        return next(found, partner.kind)

    def _table(self, asked: Asked, at: int, kind: str) -> Table:
        figures, parts = self.releases[at], self.parts[at]
        group = [each.pk for each in figures.of_kind(kind)]
        return Table(
            rated=frozenset(
                parts[pk] for pk in group if figures.answer(pk, asked.pk)[0] is not None
            ),
            counted=frozenset(parts[pk] for pk in group),
        )

    def _results(
        self, at: int, kind: str, verdicts: Sequence[Verdict], words: Mapping[Verdict, str]
    ) -> Results:
        figures = self.releases[at]
        results = tuple(
            Shown(
                asked,
                figures.roll_up(asked, kind=kind) if verdict is Verdict.SHOWN else None,
                words[verdict],
            )
            for asked, verdict in zip(figures.indicators, verdicts, strict=True)
        )
        left_out = tuple((each.reason, len(each.partners)) for each in figures.left_out)
        return Results(results, len(figures.of_kind(kind)), figures.of, left_out)


def _read(releases: Sequence[Release]) -> list[_Read]:
    """Read releases, gathered by round in their order: four queries."""
    copies: dict[int, dict[int, Part]] = {each.pk: {} for each in releases}
    published: dict[int, set[Part]] = {each.pk: set() for each in releases}
    counted = ReleaseEntry.objects.filter(release__in=releases, snapshot__isnull=False).order_by()
    for pk, partner, snapshot, public in counted.values_list(
        "release_id", "partner_id", "snapshot_id", "published"
    ):
        copies[pk][partner] = Part(partner, snapshot)
        if public:
            published[pk].add(Part(partner, snapshot))
    rounds: dict[int, list[tuple[Release, Figures]]] = {}
    for release, figures in zip(releases, read_releases(releases), strict=True):
        rounds.setdefault(release.round_id, []).append((release, figures))
    return [
        _Read(
            releases=tuple(figures for _, figures in mine),
            parts=tuple(copies[release.pk] for release, _ in mine),
            published=frozenset[Part]().union(*(published[release.pk] for release, _ in mine)),
        )
        for mine in rounds.values()
    ]


def _added(found: Iterable[RollUp]) -> RollUp:
    """Add up roll-ups, which stand for different indicators of the same partners."""
    answers: list[tuple[int | None, bool]] = []
    for each in found:
        for rating, count in enumerate(each.counts):
            answers += [(rating, False)] * count
        answers += [(None, True)] * each.not_applicable
        answers += [(None, False)] * (each.of - each.rated - each.not_applicable)
    return roll_up(answers)
