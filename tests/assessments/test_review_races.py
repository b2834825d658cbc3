"""Two reviewers at the same moment: one decides, the other is told, and nothing is half done."""

import threading
from collections.abc import Callable

import pytest
from django.utils import timezone

from assessments.actions.reviewing import accept, reopen, request_changes
from assessments.actions.submitting import send, sign_off
from assessments.actions.taking import give_back, take, take_over
from assessments.models import Assessment, Review, Snapshot
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import User
from tests.assessment_factories import bring_to
from tests.assessments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 20


@pytest.fixture
def submitted(assessment: Assessment, leader: User, staff: User) -> Assessment:
    """Signed off, waiting for review."""
    return bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)


def stored(assessment: Assessment) -> Assessment:
    return Assessment.objects.select_related("reviewer").get(pk=assessment.pk)


def accepting(assessment: Assessment, by: User) -> Callable[[], object]:
    return lambda: accept(assessment=assessment, note="", by=by)


def returning(assessment: Assessment, by: User) -> Callable[[], object]:
    first = assessment.answers.in_order()[0].indicator_id
    return lambda: request_changes(assessment=assessment, note="Why", comments={first: "x"}, by=by)


def submit_again(assessment: Assessment, leader: User, staff: User) -> None:
    """Back to the queue, with nobody, whatever was decided."""
    now = stored(assessment)
    if now.state == State.ACCEPTED:
        first = assessment.answers.in_order()[0].indicator_id
        reopen(assessment=assessment, note="Why", comments={first: "x"}, by=staff)
    send(assessment=assessment, by=leader)
    sign_off(assessment=assessment, by=leader)
    holder = stored(assessment).reviewer
    if holder:
        give_back(assessment=assessment, by=holder)


def test_of_two_decisions_exactly_one_is_made_and_the_other_is_told(
    submitted: Assessment, leader: User, staff: User, administrator: User
) -> None:
    won = []
    for _ in range(RACES):
        before = Review.objects.count(), Snapshot.objects.count()
        results = at_once(accepting(submitted, staff), returning(submitted, administrator))
        made = [result for result in results if isinstance(result, Review)]
        told = [result for result in results if isinstance(result, RefusedError)]
        assert (len(made), len(told)) == (1, 1), results
        accepted = made[0].decision == Review.Decision.ACCEPTED
        assert stored(submitted).state == (State.ACCEPTED if accepted else State.CHANGES)
        after = Review.objects.count(), Snapshot.objects.count()
        assert after == (before[0] + 1, before[1] + accepted)
        assert f"{made[0].by} {'accepted it' if accepted else 'opened it for changes'} on " in str(
            told[0]
        )
        won.append(accepted)
        submit_again(submitted, leader, staff)
    print(f"\n{RACES} races of two reviewers: {sum(won)} accepted, {RACES - sum(won)} returned")


def test_reading_the_state_and_then_deciding_would_decide_twice(
    submitted: Assessment, staff: User, administrator: User
) -> None:
    """The negative control: the same without the lock, which the triggers alone let through."""
    read = threading.Barrier(2, timeout=10)

    def careless(by: User) -> Callable[[], object]:
        def work() -> bool:
            row = Assessment.objects.get(pk=submitted.pk)
            read.wait()
            if row.state != State.SUBMITTED:
                return False
            Review.objects.create(
                assessment=row, decision=Review.Decision.CHANGES, note=f"By {by}", by=by
            )
            row.state, row.moved_by, row.moved_at = State.CHANGES.value, by, timezone.now()
            row.save(update_fields=["state", "moved_by", "moved_at"])
            return True

        return work

    assert at_once(careless(staff), careless(administrator)) == [True, True]
    assert Review.objects.count() == 2


def test_of_two_who_take_a_review_on_exactly_one_has_it(
    submitted: Assessment, staff: User, administrator: User
) -> None:
    for _ in range(RACES):
        results = at_once(
            lambda: take(assessment=submitted, by=staff),
            lambda: take(assessment=submitted, by=administrator),
        )
        told = [result for result in results if isinstance(result, RefusedError)]
        assert len(told) == 1, results
        holder = stored(submitted).reviewer
        assert holder is not None
        assert f"{holder} has had this review" in str(told[0])
        give_back(assessment=submitted, by=holder)


def test_of_two_who_take_it_over_from_the_same_person_exactly_one_has_it(
    submitted: Assessment, staff: User, administrator: User
) -> None:
    first = User.objects.create_user("first@ecda.example", name="First", office="staff")
    for _ in range(RACES):
        take(assessment=submitted, by=first)
        results = at_once(
            lambda: take_over(assessment=submitted, seen=first.pk, by=staff),
            lambda: take_over(assessment=submitted, seen=first.pk, by=administrator),
        )
        assert len([one for one in results if isinstance(one, RefusedError)]) == 1, results
        holder = stored(submitted).reviewer
        assert holder in {staff, administrator}
        give_back(assessment=submitted, by=holder)


def test_a_decision_and_a_take_over_at_once_leave_one_of_them_refused(
    submitted: Assessment, leader: User, staff: User, administrator: User
) -> None:
    for _ in range(RACES):
        take(assessment=submitted, by=staff)
        results = at_once(
            accepting(submitted, staff),
            lambda: take_over(assessment=submitted, seen=staff.pk, by=administrator),
        )
        assert len([one for one in results if isinstance(one, RefusedError)]) == 1, results
        now = stored(submitted)
        if now.state == State.ACCEPTED:
            assert now.reviewer is None
            submit_again(submitted, leader, staff)
        else:
            assert now.reviewer == administrator
            give_back(assessment=submitted, by=administrator)
