"""When a partner is reminded of its due date: pure rules."""

from datetime import date, timedelta

# Days before the date; afterwards once a week, from the day after.
BEFORE = (30, 7, 1)
EVERY = 7


def step_on(
    day: date, *, due_on: date, since: date, last_day: date, given_back: date | None = None
) -> int | None:
    """The reminder that stands on the day: days before the due date, negative after it.

    Each stands from its own day until the next one's, so that a missed day is made good; after
    `last_day`, when the partner can do nothing any more, none does. None also for one that came
    on or before `since`, when the partner was last told of the date or given its turn.

    `given_back` is when ecda asked for changes: on or after the due date, weeks count from there,
    for what was sent in time is not overdue the next day.
    """
    if day > last_day:
        return None
    start = counted_from(due_on, given_back)
    if start == given_back:
        weekly = -((day - start).days // EVERY * EVERY)
        return weekly if weekly < 0 and day_of(weekly, start) > since else None
    left = (due_on - day).days
    if left >= 0:
        step = min((before for before in BEFORE if left <= before), default=None)
    else:
        step = -1 - (-left - 1) // EVERY * EVERY
    if step is None or day_of(step, due_on) <= since:
        return None
    return step


def counted_from(due_on: date, given_back: date | None) -> date:
    """The date from which reminders count: the due date, or when ecda asked for changes late."""
    return due_on if given_back is None or given_back < due_on else given_back


def day_of(step: int, due_on: date) -> date:
    """The day on which a reminder comes."""
    return due_on - timedelta(days=step)


def is_essential(step: int) -> bool:
    """Whether the reminder comes to those too who have turned reminders off."""
    return step <= BEFORE[-1]


def in_words(step: int) -> str:
    """The step, as a column of a table names it."""
    days = "1 day" if abs(step) == 1 else f"{abs(step)} days"
    return f"{days} before" if step > 0 else f"{days} overdue"
