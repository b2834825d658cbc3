"""Remind partners of their due dates: each reminder goes once."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from assessments.dashboards.reminders import Reminding, read_reminders
from assessments.models import Assessment
from assessments.reminding import is_essential
from assessments.verbs import LAST, NOTICES, Verb
from declaration.actions import action
from signatories.actions.events import Entry, due_at, record_each
from signatories.models import Notice

# Of two runs at once the second waits for the first here, and then has nothing to tell.
CLAIM = """
    INSERT INTO assessments_reminder (assessment_id, due_on, step)
    SELECT * FROM unnest(%s::bigint[], %s::date[], %s::smallint[])
    ON CONFLICT (assessment_id, due_on, step) DO NOTHING
    RETURNING assessment_id, due_on, step
"""


@action
def remind(*, today: date | None = None) -> list[Reminding]:
    """Tell everybody whose turn it is what the day's reminders say; return those that went.

    It goes with the day's digest. Safe to run twice, also at once. A reminder that reaches
    nobody stays to be sent, in case somebody joins. The same queries for 3 and for 300 partners.
    """
    due = [each for each in read_reminders(today or timezone.localdate()) if each.people]
    claimed = _claim(due)
    going = [each for each in due if each.key in claimed]
    # Told after the day's digest has gone, people read it tomorrow.
    read_on = timezone.localdate(due_at(at_once=False))
    for verb, last in ((Verb.REMINDED, False), (Verb.REMINDED, True), (Verb.REMINDED_LATE, True)):
        entries = [
            Entry(
                each.assessment.partner,
                each.assessment,
                each.note(max(read_on, each.day)),
                path=each.path,
                also=each.people,
            )
            for each in going
            if each.verb is verb and is_essential(each.step) is last
        ]
        notices = {**NOTICES, **LAST} if last else NOTICES
        record_each(verb=verb, by=None, entries=entries, notices=notices)
    return going


def drop_waiting(assessments: Iterable[Assessment]) -> None:
    """Forget reminders of these that nobody has been sent yet: what they say holds no more.

    In the caller's transaction, when an assessment moves or its dates do.
    """
    Notice.objects.filter(
        message=None,
        event__verb__in=[Verb.REMINDED.value, Verb.REMINDED_LATE.value],
        event__subject_kind=Assessment._meta.label_lower,
        event__subject_id__in=[assessment.pk for assessment in assessments],
    ).delete()


def _claim(due: Sequence[Reminding]) -> set[tuple[int, date, int]]:
    """Note that these go, and return those that nobody else has noted before."""
    if not due:
        return set()
    columns = [list(column) for column in zip(*(each.key for each in due), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, columns)
        return set(cursor.fetchall())
