"""Rounds of former years, which nobody can open today."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from assessments.models import Round
from commitments.models import Edition
from signatories.models import User
from tests.assessment_factories import make_round

years_ago = count(1)


def make_past_round(edition: Edition, staff: User) -> Round:
    """A round that was opened like any other and has closed since; each is a year older."""
    found = make_round(edition, staff)
    opened = timezone.localdate() - timedelta(days=366 * next(years_ago))
    found.opens_on = opened
    found.due_on = opened + timedelta(days=30)
    found.closes_on = opened + timedelta(days=60)
    found.save(update_fields=["opens_on", "due_on", "closes_on"])
    return found
