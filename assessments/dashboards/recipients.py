"""Whom a letter goes to: groups of partners by where they stand, and their people by role."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.dashboards.rounds import overdue, unfinished
from assessments.models import Answer, Assessment, Round
from assessments.workflow import State
from signatories.models import Membership, Partner, Signature, User

Role = Membership.Role


class Group(StrEnum):
    """Which partners are meant."""

    ALL = "all"
    OVERDUE = "overdue"
    UNFINISHED = "unfinished"
    NOT_STARTED = "not-started"
    AWAITING = "awaiting"
    CHANGES = "changes"
    SUBMITTED = "submitted"
    UNSIGNED = "unsigned"
    NO_LEADER = "no-leader"
    PICKED = "picked"


WORDS: Mapping[Group, str] = {
    Group.ALL: "All partners",
    Group.OVERDUE: "Partners whose self-assessment is overdue",
    Group.UNFINISHED: "Partners that did not finish before the round closed",
    Group.NOT_STARTED: "Partners that have not started",
    Group.AWAITING: "Partners whose self-assessment waits for their leader",
    Group.CHANGES: "Partners that ecda has asked for changes",
    Group.SUBMITTED: "Partners whose self-assessment waits for review",
    Group.UNSIGNED: "Partners without a signature",
    Group.NO_LEADER: "Partners without a leader",
    Group.PICKED: "Partners that you pick",
}
PEOPLE: Mapping[str, str] = {
    Role.LEAD.value: "leads",
    Role.LEADER.value: "leaders",
    Role.CONTRIBUTOR.value: "contributors",
}
# Where they stand in the round does not matter.
WITHOUT_ROUND = frozenset({Group.ALL, Group.UNSIGNED, Group.NO_LEADER, Group.PICKED})


@dataclass(frozen=True)
class Choice:
    """Whom somebody chose to write to."""

    group: Group
    round: Round | None
    picked: tuple[str, ...]
    roles: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """The choice as the letter keeps it."""
        where = f" in round {self.round}" if self.round and self.group not in WITHOUT_ROUND else ""
        who = [PEOPLE[role] for role in PEOPLE if role in self.roles]
        people = " and ".join([", ".join(who[:-1]), who[-1]] if len(who) > 1 else who)
        return f"{WORDS[self.group]}{where}: {people}"


@dataclass(frozen=True)
class Addressee:
    """One partner and those of its people whom the letter is for."""

    partner: Partner
    people: tuple[User, ...]


@dataclass(frozen=True)
class Recipients:
    """Everybody who gets the letter, by partner, and the partners where nobody does."""

    addressees: tuple[Addressee, ...]
    nobody_at: tuple[str, ...]

    @property
    def people(self) -> tuple[User, ...]:
        """Each person once, even where they belong to several of the partners."""
        found = {person.pk: person for each in self.addressees for person in each.people}
        return tuple(found.values())

    @property
    def seen(self) -> str:
        """Who they are, for a hidden field."""
        return ",".join(str(person.pk) for person in sorted(self.people, key=lambda one: one.pk))


def read_recipients(choice: Choice, today: date | None = None) -> Recipients:
    """Who would get the letter now: two queries, however many partners there are."""
    partners = list(partners_of(choice, today or timezone.localdate()))
    current = Membership.objects.current().filter(
        partner__in=[partner.pk for partner in partners], role__in=choice.roles
    )
    members: dict[int, list[User]] = {}
    in_order = current.select_related("person").order_by("partner_id", "person__name", "person__pk")
    for partner, group in groupby(in_order, key=lambda membership: membership.partner_id):
        members[partner] = [membership.person for membership in group]
    return Recipients(
        addressees=tuple(
            Addressee(partner, tuple(members[partner.pk]))
            for partner in partners
            if partner.pk in members
        ),
        nobody_at=tuple(partner.name for partner in partners if partner.pk not in members),
    )


def read_people(seen: str) -> list[User]:
    """The people of a hidden field, by name; what is no list of people is nobody."""
    numbers = [
        int(part) for part in seen.split(",")[:10_000] if part.isdecimal() and len(part) < 10
    ]
    return list(User.objects.filter(pk__in=numbers).order_by("name", "pk")) if numbers else []


def partners_of(choice: Choice, today: date) -> QuerySet[Partner]:
    """The partners of the group that exist today, by name."""
    partners = Partner.objects.active(today).order_by("name", "pk")
    return partners.filter(RULES[choice.group](choice, today))


def _standing(choice: Choice, state: State) -> Q:
    """Those with an assessment in the round that stands like this."""
    mine = Assessment.objects.filter(round=choice.round, partner=OuterRef("pk"), state=state.value)
    return Q(Exists(mine))


def _overdue(choice: Choice, today: date) -> Q:
    # Whom the round has closed on cannot send any more: they are in the group after this one.
    mine = Assessment.objects.filter(round=choice.round, partner=OuterRef("pk"))
    return Q(Exists(mine.filter(overdue(today))))


def _unfinished(choice: Choice, today: date) -> Q:
    mine = Assessment.objects.filter(round=choice.round, partner=OuterRef("pk"))
    return Q(Exists(mine.filter(unfinished(today))))


def _not_started(choice: Choice, _today: date) -> Q:
    saved = Answer.objects.filter(
        assessment__round=choice.round,
        assessment__partner=OuterRef("pk"),
        updated_at__isnull=False,
    )
    return _standing(choice, State.DRAFT) & ~Q(Exists(saved))


def _unsigned(choice: Choice, _today: date) -> Q:
    live = Signature.objects.live().filter(partner=OuterRef("pk"))
    if choice.round is not None:
        live = live.filter(edition=choice.round.edition_id)
    return ~Q(Exists(live))


def _no_leader(_choice: Choice, _today: date) -> Q:
    leaders = Membership.objects.current().filter(partner=OuterRef("pk"), role=Role.LEADER)
    return ~Q(Exists(leaders))


RULES: Mapping[Group, Callable[[Choice, date], Q]] = {
    Group.ALL: lambda _choice, _today: Q(),
    Group.OVERDUE: _overdue,
    Group.UNFINISHED: _unfinished,
    Group.NOT_STARTED: _not_started,
    Group.AWAITING: lambda choice, _today: _standing(choice, State.AWAITING),
    Group.CHANGES: lambda choice, _today: _standing(choice, State.CHANGES),
    Group.SUBMITTED: lambda choice, _today: _standing(choice, State.SUBMITTED),
    Group.UNSIGNED: _unsigned,
    Group.NO_LEADER: _no_leader,
    Group.PICKED: lambda choice, _today: Q(slug__in=choice.picked),
}
