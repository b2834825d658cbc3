"""Rounds that are planned, closed and released, for tests."""

from datetime import date, timedelta

from django.utils import timezone

from assessments.actions.closing import close_round
from assessments.actions.planning import plan_round
from assessments.models import Round
from commitments.models import Edition
from signatories.models import User


def days(count: int) -> date:
    """The day so many days from today, in Essex."""
    return timezone.localdate() + timedelta(days=count)


def make_plan(edition: Edition, staff: User, name: str = "Next", opens: int = 100) -> Round:
    """A round that opens in so many days, is due 30 days later and closes in 60."""
    return plan_round(
        edition=edition,
        name=name,
        opens_on=days(opens),
        due_on=days(opens + 30),
        closes_on=days(opens + 60),
        by=staff,
    )


def let_pass(round: Round, by: int) -> Round:
    """Let so many days pass for the round."""
    back = timedelta(days=by)
    for name in ("opens_on", "due_on", "closes_on"):
        setattr(round, name, getattr(round, name) - back)
    round.save(update_fields=["opens_on", "due_on", "closes_on"])
    return round


def closed(round: Round, staff: User) -> Round:
    """The round, closed by hand."""
    return close_round(round=round, by=staff)


def dates(**given: date) -> dict[str, str]:
    """What is typed into the boxes of dates."""
    parts = {"day": "%d", "month": "%m", "year": "%Y"}
    return {
        f"{name}-{box}": day.strftime(part)
        for name, day in given.items()
        for box, part in parts.items()
    }
