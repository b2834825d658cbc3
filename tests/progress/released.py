"""A region of sixteen partners with a released round behind them, and one that is open."""

from typing import Any

import pytest

from assessments.models import Round
from commitments.models import Edition
from progress.management.scale import PREFIX, Region, Size
from signatories.models import Membership, Partner, User

# Of sixteen: nine districts, and seven of other kinds. The first shows its ratings to everybody,
# the seventh and the fourteenth have not finished.
PUBLISHER, DISTRICT, ALONE, UNFINISHED = 1, 2, 8, 7


@pytest.fixture
def released(edition: Edition, staff: User, settings: Any) -> Round:
    """The round that is released; the next one is open, and its assessments are accepted."""
    settings.DEMO = True
    for _ in Region(edition, staff).make(Size(partners=16, rounds=2)):
        pass
    return Round.objects.get(releases__number=1)


def partner_number(number: int) -> Partner:
    """One of the sixteen."""
    return Partner.objects.get(slug=f"{PREFIX}{number:04}")


def member_of(partner: Partner, role: str = "leader") -> User:
    """Who has the role at the partner."""
    return Membership.objects.get(partner=partner, role=role).person
