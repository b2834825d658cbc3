"""A reminder says what holds when it is read: after a move, after changes of dates."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pgtrigger
import pytest
import time_machine
from django.utils import timezone

from assessments.actions.closing import change_dates, close_round
from assessments.actions.extending import extend
from assessments.actions.reminders import remind
from assessments.actions.reviewing import request_changes
from assessments.actions.submitting import decline, send, sign_off, take_back
from assessments.models import Assessment, Reminder, Round
from assessments.verbs import Verb
from commitments.models import Edition
from signatories.actions.messages import gather_notices
from signatories.models import Event, Notice, Partner, User
from tests.assessment_factories import answer_all, make_round, save
from tests.signatories.telling import make_due

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
# The database has a clock of its own: its today is the first day of every story here.
FIRST = timezone.localdate()
REMINDERS = [Verb.REMINDED.value, Verb.REMINDED_LATE.value]


def day(number: int) -> date:
    """So many days after the round opened."""
    return FIRST + timedelta(days=number)


def at(number: int, hour: int = 1) -> Any:
    """Be at that hour of the day in Essex."""
    return time_machine.travel(datetime.combine(day(number), time(hour, 4), LONDON), tick=True)


def waiting(person: User) -> list[str]:
    """The reminders that wait for the day's digest."""
    found = Notice.objects.filter(person=person, event__verb__in=REMINDERS, message=None)
    return list(found.order_by("pk").values_list("words", flat=True))


@pytest.fixture(autouse=True)
def digest_at_seven(settings: Any) -> None:
    """The day's digest goes at seven."""
    settings.DIGEST_AT = time(7)


@pytest.fixture
def draft(edition: Edition, partner: Partner, staff: User, lead: User) -> Assessment:
    """The partner's draft in a round that is due on day 40 and closes on day 90."""
    found = make_round(edition, staff)
    Round.objects.filter(pk=found.pk).update(due_on=day(40), closes_on=day(90))
    return Assessment.objects.get(round=found, partner=partner)


def submit(draft: Assessment, lead: User, leader: User) -> Assessment:
    answer_all(draft, lead, 3)
    send(assessment=draft, by=lead)
    draft.refresh_from_db()
    sign_off(assessment=draft, by=leader)
    return Assessment.objects.get(pk=draft.pk)


def test_what_was_noted_at_night_is_not_told_once_the_partner_has_sent(
    draft: Assessment, lead: User, leader: User
) -> None:
    with at(33):
        remind()
        assert "due in 7 days" in waiting(lead)[0]
        answer_all(draft, lead, 3)
        send(assessment=draft, by=lead)
        assert (waiting(lead), waiting(leader)) == ([], [])


def test_what_went_already_stays_noted(draft: Assessment, lead: User) -> None:
    with at(33):
        remind()
        answer_all(draft, lead, 3)
        send(assessment=draft, by=lead)
    assert Reminder.objects.count() == 1


def test_more_time_takes_the_place_of_what_waits(
    draft: Assessment, lead: User, staff: User
) -> None:
    with at(33):
        remind()
        extend(assessment=draft, until=day(120), reason="Storm", by=staff)
        assert waiting(lead) == []


def test_changed_dates_say_what_a_reminder_would(
    draft: Assessment, lead: User, staff: User
) -> None:
    with at(9):
        change_dates(round=draft.round, due_on=day(25), closes_on=day(60), reason="Storm", by=staff)
    with at(9, 2):
        assert remind() == []
    with at(18):
        assert [each.step for each in remind()] == [7]


def test_the_last_one_reaches_also_those_who_turned_reminders_off(
    draft: Assessment, lead: User
) -> None:
    User.objects.filter(pk=lead.pk).update(gets_reminders=False)
    with at(39):
        [went] = remind()
        assert went.step == 1
    make_due(event__verb__in=REMINDERS)
    [message] = gather_notices()
    assert message.person == lead
    assert f"due tomorrow ({day(40):%-d %B %Y})" in message.body


def test_a_week_before_it_holds_that_somebody_turned_reminders_off_meanwhile(
    draft: Assessment, lead: User
) -> None:
    with at(33):
        remind()
    User.objects.filter(pk=lead.pk).update(gets_reminders=False, gets_news=False)
    make_due(event__verb__in=REMINDERS)
    gather_notices()
    assert not Notice.objects.filter(person=lead, event__verb__in=REMINDERS).exists()


def test_a_round_that_closes_forgets_what_waits(draft: Assessment, lead: User, staff: User) -> None:
    with at(33):
        remind()
        assert len(waiting(lead)) == 1
        close_round(round=draft.round, by=staff)
        assert waiting(lead) == []


# --- What ecda gave back --------------------------------------------------------------------------


def give_back(draft: Assessment, lead: User, leader: User, staff: User) -> Assessment:
    """Sent on day 38, before its date, and given back on day 68, after it."""
    with at(38):
        submitted = submit(draft, lead, leader)
    with at(68):
        [first, *_] = submitted.answers.in_order()
        request_changes(
            assessment=submitted, note="Look", comments={first.indicator_id: "Why?"}, by=staff
        )
        asked = Event.objects.about(draft).filter(verb=Verb.CHANGES_REQUESTED.value)
        with pgtrigger.ignore("signatories.Event:event_append_only"):
            asked.update(at=timezone.now())
    return Assessment.objects.get(pk=draft.pk)


def answered(found: Assessment, lead: User) -> None:
    """The changes are made and wait for the leader."""
    save(found.answers.in_order()[0], lead, narrative="Our director sponsors them.")
    send(assessment=found, by=lead)


def went_on(*numbers: int) -> list[tuple[int, int, str]]:
    went = []
    for number in range(*numbers):
        with at(number):
            went += [(number, each.step, each.step_words) for each in remind()]
    return went


def test_what_was_sent_in_time_is_not_called_overdue_when_changes_are_asked_for(
    draft: Assessment, lead: User, leader: User, staff: User
) -> None:
    give_back(draft, lead, leader, staff)
    went = went_on(68, 85)
    assert went == [
        (75, -7, "7 days after changes were asked for"),
        (82, -14, "14 days after changes were asked for"),
    ]
    [first_words, _] = waiting(lead)
    assert first_words == (
        f"The self-assessment of {draft.partner} for round {draft.round} is open for the changes "
        f"that ecda asked for on {day(68):%-d %B %Y}. It was due on {day(40):%-d %B %Y}. "
        f"You can send it until {day(90):%-d %B %Y}."
    )


@pytest.mark.parametrize("back", [decline, take_back])
def test_weeks_count_from_when_changes_were_asked_for_also_after_a_leader_gave_them_back(
    back: Any, draft: Assessment, lead: User, leader: User, staff: User
) -> None:
    found = give_back(draft, lead, leader, staff)
    with at(71):
        answered(found, lead)
        waits = Assessment.objects.get(pk=draft.pk)
        if back is decline:
            decline(assessment=waits, note="Not yet", by=leader)
        else:
            take_back(assessment=waits, note="A slip", by=lead)
    assert went_on(71, 77) == [(75, -7, "7 days after changes were asked for")]
    assert f"ecda asked for on {day(68):%-d %B %Y}" in waiting(lead)[0]


def test_changes_that_wait_for_sign_off_are_not_called_overdue_either(
    draft: Assessment, lead: User, leader: User, staff: User
) -> None:
    found = give_back(draft, lead, leader, staff)
    with at(71):
        answered(found, lead)
    assert went_on(71, 77) == [(75, -7, "7 days after changes were asked for")]
    assert waiting(lead) == []
    [words] = waiting(leader)
    assert words == (
        f"The self-assessment of {draft.partner} for round {draft.round} waits for your sign-off "
        f"of the changes that ecda asked for on {day(68):%-d %B %Y}. It was due on "
        f"{day(40):%-d %B %Y}. You can sign it off until {day(90):%-d %B %Y}."
    )
