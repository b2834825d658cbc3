"""Two of ecda's staff at the same moment: rounds keep their days apart, and one is told why."""

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError

from assessments.actions.closing import change_dates
from assessments.actions.planning import RoundRefusedError, check_neighbours, drop_plan, plan_round
from assessments.actions.rounds import open_round
from assessments.models import Round
from commitments.models import Edition
from signatories.models import User
from tests.assessment_factories import make_round
from tests.assessments.planning import days, make_plan
from tests.assessments.test_races import at_once
from tests.assessments.years import later_edition

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 15


def planning(edition: Edition, staff: User, name: str = "Next") -> Callable[[], Round]:
    """Plan a round for days that the one that is open could have too."""
    return lambda: plan_round(
        edition=Edition.objects.get(pk=edition.pk),
        name=name,
        opens_on=days(80),
        due_on=days(90),
        closes_on=days(120),
        by=staff,
    )


def moving(round: Round, staff: User, closes: int) -> Callable[[], Round]:
    """Let the open round close on another day."""
    return lambda: change_dates(
        round=Round.objects.get(pk=round.pk),
        due_on=days(30),
        closes_on=days(closes),
        reason="Elections",
        by=staff,
    )


def test_new_dates_and_a_new_plan_at_once_are_kept_apart_in_words(
    edition: Edition, staff: User, administrator: User
) -> None:
    found = make_round(edition, staff)
    for _ in range(RACES):
        results = at_once(moving(found, staff, 100), planning(edition, administrator))
        refused = [one for one in results if isinstance(one, Exception)]
        assert [type(one) for one in refused] == [RoundRefusedError], results
        for planned in Round.objects.planned():
            drop_plan(round=planned, by=staff)
        found.refresh_from_db()
        if found.closes_on != days(60):
            moving(found, staff, 60)()


def test_both_reading_before_either_writes_would_break_on_the_constraint(
    edition: Edition, staff: User
) -> None:
    """The negative control: the same checks without the lock on the editions."""
    found = make_round(edition, staff)
    checked = threading.Barrier(2, timeout=10)

    def careless(opens: int, closes: int, write: Callable[[], object]) -> Callable[[], object]:
        def work() -> object:
            check_neighbours(edition, days(opens), days(closes), besides=found.pk)
            checked.wait()
            return write()

        return work

    results = at_once(
        careless(0, 100, lambda: Round.objects.filter(pk=found.pk).update(closes_on=days(100))),
        careless(
            80,
            120,
            lambda: Round.objects.create(
                edition=edition,
                name="Next",
                slug="next",
                opens_on=days(80),
                due_on=days(90),
                closes_on=days(120),
            ),
        ),
    )
    assert sum(isinstance(one, IntegrityError) for one in results) == 1, results


def test_opening_a_round_and_moving_another_at_once_are_both_done(
    edition: Edition, staff: User, administrator: User
) -> None:
    found = make_round(edition, staff)
    planned = make_plan(later_edition(), staff, opens=0)
    results = at_once(moving(found, staff, 61), lambda: open_round(round=planned, by=administrator))
    assert all(isinstance(one, Round) for one in results), results


def test_two_plans_of_one_name_at_once_are_one_plan_and_a_refusal(
    edition: Edition, staff: User, administrator: User
) -> None:
    other = later_edition()
    results = at_once(planning(edition, staff), planning(other, administrator))
    refused = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [RoundRefusedError], results
    assert "already a round called Next" in str(refused[0])
