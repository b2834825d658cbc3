"""Improvements for tests, and what a browser sends of their forms."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.improving import Planned, add_improvement, change_improvement
from assessments.models import Improvement
from commitments.models import Indicator
from signatories.models import Partner, User

WHAT = "Publish the catalogue of our data."


def in_days(days: int) -> date:
    """The date that many days from now, in Essex."""
    return timezone.localdate() + timedelta(days=days)


def make_improvement(
    partner: Partner,
    by: User,
    what: str = WHAT,
    *,
    owner: str = "",
    due_on: date | None = None,
    indicator: Indicator | None = None,
) -> Improvement:
    """A planned improvement for the first indicator, unless another one is named."""
    return add_improvement(
        partner=partner,
        indicator=indicator or Indicator.objects.all()[0],
        planned=Planned(what, owner, due_on),
        by=by,
    )


def change(improvement: Improvement, by: User, **changed: Any) -> Improvement:
    """Change some of the improvement as it is stored now."""
    now = current(improvement)
    values = {name: getattr(now, name) for name in ("version", "what", "owner", "due_on", "state")}
    return change_improvement(improvement=now, **(values | changed), by=by)


def current(improvement: Improvement) -> Improvement:
    """The improvement as the database has it now."""
    return Improvement.objects.select_related("indicator__commitment").get(pk=improvement.pk)


def boxes(due_on: date | None) -> dict[str, str]:
    """A date as the three boxes send it."""
    parts = (due_on.day, due_on.month, due_on.year) if due_on else ("", "", "")
    return {
        f"due_on-{box}": str(part)
        for box, part in zip(("day", "month", "year"), parts, strict=True)
    }


def path_of(improvement: Improvement) -> str:
    """Where the improvement's page is."""
    return reverse("assessments:improvement-edit", args=[improvement.pk])


def post_improvement(client: Client, seen: Improvement, **changed: Any) -> Any:
    """Send the form of a page that was made of `seen`, with some of it changed."""
    values = {name: getattr(seen, name) for name in ("version", "what", "owner", "state")}
    given = {name: value for name, value in changed.items() if name != "due_on"}
    return client.post(path_of(seen), values | boxes(changed.get("due_on", seen.due_on)) | given)
