"""Days in words, as every page says them; pure."""

from datetime import date


def days_in_words(count: int) -> str:
    """Return the number with its noun: "1 day", "3 days"."""
    return "1 day" if count == 1 else f"{count} days"


def due_words(due_on: date, today: date) -> str:
    """Say how far a due date is away: "due in 12 days", "overdue by 3 days"."""
    days = (due_on - today).days
    if days == 0:
        return "due today"
    if days == 1:
        return "due tomorrow"
    return f"due in {days_in_words(days)}" if days > 0 else f"overdue by {days_in_words(-days)}"


def due_and_date(due_on: date, today: date) -> str:
    """Say how far a due date is away, and which it is: "due in 3 days (3 May 2026)"."""
    return f"{due_words(due_on, today)} ({due_on:%-d %B %Y})"
