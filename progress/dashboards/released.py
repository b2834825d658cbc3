"""The figures of released rounds that may be shown: to everybody, and to one partner's people.

Only what `suppression` lets pass leaves this module. Releases never change, so what is public is
worked out once and kept.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Q

from assessments.models import Release, Round
from assessments.scoring import RollUp, roll_up
from commitments.models import Rating
from progress.dashboards.deciding import DecidedRound, read_decided
from progress.dashboards.figures import Asked, Figures
from progress.suppression import Verdict
from signatories.models import Membership, Partner, User

# Goes up when what is kept takes another form, so that nobody reads an older one.
FORM = 2
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
        releases,
        "public",
        lambda: [found for read in read_decided(releases) for found in _public(read)],
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


def comparison(partner: Partner, round: Round, reader: User | None = None) -> Comparison | None:
    """Return what the people of a partner may see of the others in a round.

    Where the round is not released, it is the newest released one before it; None without any.
    `reader` is one of those people: who belongs to other partners too, or did since the round
    opened, knows what those said and saw. Three queries once it has been worked out, and a fixed
    number before.
    """
    latest = (round.opens_on, round.pk)
    found = [each for each in sealed_releases() if (each.round.opens_on, each.round_id) <= latest]
    releases = [each for each in found if each.round_id == found[-1].round_id]
    if not releases:
        return None
    shown = releases[-1].round
    everyone, own = _compared(releases, partner, _also(partner, shown, reader))
    at, here = _newest(everyone), _newest([figures for _, figures in own])
    kind, figures = own[here]
    return Comparison(
        shown,
        Group("", "All partners", releases[at], everyone[at]),
        Group(kind, f"Its kind ({Partner.Kind(kind).label})", releases[here], figures),
    )


def _also(partner: Partner, round: Round, reader: User | None) -> list[Partner]:
    """Return the other partners whose people the reader is, or was since the round opened."""
    if reader is None:
        return []
    since = Q(ended_at__isnull=True) | Q(ended_at__gte=round.opened_at)
    mine = Membership.objects.filter(since, person=reader).values("partner")
    return list(Partner.objects.filter(pk__in=mine).exclude(pk=partner.pk).order_by("pk"))


def _compared(
    releases: Sequence[Release], partner: Partner, also: Sequence[Partner]
) -> tuple[list[Results], list[tuple[str, Results]]]:
    """Return all partners, and the partner's kind then and what its people see, by release.

    All people of a kind see the same, but for those who saw several kinds: they belong to several
    partners, or to one whose kind was corrected.
    """
    if not also:
        found = _kept(releases, "classes", lambda: _classes(releases))
        kinds = [each.get(partner.pk, partner.kind) for each in found.kind_of]
        if len(set(kinds)) == 1:
            return found.everyone, found.own(kinds)
    readers = ",".join(f"{each.pk}{each.kind}" for each in (partner, *also))
    return _kept(releases, readers, lambda: _of_reader(releases, partner, also))


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
class _Classes:
    """What the public and each kind's people see of one round, release by release.

    `kind_of` is each counted partner's kind then, by its number.
    """

    everyone: list[Results]
    kinds: list[dict[str, Results]]
    kind_of: tuple[Mapping[int, str], ...]

    def own(self, kinds: Sequence[str]) -> list[tuple[str, Results]]:
        """Return a partner's kinds with what their people see."""
        return [(kind, self.kinds[at][kind]) for at, kind in enumerate(kinds)]


def _public(read: DecidedRound) -> list[Results]:
    return [
        _results(figures, "", read.everyone(at), PUBLIC_WORDS)
        for at, figures in enumerate(read.releases)
    ]


def _classes(releases: Sequence[Release]) -> _Classes:
    [read] = read_decided(releases)
    kinds = [
        {
            kind: _results(figures, kind, read.of_kind(at, kind), OWN_WORDS)
            for kind in Partner.Kind.values
        }
        for at, figures in enumerate(read.releases)
    ]
    return _Classes(_public(read), kinds, read.kinds)


def _of_reader(
    releases: Sequence[Release], partner: Partner, also: Iterable[Partner]
) -> tuple[list[Results], list[tuple[str, Results]]]:
    [read] = read_decided(releases)
    verdicts = zip(read.kinds_of(partner), read.of_reader(partner, also), strict=True)
    return _public(read), [
        (kind, _results(read.releases[at], kind, found, OWN_WORDS))
        for at, (kind, found) in enumerate(verdicts)
    ]


def _results(
    figures: Figures, kind: str, verdicts: Sequence[Verdict], words: Mapping[Verdict, str]
) -> Results:
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


def _added(found: Iterable[RollUp]) -> RollUp:
    """Add up roll-ups, which stand for different indicators of the same partners."""
    answers: list[tuple[int | None, bool]] = []
    for each in found:
        for rating, count in enumerate(each.counts):
            answers += [(rating, False)] * count
        answers += [(None, True)] * each.not_applicable
        answers += [(None, False)] * (each.of - each.rated - each.not_applicable)
    return roll_up(answers)
