"""What the clock does: opens on the day, closes after it, once whoever else does it too."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from assessments.actions.extending import extend
from assessments.actions.planning import plan_round
from assessments.actions.rounds import open_round
from assessments.actions.turning import open_and_close_due
from assessments.models import Assessment, Round
from assessments.tasks import turn_rounds
from assessments.verbs import Verb
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessments.planning import days, let_pass, make_plan
from tests.assessments.test_races import at_once

pytestmark = pytest.mark.django_db


def opened_events() -> int:
    return Event.objects.filter(verb=Verb.ROUND_OPENED.value, partner__isnull=False).count()


def test_a_plan_opens_on_its_day_and_not_before(
    edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    planned = make_plan(edition, staff, opens=1)
    assert open_and_close_due() == []
    let_pass(planned, 1)
    turn_rounds()
    found = Round.objects.get()
    assert (found.opened_at is not None, found.opened_by) == (True, None)
    assert found.assessments.get().answers.count() == 13
    assert Notice.objects.get().person == lead
    assert Event.objects.about(found).get(verb=Verb.ROUND_OPENED.value).by is None
    assert open_and_close_due() == []
    assert opened_events() == 1


def test_a_round_closes_after_its_last_day(assessment: Assessment, lead: User, staff: User) -> None:
    round = let_pass(assessment.round, 60)
    assert open_and_close_due() == []
    let_pass(round, 1)
    assert open_and_close_due() == [round]
    found = Round.objects.get()
    assert (found.closed_by, found.closes_on) == (None, days(-1))
    assert Notice.objects.filter(person=staff, event__verb=Verb.ROUND_CLOSED.value).exists()
    assert open_and_close_due() == []


def test_it_waits_for_the_last_partner_with_more_time(assessment: Assessment, staff: User) -> None:
    let_pass(assessment.round, 61)
    extend(assessment=assessment, until=days(1), reason="Illness", by=staff)
    assert open_and_close_due() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=True):
        assert open_and_close_due() == [assessment.round]


def test_one_round_closes_and_the_next_one_opens_on_the_same_morning(
    round: Round, staff: User
) -> None:
    planned = make_plan(round.edition, staff, opens=61)
    for each in (round, planned):
        let_pass(each, 61)
    assert open_and_close_due() == [round, planned]


def test_a_plan_that_the_clock_missed_altogether_stays_a_plan(
    edition: Edition, partner: Partner, staff: User
) -> None:
    let_pass(make_plan(edition, staff), 300)
    assert open_and_close_due() == []
    assert Round.objects.get().opened_at is None


def test_the_portal_opens_in_essex_not_in_greenwich(
    edition: Edition, partner: Partner, staff: User
) -> None:
    summer = datetime(2030, 6, 30, 22, 59, tzinfo=UTC)
    with time_machine.travel(summer - timedelta(days=3), tick=False):
        plan_round(
            edition=edition,
            name="2030",
            opens_on=datetime(2030, 7, 1).date(),  # noqa: DTZ001  a day
            due_on=datetime(2030, 8, 1).date(),  # noqa: DTZ001  a day
            closes_on=datetime(2030, 9, 1).date(),  # noqa: DTZ001  a day
            by=staff,
        )
    with time_machine.travel(summer, tick=False):
        assert open_and_close_due() == []
    with time_machine.travel(summer + timedelta(minutes=1), tick=False):
        assert [str(each) for each in open_and_close_due()] == ["2030"]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_turn_each_round_once(
    edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    for number in range(10):
        planned = make_plan(edition, staff, name=f"Round {number}", opens=0)
        turned = at_once(open_and_close_due, open_and_close_due)
        assert sorted(len(each) for each in turned) == [0, 1], turned  # type: ignore[arg-type]  # lists, or it fails
        assert planned.assessments.count() == 1
        assert opened_events() == number + 1
        let_pass(planned, 61)
        turned = at_once(open_and_close_due, open_and_close_due)
        assert sorted(len(each) for each in turned) == [0, 1], turned  # type: ignore[arg-type]  # lists, or it fails
        let_pass(Round.objects.get(pk=planned.pk), 100 * (number + 1))


@pytest.mark.django_db(transaction=True)
def test_two_people_open_one_plan_at_once(
    edition: Edition, partner: Partner, staff: User, administrator: User
) -> None:
    planned = make_plan(edition, staff)
    done = at_once(
        partial(open_round, round=planned, by=staff),
        partial(open_round, round=planned, by=administrator),
    )
    assert sum(isinstance(each, Round) for each in done) == 1
    assert sum(isinstance(each, RefusedError) for each in done) == 1
    assert planned.assessments.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_find_it_planned(edition: Edition, staff: User) -> None:
    """The control: two who read the plan at the same moment, and do not lock it, both open it."""
    planned = make_plan(edition, staff)
    both_have_read = threading.Barrier(2, timeout=10)

    def reading(*, locks: bool) -> bool:
        with transaction.atomic():
            rows = Round.objects.select_for_update() if locks else Round.objects.all()
            found = rows.get(pk=planned.pk)
            if not locks:
                both_have_read.wait()
            is_planned = found.opened_at is None
            if is_planned:
                Round.objects.filter(pk=planned.pk, opened_at=None).update(opened_at=timezone.now())
            return is_planned

    assert at_once(partial(reading, locks=False), partial(reading, locks=False)) == [True, True]
    other = make_plan(edition, staff, name="Other", opens=300)
    planned = other
    locked = at_once(partial(reading, locks=True), partial(reading, locks=True))
    assert sorted(locked) == [False, True]  # type: ignore[type-var]  # booleans, or it fails
