"""Append an event to many assessments at once, and tell each partner's people with their link."""

from collections.abc import Collection, Iterable

from django.urls import reverse

from assessments.models import Assessment
from assessments.verbs import NOTICES, Verb
from signatories.actions.events import Entry, record_each
from signatories.models import User


def announce(
    verb: Verb,
    assessments: Iterable[Assessment],
    *,
    by: User | None,
    note: str,
    tell: Collection[Assessment] | None = None,
) -> None:
    """Append an event for each, and a notice for each person whom the table names at its partner.

    `tell` are those whose people are told, all of them when it is not given. The same number of
    queries for any number of them; call it inside an action's transaction.
    """
    found = list(assessments)
    told = {each.pk for each in (found if tell is None else tell)}
    entries = {each.pk: _entry(each, note) for each in found}
    heard = [entry for pk, entry in entries.items() if pk in told]
    unheard = [entry for pk, entry in entries.items() if pk not in told]
    record_each(verb=verb, by=by, entries=heard, notices=NOTICES)
    record_each(verb=verb, by=by, entries=unheard, notices={})


def _entry(assessment: Assessment, note: str) -> Entry:
    page = reverse("assessments:assessment-detail", args=[assessment.pk])
    return Entry(assessment.partner, assessment, note, page)
