"""The ratings that count in a round, and what they add up to: the one source of every figure.

Accepted assessments as they are now for ecda; a release for everybody else. Pages, files, the API
and reports all count from here, so that they cannot disagree.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from django.db.models import Exists, OuterRef

from assessments.dashboards import why_left_out
from assessments.models import (
    Answer,
    Assessment,
    Release,
    ReleasedRating,
    ReleaseEntry,
    Round,
    Snapshot,
)
from assessments.scoring import Movement, RollUp, movement, roll_up
from assessments.workflow import State
from commitments.models import Indicator
from progress.dashboards.left_out import LeftOut, by_reason

# A rating from 0 to 4, or None, and whether the indicator is not applicable.
Said: TypeAlias = tuple[int | None, bool]
NOTHING: Said = (None, False)


@dataclass(frozen=True)
class Asked:
    """One indicator of the round's edition; `commitment` is its commitment's number."""

    pk: int
    code: str
    title: str
    commitment: int

    @property
    def key(self) -> str:
        """What it is known by in other editions: one with the same title continues it."""
        return self.title.casefold()


@dataclass(frozen=True)
class Counted:
    """One partner that is in the figures, by its name and kind then.

    `snapshot` is which of its accepted copies a release counts; None where they are not frozen.
    """

    pk: int
    name: str
    slug: str
    kind: str
    published: bool = False
    snapshot: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Figures:
    """All that counts in one round.

    `said` maps a partner's number and an indicator's to what was said; without one there is no
    answer. `release` is None where they are not frozen. `left_out` names who does not count.
    """

    round: Round
    release: Release | None
    indicators: tuple[Asked, ...]
    partners: tuple[Counted, ...]
    said: Mapping[tuple[int, int], Said] = field(repr=False)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def of(self) -> int:
        """How many partners the round concerns, those left out included."""
        return len(self.partners) + sum(len(each.partners) for each in self.left_out)

    @property
    def commitments(self) -> tuple[int, ...]:
        """The commitments' numbers, in order."""
        return tuple(dict.fromkeys(asked.commitment for asked in self.indicators))

    def of_commitment(self, number: int) -> tuple[Asked, ...]:
        """One commitment's indicators."""
        return tuple(asked for asked in self.indicators if asked.commitment == number)

    def of_kind(self, kind: str) -> tuple[Counted, ...]:
        """The partners of one kind, or all of them for an empty one."""
        return tuple(each for each in self.partners if not kind or each.kind == kind)

    def answer(self, partner: int, indicator: int) -> Said:
        """What the partner said of the indicator."""
        return self.said.get((partner, indicator), NOTHING)

    def roll_up(self, *indicators: Asked, kind: str = "") -> RollUp:
        """What one or more indicators add up to over all partners, or over one kind."""
        partners = self.of_kind(kind)
        return roll_up(self.answer(each.pk, asked.pk) for asked in indicators for each in partners)

    @cached_property
    def by_key(self) -> Mapping[str, Asked]:
        """The indicators by what they are known by in other editions."""
        return {asked.key: asked for asked in self.indicators}


@dataclass(frozen=True)
class Years:
    """One round's figures beside those of the round before it, where there was one."""

    now: Figures
    before: Figures | None

    def earlier(self, partner: int, asked: Asked) -> Said | None:
        """What the partner said the round before of what the indicator continues.

        None without an answer there, and where the partner did not count.
        """
        if self.before is None or asked.key not in self.before.by_key:
            return None
        return self.before.said.get((partner, self.before.by_key[asked.key].pk))

    def movement(self, partner: int, asked: Asked) -> Movement | None:
        """How the partner's rating moved since; None without an answer now, or a round before."""
        now = self.now.said.get((partner, asked.pk))
        if now is None or self.before is None:
            return None
        return moved(self.earlier(partner, asked), now)

    def moves(self, *indicators: Asked) -> Iterator[tuple[Counted, Asked, Said, Said]]:
        """Partner, indicator, what it said before and now, of those who answered both times."""
        for asked in indicators:
            for each in self.now.partners:
                before, now = self.earlier(each.pk, asked), self.now.said.get((each.pk, asked.pk))
                if before is not None and now is not None:
                    yield each, asked, before, now


def moved(was: Said | None, now: Said) -> Movement:
    """How an answer moved for the figures: `same` is the same rating.

    Not applicable in both rounds is `other`: nothing is compared, so that those that moved and
    those that did not are never more than those rated.
    """
    if was is not None and was[0] is None and now[0] is None:
        return Movement.OTHER
    return movement(was, now)


def read_live(round: Round, before: Round | None = None) -> Years:
    """Read the accepted assessments of a round, and of the round before: three queries.

    The rounds' editions have to be there (`select_related`).
    """
    years = read_rounds([round] if before is None else [round, before])
    return Years(years[0], years[1] if before else None)


def read_rounds(rounds: Iterable[Round], *, keys: Collection[str] | None = None) -> list[Figures]:
    """Read the accepted assessments of rounds, in their order: three queries, however many.

    `keys` are those of the indicators to read (`Asked.key`), for a page about few of them; None
    for all. The rounds' editions have to be there (`select_related`).
    """
    rounds = list(rounds)
    asked = _indicators(rounds)
    was = Exists(Snapshot.objects.filter(assessment=OuterRef("pk")))
    found = Assessment.objects.filter(round__in=rounds).annotate(was=was)
    rows = list(
        found.order_by("partner__name", "pk").values_list(
            "round_id", "pk", "state", "was", "partner_id", "partner__name", "partner__slug",
            "partner__kind",
        )
    )  # fmt: skip
    counted = Answer.objects.filter(
        assessment__round__in=rounds,
        assessment__state=State.ACCEPTED,
        # Words of an earlier round that nobody has saved in this one do not count.
        updated_at__isnull=False,
    ).order_by()
    if keys is not None:
        asked = {
            edition: tuple(each for each in indicators if each.key in keys)
            for edition, indicators in asked.items()
        }
        wanted = {each.pk for indicators in asked.values() for each in indicators}
        counted = counted.filter(indicator__in=wanted)
    said: dict[int, dict[tuple[int, int], Said]] = {each.pk: {} for each in rounds}
    answers = counted.values_list(
        "assessment__round_id", "assessment__partner_id", "indicator_id", "rating", "not_applicable"
    )
    for of, partner, indicator, rating, aside in answers.iterator(chunk_size=5000):
        if rating is not None or aside:
            said[of][partner, indicator] = (rating, aside)
    return [_live(each, asked[each.edition_id], rows, said[each.pk]) for each in rounds]


def _live(
    round: Round,
    asked: tuple[Asked, ...],
    rows: Iterable[tuple[int, int, str, bool, int, str, str, str]],
    said: Mapping[tuple[int, int], Said],
) -> Figures:
    mine = [row[2:] for row in rows if row[0] == round.pk]
    return Figures(
        round=round,
        release=None,
        indicators=asked,
        partners=tuple(
            Counted(pk, name, slug, kind)
            for state, _, pk, name, slug, kind in mine
            if state == State.ACCEPTED
        ),
        said=said,
        left_out=by_reason(
            (why_left_out(State(state), was_accepted=was), name, kind)
            for state, was, _, name, _, kind in mine
        ),
    )


def read_releases(releases: Iterable[Release]) -> list[Figures]:
    """Read what releases hold, in their order: three queries, however many there are.

    Their rounds and the rounds' editions have to be there (`select_related`).
    """
    releases = list(releases)
    asked = _indicators([each.round for each in releases])
    entries: dict[int, list[Counted]] = {each.pk: [] for each in releases}
    out: dict[int, list[tuple[str, str, str]]] = {each.pk: [] for each in releases}
    said: dict[int, dict[tuple[int, int], Said]] = {each.pk: {} for each in releases}
    rows = ReleaseEntry.objects.filter(release__in=releases)
    for release, why, pk, name, slug, kind, public, copy in rows.order_by(
        "partner_name", "pk"
    ).values_list(
        "release_id", "left_out", "partner_id", "partner_name", "partner__slug", "kind",
        "published", "snapshot_id",
    ):  # fmt: skip
        if why:
            out[release].append((why, name, kind))
        else:
            entries[release].append(Counted(pk, name, slug, kind, public, copy))
    ratings = ReleasedRating.objects.filter(entry__release__in=releases).order_by()
    for release, partner, indicator, rating in ratings.values_list(
        "entry__release_id", "entry__partner_id", "indicator_id", "rating"
    ).iterator(chunk_size=5000):
        said[release][partner, indicator] = (rating, rating is None)
    return [
        Figures(
            round=each.round,
            release=each,
            indicators=asked[each.round.edition_id],
            partners=tuple(entries[each.pk]),
            said=said[each.pk],
            left_out=by_reason(out[each.pk]),
        )
        for each in releases
    ]


def _indicators(rounds: Iterable[Round]) -> dict[int, tuple[Asked, ...]]:
    """The indicators of the rounds' editions, by the edition's number: one query."""
    editions = {each.edition_id for each in rounds}
    found: dict[int, list[Asked]] = {edition: [] for edition in editions}
    rows = Indicator.objects.filter(commitment__edition__in=editions)
    for edition, pk, number, title, commitment in rows.order_by(
        "commitment__number", "number"
    ).values_list("commitment__edition_id", "pk", "number", "title", "commitment__number"):
        found[edition].append(Asked(pk, f"{commitment}.{number}", title, commitment))
    return {edition: tuple(asked) for edition, asked in found.items()}


def before(round: Round, rounds: Iterable[Round]) -> Round | None:
    """The round before it, of any edition, among the rounds."""
    earlier = (each for each in rounds if (each.opens_on, each.pk) < (round.opens_on, round.pk))
    return max(earlier, key=lambda each: (each.opens_on, each.pk), default=None)
