"""When a reminder stands: 30, 7 and 1 days before a due date, then weekly."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.reminding import day_of, in_words, is_essential, step_on

DUE = date(2026, 12, 13)
LONG_AGO = date(2026, 1, 1)
LAST = DUE + timedelta(days=20)


def step(left: int, *, since: date = LONG_AGO, last_day: date = LAST) -> int | None:
    """The step that stands so many days before the due date."""
    return step_on(DUE - timedelta(days=left), due_on=DUE, since=since, last_day=last_day)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (31, None),
        (30, 30),
        (29, 30),
        (8, 30),
        (7, 7),
        (2, 7),
        (1, 1),
        (0, 1),
        (-1, -1),
        (-7, -1),
        (-8, -8),
        (-14, -8),
        (-15, -15),
        (-20, -15),
        (-21, None),
    ],
)
def test_the_tightest_reminder_that_has_come_stands_until_the_next(
    left: int, expected: int | None
) -> None:
    assert step(left) == expected


def test_what_came_before_the_partner_was_told_is_skipped() -> None:
    opened = DUE - timedelta(days=5)
    assert [step(left, since=opened) for left in (5, 4, 2)] == [None, None, None]
    assert step(1, since=opened) == 1


def test_a_round_that_opens_on_the_day_of_a_reminder_says_it_itself() -> None:
    assert step(30, since=DUE - timedelta(days=30)) is None
    assert step(30, since=DUE - timedelta(days=31)) == 30


def test_nothing_is_reminded_of_after_the_last_day() -> None:
    assert step(0, last_day=DUE) == 1
    assert step(-1, last_day=DUE) is None


@given(left=st.integers(-200, 200), told=st.integers(-200, 200))
def test_a_reminder_never_stands_before_its_day_or_a_week_late(left: int, told: int) -> None:
    day, since = DUE - timedelta(days=left), DUE - timedelta(days=told)
    found = step_on(day, due_on=DUE, since=since, last_day=date.max)
    if found is None:
        return
    assert since < day_of(found, DUE) <= day
    if found < 0:
        assert (day - day_of(found, DUE)).days < 7
        assert found % 7 == 6


@given(left=st.integers(-200, 29))
def test_from_the_thirtieth_day_on_some_reminder_always_stands(left: int) -> None:
    assert step(left, last_day=date.max) is not None


def test_the_last_one_before_and_those_after_come_to_everybody() -> None:
    assert [is_essential(each) for each in (30, 7, 1, -1, -8)] == [False, False, True, True, True]


def test_steps_have_words() -> None:
    assert [in_words(each) for each in (30, 1, -1, -8)] == [
        "30 days before",
        "1 day before",
        "1 day overdue",
        "8 days overdue",
    ]


# --- What ecda gave back --------------------------------------------------------------------------


def given_back_step(days: int, *, given_back: date) -> int | None:
    """The step so many days after ecda asked for changes."""
    day = given_back + timedelta(days=days)
    return step_on(day, due_on=DUE, since=given_back, last_day=date.max, given_back=given_back)


def test_what_was_given_back_after_its_date_is_reminded_of_week_by_week_from_there() -> None:
    given_back = DUE + timedelta(days=28)
    found = [given_back_step(days, given_back=given_back) for days in (0, 1, 6, 7, 13, 14, 21)]
    assert found == [None, None, None, -7, -7, -14, -21]


def test_what_was_given_back_in_time_is_reminded_of_by_its_due_date() -> None:
    given_back = DUE - timedelta(days=3)
    assert [given_back_step(days, given_back=given_back) for days in (1, 2, 4)] == [None, 1, -1]
