"""Time that passes in a demonstration: all that is kept moves back, so that now is later.

Actions write "now". A story of three years is told by letting time pass between its steps. For
demonstrations and tests alone: it goes past every rule of the database that keeps the past as it
was.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from functools import cache, reduce
from itertools import chain
from operator import or_
from typing import Any, TypeAlias

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models, transaction
from django.db.models import F, Q

from assessments.actions import releasing, snapshots
from assessments.models import Release, Snapshot
from declaration.actions import RefusedError
from declaration.jobs import Job
from signatories.models import Event, Message, Notice

Model: TypeAlias = type[models.Model]

APPS = ("commitments", "signatories", "assessments", "progress", "pghistory")
# Dates by which councils exist in law: no passing of time in a story moves them.
NO_MOMENTS = frozenset({"active_from", "active_to"})
# Days that the portal's own sentences in the timeline name, such as 3 May 2026.
MONTHS = "January February March April May June July August September October November December"
DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS.split())}) (\d{{4}})\b")
BATCH = 200


@transaction.atomic
def let_pass(days: int) -> None:
    """Move every date and time that is kept back by so many whole days.

    Copies and releases get the hash of what they say then. E-mails that nobody has sent are
    dropped, with the notices that wait for one: people get none about what is long past.
    RefusedError outside demo mode.
    """
    if not settings.DEMO:
        raise RefusedError("Time passes in demo mode only: set DEMO=on.")
    gone = timedelta(days=days)
    _drop_unsent()
    for model, names in moments().items():
        if model._default_manager.exists():
            with _unguarded(model):
                _move(model, names, gone)
    with _unguarded(Event):
        _move_words(gone)
    with _unguarded(Snapshot):
        _move_copies(gone)
    with _unguarded(Release):
        _take_hashes_anew()


@cache
def moments() -> dict[Model, list[str]]:
    """The dates and times of each table of the portal, those of the histories too."""
    tables = chain.from_iterable(apps.get_app_config(label).get_models() for label in APPS)
    found = {
        model: [
            field.name
            for field in model._meta.local_concrete_fields
            if isinstance(field, models.DateField) and field.name not in NO_MOMENTS
        ]
        for model in tables
        if model._meta.managed and not model._meta.proxy
    }
    return {model: names for model, names in found.items() if names}


def shift(content: Any, gone: timedelta) -> Any:
    """The same content as JSON keeps it, each date and time under a key like `due_on` earlier."""
    if isinstance(content, list):
        return [shift(each, gone) for each in content]
    if not isinstance(content, dict):
        return content
    return {
        key: _earlier(value, gone)
        if value and isinstance(value, str) and key.endswith(("_on", "_at"))
        else shift(value, gone)
        for key, value in content.items()
    }


def _earlier(text: str, gone: timedelta) -> str:
    if len(text) == len("2026-11-23"):
        return (date.fromisoformat(text) - gone).isoformat()
    return (datetime.fromisoformat(text) - gone).isoformat()


@contextmanager
def _unguarded(model: Model) -> Iterator[None]:
    """Go past the rules of one table, not of all: each row would look through the whole list."""
    rules = _rules(model._meta.label)
    with pgtrigger.ignore(*rules) if rules else nullcontext():
        yield


@cache
def _rules(label: str) -> tuple[str, ...]:
    """The names of one table's rules: they stay as they are while the portal runs."""
    return tuple(
        f"{label}:{rule.name}" for of, rule in pgtrigger.registered() if of._meta.label == label
    )


def _drop_unsent() -> None:
    waiting = Message.objects.filter(state=Job.State.QUEUED)
    Notice.objects.filter(message__isnull=True).delete()
    Notice.objects.filter(message__in=waiting).delete()
    waiting.delete()


def _move(model: Model, names: list[str], gone: timedelta) -> None:
    rows = model._default_manager.all()
    if issubclass(model, Job):
        # What is still to be made was asked for now: it is made after the story has been told.
        rows = rows.exclude(state=Job.State.QUEUED)
    # Rows without any date stay as they are: to write them again would take time for nothing.
    dated = reduce(or_, (Q(**{f"{name}__isnull": False}) for name in names))
    rows = rows.filter(dated)
    earlier = {name: F(name) - gone for name in names}
    for some in _in_order(model, rows, names):
        some.order_by().update(**earlier)


def _in_order(
    model: Model, rows: models.QuerySet[Any], names: list[str]
) -> Iterator[models.QuerySet[Any]]:
    """All rows at once; one after the other, the oldest first, where days must not overlap."""
    if not any(isinstance(each, ExclusionConstraint) for each in model._meta.constraints):
        yield rows
        return
    for pk in rows.order_by(*names).values_list("pk", flat=True):
        yield rows.filter(pk=pk)


def _move_words(gone: timedelta) -> None:
    """Move the days that events name in words."""

    def earlier(found: re.Match[str]) -> str:
        day = datetime.strptime(found.group(), "%d %B %Y").date() - gone  # noqa: DTZ007  a day
        return f"{day:%-d %B %Y}"

    events = list(Event.objects.filter(note__regex=r"\d [A-Z][a-z]+ \d{4}").only("note"))
    for event in events:
        event.note = DAY.sub(earlier, event.note)
    Event.objects.bulk_update(events, ["note"], batch_size=BATCH)


def _move_copies(gone: timedelta) -> None:
    """Move the dates in accepted copies, and take their hashes anew."""
    some: list[Snapshot] = []
    for copy in Snapshot.objects.only("content", "sha256").order_by("pk").iterator(BATCH):
        copy.content = shift(copy.content, gone)
        copy.sha256 = snapshots.digest(copy.content)
        some.append(copy)
        if len(some) == BATCH:
            _keep(some)
            some = []
    _keep(some)


def _keep(copies: list[Snapshot]) -> None:
    Snapshot.objects.bulk_update(copies, ["content", "sha256"])


def _take_hashes_anew() -> None:
    for release in Release.objects.all():
        release.sha256 = releasing.digest_of(release)
        release.save(update_fields=["sha256"])
