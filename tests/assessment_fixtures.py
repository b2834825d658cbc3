"""A round and an assessment, for tests that need them."""

import pytest

from assessments.models import Assessment, Round
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import make_round


@pytest.fixture
def round(edition: Edition, partner: Partner, staff: User) -> Round:
    """A round that is open today."""
    return make_round(edition, staff)


@pytest.fixture
def assessment(round: Round, partner: Partner) -> Assessment:
    """The partner's draft in that round, with its thirteen answers."""
    return Assessment.objects.get(round=round, partner=partner)
