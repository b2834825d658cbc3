"""Never a storm: one digest a day, and what waits for a person at most once in a while."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from signatories.actions.events import due_at, record
from signatories.actions.messages import gather_notices
from signatories.models import Message, Notice, Partner, User
from signatories.verbs import Verb
from tests.factories import make_member, make_partner
from tests.signatories.telling import PLAIN, URGENT, ask, deliver, happen, make_due, move_back

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # In winter London’s clock is UTC, in summer an hour ahead.
        ("2026-11-22T06:59:59+00:00", "2026-11-22T07:00:00+00:00"),
        ("2026-11-22T07:00:00+00:00", "2026-11-23T07:00:00+00:00"),
        ("2026-07-01T05:59:00+00:00", "2026-07-01T06:00:00+00:00"),
        ("2026-07-01T23:30:00+00:00", "2026-07-02T06:00:00+00:00"),
        # The nights in which the clock changes: 29 March and 25 October 2026.
        ("2026-03-28T12:00:00+00:00", "2026-03-29T06:00:00+00:00"),
        ("2026-10-24T12:00:00+00:00", "2026-10-25T07:00:00+00:00"),
    ],
)
def test_news_waits_for_the_next_morning_in_london(now: str, due: str) -> None:
    moment = datetime.fromisoformat(now)
    assert due_at(at_once=False, now=moment).astimezone(UTC).isoformat() == due


def test_a_turn_waits_only_for_what_else_is_being_done(settings: Any) -> None:
    settings.GATHER_SECONDS = 30
    now = timezone.now()
    assert due_at(at_once=True, now=now) == now + timedelta(seconds=30)


def test_without_a_time_for_the_digest_news_goes_like_the_rest(settings: Any) -> None:
    settings.DIGEST_AT = None
    now = timezone.now()
    assert due_at(at_once=False, now=now) == due_at(at_once=True, now=now)


def test_the_time_of_the_digest_is_seven_unless_told_otherwise(settings: Any) -> None:
    assert time(7) == settings.DIGEST_AT


def test_forty_events_over_one_day_are_one_message(
    partner: Partner, lead: User, leader: User
) -> None:
    for number in range(40):
        happen(partner, leader, f"thing {number}")
        assert gather_notices() == []
    make_due()
    [message] = gather_notices()
    assert message.person == lead
    assert message.body.count("\n* ") == 40
    assert Message.objects.count() == 1


def test_forty_turns_within_an_hour_are_two_messages(
    partner: Partner, lead: User, leader: User
) -> None:
    ask(partner, leader, "first")
    assert len(gather_notices()) == 1
    for number in range(39):
        ask(partner, leader, f"turn {number}")
        assert gather_notices() == []
    deliver()
    move_back(hours=1)
    [second] = gather_notices()
    assert second.body.count("\n* ") == 39
    assert Notice.objects.filter(message=None).count() == 0


def test_a_turn_takes_along_the_news_that_wait(partner: Partner, lead: User, leader: User) -> None:
    happen(partner, leader, "news")
    assert gather_notices() == []
    ask(partner, leader)
    [message] = gather_notices()
    assert "did news" in message.body
    make_due()
    assert gather_notices() == []


def test_the_next_day_brings_a_second_digest(partner: Partner, lead: User, leader: User) -> None:
    happen(partner, leader, "monday")
    make_due()
    [first] = gather_notices()
    deliver()
    move_back(days=1)
    happen(partner, leader, "tuesday")
    make_due()
    [second] = gather_notices()
    assert "monday" in first.body
    assert "monday" not in second.body
    assert "tuesday" in second.body


def test_one_person_who_waits_keeps_nobody_else_waiting(
    partner: Partner, lead: User, leader: User
) -> None:
    ask(partner, leader)
    gather_notices()
    new = make_member(partner, "lead", "Nell New")
    ask(partner, leader)
    assert [message.person for message in gather_notices()] == [new]


def test_a_letter_or_an_invitation_does_not_count_as_a_digest(
    partner: Partner, lead: User, leader: User
) -> None:
    Message.objects.create(
        key="i", kind="invitation", person=lead, to=lead.email, subject="S", message_id="<i@x>"
    )
    ask(partner, leader)
    assert len(gather_notices()) == 1


def test_what_waits_for_somebody_whose_account_is_closed_waits_until_it_is_open(
    partner: Partner, lead: User, leader: User
) -> None:
    ask(partner, leader)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert gather_notices() == []
    User.objects.filter(pk=lead.pk).update(is_active=True)
    assert len(gather_notices()) == 1


def test_the_table_says_what_goes_at_once(partner: Partner, lead: User, leader: User) -> None:
    for notices, at_once in ((URGENT, True), (PLAIN, False)):
        event = record(verb=Verb.SIGNED, by=leader, partner=partner, note="x", notices=notices)
        assert Notice.objects.get(event=event).at_once is at_once


def queries_for(people: int) -> int:
    """How many queries it takes to write to so many people, each with five things."""
    partner = make_partner()
    for _ in range(people):
        make_member(partner, "lead")
    for _ in range(5):
        record(verb=Verb.SIGNED, by=None, partner=partner, note="x", notices=PLAIN)
    make_due()
    with CaptureQueriesContext(connection) as queries:
        assert len(gather_notices()) == people
    return len(queries)


def test_many_people_take_no_more_queries_than_few(db: None) -> None:
    assert queries_for(3) == queries_for(30)
