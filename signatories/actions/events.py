"""Append to the timeline, and note who is to be told."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from signatories.models import Event, Membership, Notice, Partner, User
from signatories.verbs import NOTICES, Audience, Topic

# What a person may turn off, and where that is kept; the essential cannot be turned off.
CAN_BE_TURNED_OFF = {Topic.REMINDERS: "gets_reminders", Topic.NEWS: "gets_news"}
LONGEST = 1000
ToldAs = Notice.ToldAs
BATCH = 1000


@dataclass(frozen=True)
class Entry:
    """One event of many with the same verb, and the page that its notices link to.

    `also` are people told besides those whom the notice table names.
    """

    partner: Partner | None
    subject: models.Model | None
    note: str = ""
    path: str = ""
    also: tuple[User, ...] = ()


def record(
    *,
    verb: StrEnum,
    by: User | None,
    partner: Partner | None = None,
    subject: models.Model | None = None,
    note: str = "",
    told: str = "",
    path: str | Callable[[User], str] = "",
    notices: Mapping[Any, Audience] = NOTICES,
    also: Iterable[User] = (),
) -> Event:
    """Append one event and one notice for each person whom the app's notice table names.

    `path` is the page that a notice links to, or says which one it is for a person; `also` are
    people told besides the table's, such as the one who asked, whatever news they turned off. Of
    what concerns a partner only its members and ecda are told, even by name.
    `told` is what notices say in place of the note, where it must not stay in the timeline.
    Call it inside an action's transaction.
    """
    event = _event(verb, by, Entry(partner, subject, note))
    event.save()
    audience = notices.get(verb)
    made: list[Notice] = []
    if audience is not None:
        people = _people(audience, partner, by) | dict.fromkeys(also, ToldAs.NAMED)
        for person, told_as in _in_order(people):
            page = path(person) if callable(path) else path
            made.append(_notice(event, audience, person, told_as, page, told))
        Notice.objects.bulk_create(made)
    return event


def record_each(
    *,
    verb: StrEnum,
    by: User | None,
    entries: Iterable[Entry],
    notices: Mapping[Any, Audience] = NOTICES,
) -> list[Event]:
    """Append one event for each entry, with its notices: the same queries for 3 and for 300.

    ValueError for an audience at every partner: nobody is to be told once for each entry.
    """
    given = list(entries)
    events = Event.objects.bulk_create(
        [_event(verb, by, entry) for entry in given], batch_size=BATCH
    )
    audience = notices.get(verb)
    if audience is None:
        return events
    if audience.everywhere:
        raise ValueError(f"Everybody is told of “{verb}”: record it once.")
    found = _notices_of_each(list(zip(events, given, strict=True)), audience, by)
    Notice.objects.bulk_create(found, batch_size=BATCH)
    return events


def record_many(
    *, verb: StrEnum, by: User, entries: Iterable[tuple[Partner, models.Model, str]]
) -> None:
    """Append one event for each partner, subject and note, all with the same verb.

    Nobody is told: ValueError for a verb that the notice table names.
    """
    if verb in NOTICES:
        raise ValueError(f"Somebody is told of “{verb}”: record each by itself.")
    record_each(verb=verb, by=by, entries=[Entry(*entry) for entry in entries], notices={})


def due_at(*, at_once: bool, now: datetime | None = None) -> datetime:
    """When a notice may go: soon when it is a person's turn, otherwise with the day's digest."""
    now = now or timezone.now()
    if at_once or settings.DIGEST_AT is None:
        return now + timedelta(seconds=settings.GATHER_SECONDS)
    here = timezone.localtime(now)
    today = datetime.combine(here.date(), settings.DIGEST_AT, here.tzinfo)
    tomorrow = datetime.combine(here.date() + timedelta(days=1), settings.DIGEST_AT, here.tzinfo)
    return today if today > now else tomorrow


def _event(verb: StrEnum, by: User | None, entry: Entry) -> Event:
    return Event(
        partner=entry.partner,
        subject_kind=entry.subject._meta.label_lower if entry.subject else "",
        subject_id=entry.subject.pk if entry.subject else None,
        verb=verb.value,
        by=by,
        note=entry.note,
    )


def _notice(
    event: Event, audience: Audience, person: User, told_as: ToldAs, path: str, told: str = ""
) -> Notice:
    words = audience.words.format(
        partner=event.partner or "", by=event.by or "The portal", note=told or event.note
    )
    return Notice(
        person=person,
        event=event,
        words=words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…",
        at_once=audience.at_once,
        topic=audience.topic.value,
        told_as=told_as,
        path=path,
        due_at=due_at(at_once=audience.at_once),
    )


def _in_order(people: Mapping[User, ToldAs]) -> list[tuple[User, ToldAs]]:
    return sorted(people.items(), key=lambda item: item[0].pk)


def _people(audience: Audience, partner: Partner | None, by: User | None) -> dict[User, ToldAs]:
    """Who is told, each as what; a member who works for ecda, too, as a member."""
    roles = Q(partner__in=Partner.objects.active(), role__in=audience.everywhere)
    if partner is not None:
        roles |= Q(partner=partner, role__in=audience.roles)
    theirs = Membership.objects.filter(roles, person=OuterRef("pk"), ended_at__isnull=True)
    told = User.objects.annotate(is_told_as_member=Exists(theirs)).filter(
        Q(office__in=audience.offices) | Q(is_told_as_member=True),
        _wants(audience),
        is_active=True,
    )
    found = told.exclude(pk=by.pk) if by else told
    return {
        person: ToldAs.MEMBER if vars(person)["is_told_as_member"] else ToldAs.ECDA
        for person in found
    }


def _wants(audience: Audience, prefix: str = "") -> Q:
    """Whoever has not turned the topic off."""
    kept = CAN_BE_TURNED_OFF.get(audience.topic)
    return Q(**{f"{prefix}{kept}": True}) if kept else Q()


def _notices_of_each(
    made: Sequence[tuple[Event, Entry]], audience: Audience, by: User | None
) -> Iterator[Notice]:
    """The notices of each event, in two queries for whom they are."""
    partners = {entry.partner.pk for _, entry in made if entry.partner}
    members: dict[int, list[User]] = {}
    roles = Membership.objects.current().filter(_wants(audience, "person__"))
    for role in roles.filter(partner__in=partners, role__in=audience.roles).select_related(
        "person"
    ):
        members.setdefault(role.partner_id, []).append(role.person)
    offices = list(
        User.objects.filter(_wants(audience), office__in=audience.offices, is_active=True)
    )
    for event, entry in made:
        people = dict.fromkeys(offices, ToldAs.ECDA)
        people |= dict.fromkeys(members.get(event.partner_id or 0, ()), ToldAs.MEMBER)
        if by is not None:
            people.pop(by, None)
        people |= dict.fromkeys(entry.also, ToldAs.NAMED)
        for person, told_as in _in_order(people):
            yield _notice(event, audience, person, told_as, entry.path)
