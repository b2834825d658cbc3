"""Reminders of due dates: who gets which, on which day, once."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pgtrigger
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions.reminders import remind
from assessments.dashboards.reminders import read_reminders
from assessments.models import Assessment, Extension, Reminder, Round
from assessments.tasks import remind as remind_task
from assessments.verbs import Verb
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Event, Membership, Notice, Partner, User
from tests.assessment_factories import bring_to, make_round, save
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
# The database has a clock of its own: its today is the first day of every story here.
FIRST = timezone.localdate()


def day(number: int) -> date:
    """So many days after the round opened."""
    return FIRST + timedelta(days=number)


def moment(number: int, hour: int) -> datetime:
    """An hour of that day in Essex."""
    return datetime.combine(day(number), time(hour), LONDON)


def words(number: int) -> str:
    """The day as people read it."""
    return f"{day(number):%-d %B %Y}"


@pytest.fixture(autouse=True)
def digest_at_seven(settings: Any) -> None:
    """The day's digest goes at seven."""
    settings.DIGEST_AT = time(7)


@pytest.fixture
def draft(edition: Edition, partner: Partner, staff: User) -> Assessment:
    """The partner's draft in a round that is due on day 40 and closes on day 60."""
    found = make_round(edition, staff)
    Round.objects.filter(pk=found.pk).update(due_on=day(40), closes_on=day(60))
    return Assessment.objects.get(round=found, partner=partner)


def at(when: date, hour: int = 1) -> Any:
    """Be at that hour of the day in Essex."""
    return time_machine.travel(datetime.combine(when, time(hour, 4), LONDON), tick=False)


def told(person: User) -> list[str]:
    """What the person has been told in reminders, in order."""
    verbs = [Verb.REMINDED.value, Verb.REMINDED_LATE.value]
    found = Notice.objects.filter(person=person, event__verb__in=verbs)
    return list(found.order_by("pk").values_list("words", flat=True))


def run_through(first: date, days: int) -> list[tuple[date, int]]:
    """Let the clock run hourly for some days; the days on which something went, with the step."""
    went = []
    for number in range(days):
        today = first + timedelta(days=number)
        for hour in (1, 12):
            with at(today, hour):
                went += [(today, each.step) for each in remind()]
    return went


def test_a_round_is_reminded_of_30_7_and_1_days_before_and_weekly_after(
    draft: Assessment, lead: User
) -> None:
    went = run_through(day(0), 70)
    assert went == [
        (day(10), 30),
        (day(33), 7),
        (day(39), 1),
        (day(41), -1),
        (day(48), -8),
        (day(55), -15),
    ]


def test_it_says_how_far_away_the_date_is_and_how_far_the_answers_are(
    draft: Assessment, lead: User
) -> None:
    save(draft.answers.in_order()[0], lead)
    with at(day(33)):
        remind()
    name = f"The self-assessment of {draft.partner} for round {draft.round}"
    assert told(lead) == [
        f"{name} is due in 7 days ({words(40)}). 1 of 13 indicators are completed."
    ]
    [notice] = Notice.objects.filter(person=lead, event__verb=Verb.REMINDED.value)
    assert notice.path == f"/assessments/{draft.pk}/"
    assert not notice.at_once
    with at(day(41)):
        remind()
    said = (
        f"{name} is overdue by 1 day ({words(40)}). 1 of 13 indicators are completed."
        f" You can send it until {words(60)}."
    )
    assert told(lead)[1:] == [said]


def test_after_the_days_digest_it_is_worded_for_who_reads_it_tomorrow(
    draft: Assessment, lead: User
) -> None:
    with at(day(33), hour=15):
        remind()
    assert f"is due in 6 days ({words(40)})" in told(lead)[0]


def test_leads_and_leaders_are_reminded_and_contributors_are_not(
    draft: Assessment, lead: User, leader: User, contributor: User, former: User, disabled: User
) -> None:
    with at(day(33)):
        [went] = remind()
    assert went.people == (leader, lead)
    for person in (contributor, former, disabled):
        assert told(person) == []


def test_only_leaders_are_reminded_while_it_waits_for_sign_off(
    draft: Assessment, lead: User, leader: User, staff: User
) -> None:
    bring_to(draft, State.AWAITING, leader=leader, staff=staff)
    with at(day(33)):
        remind()
    assert told(lead) == []
    assert "waits for your sign-off. It is due in 7 days" in told(leader)[0]
    [notice] = Notice.objects.filter(person=leader, event__verb=Verb.REMINDED.value)
    assert notice.path == f"/assessments/{draft.pk}/sign-off/"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_nobody_is_reminded_while_it_is_not_the_partners_turn(
    state: State, draft: Assessment, leader: User, staff: User
) -> None:
    bring_to(draft, state, leader=leader, staff=staff)
    assert run_through(day(32), 12) == []


def test_changes_that_ecda_asks_for_are_reminded_of(
    draft: Assessment, leader: User, staff: User
) -> None:
    bring_to(draft, State.CHANGES, leader=leader, staff=staff)
    with at(day(33)):
        remind()
    assert told(leader)[0].startswith(
        f"The self-assessment of {draft.partner} for round {draft.round} is open for the changes"
    )


def test_whose_turn_it_became_today_is_not_reminded_of_what_passed_before(
    draft: Assessment, leader: User, staff: User
) -> None:
    with time_machine.travel(moment(49, 1), tick=True):
        bring_to(draft, State.CHANGES, leader=leader, staff=staff)
        asked = Event.objects.about(draft).filter(verb=Verb.CHANGES_REQUESTED.value)
        with pgtrigger.ignore("signatories.Event:event_append_only"):
            asked.update(at=timezone.now())
    assert run_through(day(49), 8) == [(day(56), -7)]


def test_a_day_that_the_portal_was_down_is_made_good(draft: Assessment, lead: User) -> None:
    assert run_through(day(35), 3) == [(day(35), 7)]


def test_an_extension_moves_them(draft: Assessment, lead: User, staff: User) -> None:
    assert run_through(day(30), 5) == [(day(30), 30), (day(33), 7)]
    until = day(80)
    Extension.objects.create(
        assessment=draft,
        until=until,
        reason="Ill",
        granted_by=staff,
        granted_at=moment(35, 9),
    )
    Assessment.objects.filter(pk=draft.pk).update(extended_to=until)
    assert run_through(day(35), 50) == [(day(50), 30), (day(73), 7), (day(79), 1)]


def test_a_partner_with_more_time_is_reminded_after_the_round_has_closed(
    draft: Assessment, lead: User, staff: User
) -> None:
    until = day(80)
    Extension.objects.create(
        assessment=draft,
        until=until,
        reason="Ill",
        granted_by=staff,
        granted_at=moment(41, 9),
    )
    Assessment.objects.filter(pk=draft.pk).update(extended_to=until)
    assert run_through(day(61), 30) == [(day(61), 30), (day(73), 7), (day(79), 1)]


def test_a_round_closed_by_hand_is_not_reminded_of(draft: Assessment, lead: User) -> None:
    Round.objects.filter(pk=draft.round_id).update(closed_at=moment(31, 12))
    assert run_through(day(32), 12) == []


def test_a_partner_that_is_gone_is_not_reminded(draft: Assessment, lead: User) -> None:
    Partner.objects.filter(pk=draft.partner_id).update(active_to=day(30))
    assert run_through(day(32), 12) == []


def test_who_turned_reminders_off_gets_only_the_last_and_the_overdue(
    draft: Assessment, lead: User
) -> None:
    User.objects.filter(pk=lead.pk).update(gets_reminders=False)
    assert run_through(day(0), 43) == [(day(39), 1), (day(41), -1)]
    assert len(told(lead)) == 2


def test_a_reminder_without_anybody_waits_for_somebody_to_join(draft: Assessment) -> None:
    with at(day(33)):
        assert remind() == []
    assert not Reminder.objects.exists()
    joined = make_member(draft.partner, "lead")
    with at(day(34)):
        remind()
    assert "is due in 6 days" in told(joined)[0]


def test_the_page_says_for_each_day_exactly_what_goes_that_day(
    edition: Edition, draft: Assessment, lead: User, leader: User, staff: User
) -> None:
    other = make_partner("Maldon")
    boss = make_member(other, "leader")
    with at(day(19)):
        late = make_round_of(other, draft.round)
        bring_to(late, State.AWAITING, leader=boss, staff=staff)
    first = day(24)
    with at(first, hour=0):
        planned = read_reminders(first, 30)
    facts = [(one.day, one.key, one.people, one.words) for one in planned]
    assert len(facts) == 9
    went = []
    for number in range(30):
        with at(first + timedelta(days=number)):
            went += [(one.day, one.key, one.people, one.words) for one in remind()]
    assert went == facts
    notices = Notice.objects.filter(event__verb__in=[Verb.REMINDED, Verb.REMINDED_LATE])
    assert sorted({notice.words for notice in notices}) == sorted({said for *_, said in facts})


def make_round_of(partner: Partner, round: Round) -> Assessment:
    """A draft of a partner that joined the round late."""
    found = Assessment.objects.create(partner=partner, round=round)
    indicators = round.edition.commitments.values_list("indicators", flat=True)
    for indicator in indicators:
        found.answers.create(indicator_id=indicator)
    return found


def test_the_task_does_the_same(draft: Assessment, lead: User) -> None:
    with at(day(33)):
        remind_task()
        remind_task()
    assert len(told(lead)) == 1
    [event] = Event.objects.filter(verb=Verb.REMINDED.value)
    assert (event.by, event.partner, event.subject_id) == (None, draft.partner, draft.pk)


@pytest.mark.parametrize("size", [3, 30])
def test_reminding_takes_the_same_queries_for_any_number_of_partners(
    size: int, edition: Edition, staff: User
) -> None:
    for _ in range(size):
        partner = make_partner()
        make_member(partner, "lead")
        make_member(partner, "leader")
    make_round(edition, staff)
    with at(day(23)), CaptureQueriesContext(connection) as found:
        assert len(remind()) == size
    assert Membership.objects.count() == 2 * size
    assert len(found) == 8
