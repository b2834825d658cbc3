"""Append to the timeline, and note who is to be told."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from signatories.models import Event, Notice, Partner, User
from signatories.verbs import NOTICES, Audience


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
    people told besides the table's, such as the one who asked. Call it inside an action's
    transaction.
    """
    event = Event.objects.create(
        partner=partner,
        subject_kind=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        verb=verb.value,
        by=by,
        note=note,
    )
    audience = notices.get(verb)
    if audience is not None:
        words = audience.words.format(partner=partner or "", by=by or "The portal", note=note)
        people = {*_people(audience, partner, by), *also}
        _notify(event, people, words[:300], path)
    return event


def record_many(
    *, verb: StrEnum, by: User, entries: Iterable[tuple[Partner, models.Model, str]]
) -> None:
    """Append one event for each partner, subject and note, all with the same verb.

    Nobody is told: ValueError for a verb that the notice table names.
    """
    if verb in NOTICES:
        raise ValueError(f"Somebody is told of “{verb}”: record each by itself.")
    Event.objects.bulk_create(
        [
            Event(
                partner=partner,
                subject_kind=subject._meta.label_lower,
                subject_id=subject.pk,
                verb=verb.value,
                by=by,
                note=note,
            )
            for partner, subject, note in entries
        ],
        batch_size=1000,
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
    found = User.objects.filter(told, is_active=True).distinct()
    return found.exclude(pk=by.pk) if by else found


def _notify(event: Event, people: set[User], words: str, path: str | Callable[[User], str]) -> None:
    due_at = timezone.now() + timedelta(seconds=settings.GATHER_SECONDS)
    Notice.objects.bulk_create(
        Notice(
            person=person,
            event=event,
            words=words,
            path=path(person) if callable(path) else path,
            due_at=due_at,
        )
        for person in sorted(people, key=lambda person: person.pk)
    )
