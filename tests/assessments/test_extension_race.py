"""More time that is given while somebody closes the round: the round stays open."""

import threading
import time

import pytest
from django.db import transaction

from assessments.actions.closing import close_round
from assessments.actions.extending import extend
from assessments.models import Assessment, Extension
from declaration.actions import RefusedError
from signatories.models import User
from tests.assessments.planning import days
from tests.assessments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_round_does_not_close_while_a_partner_is_given_more_time(
    assessment: Assessment, staff: User, administrator: User
) -> None:
    given = threading.Event()

    def giving() -> Extension:
        with transaction.atomic():
            made = extend(assessment=assessment, until=days(90), reason="Illness", by=staff)
            given.set()
            time.sleep(0.5)
        return made

    def closing() -> object:
        given.wait(10)
        return close_round(round=assessment.round, by=administrator)

    made, refused = at_once(giving, closing)
    assert isinstance(made, Extension)
    assert isinstance(refused, RefusedError)
    assert f"until {days(90):%-d %B %Y}" in str(refused)
    assessment.round.refresh_from_db()
    assert assessment.round.closed_at is None
