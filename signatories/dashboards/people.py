"""People, for administrators: the list of them, and all about one of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextChoices
from django.db.models.functions import Lower

from signatories.models import Event, Invitation, Membership, Partner, User
from signatories.verbs import LEADS, Verb

PER_PAGE = 50
SIGN_INS = 5
CHANGES = 50


class Show(TextChoices):
    """Which people to show."""

    ALL = "", "All people"
    PARTNERS = "partners", "With a role at a partner"
    ECDA = "ecda", "At ecda"
    ADMINISTRATORS = "administrators", "Administrators"
    NEITHER = "neither", "Neither role nor office"
    CLOSED = "closed", "Account closed"


@dataclass(frozen=True)
class Filters:
    """What was asked for: words of a name or an address, and which people."""

    search: str = ""
    show: Show = Show.ALL


@dataclass(frozen=True)
class Listed:
    """One person of the list, with their current roles in words."""

    pk: int
    name: str
    email: str
    office: str
    roles: tuple[str, ...]
    last_seen: datetime | None
    is_closed: bool


@dataclass(frozen=True)
class Role:
    """A role at a partner; `since` and `until` are its days, `until` None while it lasts."""

    partner: str
    slug: str
    label: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Change:
    """Something that was done to the person's account, by whom and when."""

    at: datetime
    who: str
    what: str
    note: str


@dataclass(frozen=True)
class About:
    """All about one person; `left_without` are partners that nobody else leads, by name."""

    person: User
    current: tuple[Role, ...]
    ended: tuple[Role, ...]
    invitations: tuple[Invitation, ...]
    sign_ins: tuple[datetime, ...]
    changes: tuple[Change, ...]
    left_without: tuple[str, ...]


def read_people(filters: Filters, page: str | None = None) -> Page[User]:
    """The people asked for, by name, `PER_PAGE` of them: three queries.

    A page that there is not becomes the nearest that there is.
    """
    roles = Membership.objects.filter(ended_at__isnull=True).select_related("partner")
    people = _shown(filters.show).prefetch_related(
        Prefetch("memberships", roles.order_by("partner__name"))
    )
    for word in filters.search.split():
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return Paginator(people.order_by("name", "email"), PER_PAGE).get_page(page)


def listed(people: Iterable[User]) -> list[Listed]:
    """The people of a page in words; without a query where their roles have been fetched."""
    return [
        Listed(
            pk=person.pk,
            name=person.name,
            email=person.email,
            office=person.get_office_display() if person.office else "",
            roles=tuple(
                f"{role.get_role_display()}, {role.partner}" for role in person.memberships.all()
            ),
            last_seen=person.last_login,
            is_closed=not person.is_active,
        )
        for person in people
    ]


def read_person(person: User) -> About:
    """All about the person: six queries."""
    roles = person.memberships.select_related("partner").order_by("partner__name", "-started_at")
    found = [
        Role(
            each.partner.name,
            each.partner.slug,
            each.get_role_display(),
            each.started_at,
            each.ended_at,
        )
        for each in roles
    ]
    everybodys = Invitation.objects.waiting().alias(small=Lower("email"))
    waiting = everybodys.filter(small=person.email.lower())
    events = Event.objects.about(person).select_related("by").order_by("-at", "-pk")
    sign_ins = events.filter(verb=Verb.SIGNED_IN).values_list("at", flat=True)
    changes = events.exclude(verb=Verb.SIGNED_IN)[:CHANGES]
    return About(
        person=person,
        current=tuple(role for role in found if role.until is None),
        ended=tuple(role for role in found if role.until is not None),
        invitations=tuple(waiting.select_related("partner", "invited_by")),
        sign_ins=tuple(sign_ins[:SIGN_INS]),
        changes=tuple(
            Change(event.at, str(event.by or "The portal"), event.verb, event.note)
            for event in changes
        ),
        left_without=tuple(led_only_by(person).values_list("name", flat=True)),
    )


def led_only_by(person: User) -> QuerySet[Partner]:
    """The partners that the person leads and nobody else who may sign in does, by name."""
    leading = Membership.objects.filter(
        partner=OuterRef("pk"), role__in=LEADS, ended_at__isnull=True
    )
    others = leading.filter(person__is_active=True).exclude(person=person)
    found = Partner.objects.filter(Exists(leading.filter(person=person)), ~Exists(others))
    return found.order_by("name")


def _shown(show: Show) -> QuerySet[User]:
    people = User.objects.all()
    belongs = Exists(Membership.objects.filter(person=OuterRef("pk"), ended_at__isnull=True))
    shown = {
        Show.ALL: people,
        Show.PARTNERS: people.filter(belongs),
        Show.ECDA: people.exclude(office=""),
        Show.ADMINISTRATORS: people.filter(office=User.Office.ADMINISTRATOR),
        Show.NEITHER: people.filter(~belongs, office=""),
        Show.CLOSED: people.filter(is_active=False),
    }
    return shown[show]
