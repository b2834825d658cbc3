"""The last day ends at midnight in Essex, also in the nights in which the clocks change.

The rule stands twice, in Python for the words and in the trigger for what cannot be: both are
asked every ten minutes.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from assessments.actions.opening import ClosedToWritingError
from assessments.models import Assessment, Round
from assessments.models.answers import OPEN_TO_WRITING
from signatories.models import User
from tests.assessment_factories import save

TEN = timedelta(minutes=10)

# The last day, and its end in Greenwich; the clocks change in the night before or after it.
NIGHTS = [
    (date(2026, 3, 28), datetime(2026, 3, 29, 0, 0, tzinfo=UTC)),
    (date(2026, 3, 29), datetime(2026, 3, 29, 23, 0, tzinfo=UTC)),
    (date(2026, 10, 24), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),
    (date(2026, 10, 25), datetime(2026, 10, 26, 0, 0, tzinfo=UTC)),
]


def trigger_rule() -> str:
    """The trigger's own expression, of a given moment, last day and later last day."""
    start, end = OPEN_TO_WRITING.index("COALESCE"), OPEN_TO_WRITING.index(") THEN")
    rule = OPEN_TO_WRITING[start:end].replace("now()", "moment")
    for name, kind in (
        ("extended_to", "date"),
        ("closes_on", "date"),
        ("closed_at", "timestamptz"),
    ):
        assert f"found.{name}" in rule
        rule = rule.replace(f"found.{name}", f"%({name})s::{kind}")
    return rule


def by_trigger(start: datetime, end: datetime, **given: date | None) -> list[tuple[datetime, bool]]:
    moments = "generate_series(%(start)s::timestamptz, %(end)s, '10 minutes') AS moment"
    facts = {"closed_at": None, **given, "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT moment, ({trigger_rule()}) FROM {moments}", facts)
        return [(moment.astimezone(UTC), is_open) for moment, is_open in cursor.fetchall()]


def by_python(moment: datetime, last: date, extended_to: date | None) -> bool:
    with time_machine.travel(moment, tick=False):
        found = Round(closes_on=last, due_on=last, opens_on=last)
        return not Assessment(round=found, extended_to=extended_to).is_closed()


@pytest.mark.django_db
@pytest.mark.parametrize("is_extension", [False, True])
@pytest.mark.parametrize(("last", "ends"), NIGHTS)
def test_page_and_trigger_agree_every_ten_minutes(
    last: date, ends: datetime, is_extension: bool
) -> None:
    closes_on = last - timedelta(days=20) if is_extension else last
    extended_to = last if is_extension else None
    around = (ends - timedelta(hours=14), ends + timedelta(hours=14))
    rows = by_trigger(*around, closes_on=closes_on, extended_to=extended_to)
    assert len(rows) == 169
    for moment, is_open in rows:
        assert is_open is (moment < ends), moment
        assert by_python(moment, closes_on, extended_to) is is_open, moment


@pytest.mark.parametrize(("last", "ends"), NIGHTS)
def test_one_minute_before_midnight_is_in_time_and_one_after_is_not(
    last: date, ends: datetime
) -> None:
    minute = timedelta(minutes=1)
    assert by_python(ends - minute, last, None)
    assert not by_python(ends, last, None)
    assert not by_python(ends + minute, last, None)


@pytest.mark.parametrize(("last", "ends"), NIGHTS)
def test_the_days_of_greenwich_would_be_wrong_in_summer(last: date, ends: datetime) -> None:
    """The control: by the date in Greenwich two of the four nights would end an hour late."""
    greenwich = datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC)
    assert (greenwich == ends) is (ends.hour == 0)


@pytest.mark.django_db
def test_a_save_after_midnight_is_refused_in_words(assessment: Assessment, lead: User) -> None:
    answer = assessment.answers.in_order()[0]
    last = datetime.combine(assessment.round.closes_on, datetime.min.time(), UTC)
    with (
        time_machine.travel(last + timedelta(days=1, minutes=1), tick=False),
        pytest.raises(ClosedToWritingError, match=r"The round .* closed on"),
    ):
        save(answer, lead)
