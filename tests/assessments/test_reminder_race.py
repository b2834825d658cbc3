"""Two clocks that ring at the same moment remind nobody twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from assessments.actions import reminders
from assessments.actions.reminders import remind
from assessments.dashboards.reminders import read_reminders
from assessments.models import Assessment, Reminder, Round
from signatories.models import Event, Notice, User
from tests.assessments.test_races import at_once
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 10


@pytest.fixture
def due(lead: User, assessment: Assessment) -> Assessment:
    """The partner's draft, which is overdue by a day; it was told of the date two months ago."""
    today = timezone.localdate()
    with connection.cursor() as cursor:
        # The opening is kept for ever, also from this test.
        cursor.execute("ALTER TABLE assessments_round DISABLE TRIGGER USER")
    Round.objects.filter(pk=assessment.round_id).update(
        opens_on=today - timedelta(days=60),
        opened_at=timezone.now() - timedelta(days=60),
        due_on=today - timedelta(days=1),
    )
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assessments_round ENABLE TRIGGER USER")
    return Assessment.objects.get(pk=assessment.pk)


def reminded() -> int:
    """How often anybody was reminded."""
    return Notice.objects.filter(event__verb="reminded of an overdue assessment").count()


def race() -> None:
    results = at_once(remind, remind, remind)
    assert not [result for result in results if isinstance(result, Exception)]


def test_each_reminder_goes_once_when_three_clocks_ring_at_once(
    due: Assessment, lead: User
) -> None:
    partners = 0
    for _ in range(RACES):
        partner = make_partner()
        make_member(partner, "lead")
        Assessment.objects.create(partner=partner, round=due.round)
        partners += 1
        race()
    assert Reminder.objects.count() == partners + 1
    assert reminded() == partners + 1
    assert Event.objects.filter(verb="reminded of an overdue assessment").count() == partners + 1


def test_without_the_claim_people_would_be_reminded_more_than_once(
    due: Assessment, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = read_reminders(timezone.localdate())
    monkeypatch.setattr(reminders, "_claim", lambda found: {each.key for each in found})
    monkeypatch.setattr(reminders, "read_reminders", lambda _today: planned)
    race()
    assert reminded() == 3
