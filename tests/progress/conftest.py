"""These tests need a round, and partners that stand at different places in it."""

from collections.abc import Callable

import pytest

from assessments.models import Assessment, Round
from assessments.workflow import State
from signatories.models import Partner, User
from tests.assessment_factories import bring_to
from tests.assessment_fixtures import assessment, round
from tests.factories import make_member

__all__ = ["assessment", "round"]

Bring = Callable[[Partner, State], Assessment]


@pytest.fixture
def bring(staff: User, round: Round) -> Bring:
    """Bring a partner's assessment in the round to a state; every answer is then Developing."""

    def bring_partner(partner: Partner, state: State) -> Assessment:
        found = Assessment.objects.get(partner=partner, round=round)
        leader = make_member(partner, "leader", f"Leader of {partner}")
        return bring_to(found, state, leader=leader, staff=staff)

    return bring_partner
