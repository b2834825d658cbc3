"""Append to the timeline, and note who is to be told."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from signatories.models import Event, Membership, Notice, Partner, User
from signatories.verbs import NOTICES, Audience, Topic

# What a person may turn off, and where that is kept; the essential cannot be turned off.
CAN_BE_TURNED_OFF = {Topic.REMINDERS: "gets_reminders", Topic.NEWS: "gets_news"}
LONGEST = 1000
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
    path: str | Callable[[User], str] = "",
    notices: Mapping[Any, Audience] = NOTICES,
    also: Iterable[User] = (),
) -> Event:
    """Append one event and one notice for each person whom the app's notice table names.

    `path` is the page that a notice links to, or says which one it is for a person; `also` are
    people told besides the table's, such as the one who asked, whatever they have turned off.
    Call it inside an action's transaction.
    """
    event = _event(verb, by, Entry(partner, subject, note))
    event.save()
    audience = notices.get(verb)
    if audience is not None:
        people = {*_people(audience, partner, by), *also}
        Notice.objects.bulk_create(
            _notice(event, audience, person, path(person) if callable(path) else path)
            for person in sorted(people, key=lambda person: person.pk)
        )
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


def _notice(event: Event, audience: Audience, person: User, path: str) -> Notice:
    words = audience.words.format(
        partner=event.partner or "", by=event.by or "The portal", note=event.note
    )
    return Notice(
        person=person,
        event=event,
        words=words[:LONGEST],
        at_once=audience.at_once,
        path=path,
        due_at=due_at(at_once=audience.at_once),
    )


def _people(audience: Audience, partner: Partner | None, by: User | None) -> models.QuerySet[User]:
    told = Q(office__in=audience.offices)
    if partner is not None and audience.roles:
        told |= Q(
            memberships__partner=partner,
            memberships__role__in=audience.roles,
            memberships__ended_at__isnull=True,
        )
    if audience.everywhere:
        told |= Q(
            memberships__partner__in=Partner.objects.active(),
            memberships__role__in=audience.everywhere,
            memberships__ended_at__isnull=True,
        )
    found = User.objects.filter(told, _wants(audience), is_active=True).distinct()
    return found.exclude(pk=by.pk) if by else found


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
        people = {*offices, *members.get(event.partner_id or 0, ())}
        if by is not None:
            people.discard(by)
        for person in sorted(people | set(entry.also), key=lambda person: person.pk):
            yield _notice(event, audience, person, entry.path)
