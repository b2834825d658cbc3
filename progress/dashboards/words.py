"""Dates and amounts in words, as pages say them; pure."""

from datetime import date


def plural(number: int, one: str, many: str = "") -> str:
    """Return the number with its noun: "1 day", "3 days"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def due_words(due_on: date, today: date) -> str:
    """Say how far a due date is away: "due in 12 days", "overdue by 3 days"."""
    days = (due_on - today).days
    if days == 0:
        return "due today"
    if days == 1:
        return "due tomorrow"
    return f"due in {days} days" if days > 0 else f"overdue by {plural(-days, 'day')}"
