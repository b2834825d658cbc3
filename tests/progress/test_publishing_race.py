"""Two leaders choose at the same moment that everybody may see their partner's ratings."""

import threading
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from assessments.actions.publishing import start_publishing, stop_publishing
from assessments.models import Publication
from assessments.verbs import Verb
from signatories.models import Event, Partner, User
from tests.assessments.test_races import at_once
from tests.factories import make_member

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 5


def test_at_once_is_once(partner: Partner, leader: User) -> None:
    other = make_member(partner, "leader")
    for number in range(1, TIMES + 1):
        first, second = at_once(
            partial(start_publishing, partner=partner, by=leader),
            partial(start_publishing, partner=partner, by=other),
        )
        assert isinstance(first, Publication), first
        assert first == second
        ended = at_once(
            partial(stop_publishing, partner=partner, by=leader),
            partial(stop_publishing, partner=partner, by=other),
        )
        assert set(ended) == {first, None}
        for verb in (Verb.PUBLISHING_STARTED, Verb.PUBLISHING_STOPPED):
            assert Event.objects.filter(verb=verb.value).count() == number


def test_without_the_lock_one_of_them_fails(partner: Partner, leader: User) -> None:
    """The control: both find no choice, and the database takes one of them only."""
    both_looked = threading.Barrier(2, timeout=10)

    def choose() -> Publication:
        with transaction.atomic():
            assert not Publication.objects.live().filter(partner=partner).exists()
            both_looked.wait()
            return Publication.objects.create(partner=partner, started_by=leader)

    found = at_once(choose, choose)
    assert sum(isinstance(each, IntegrityError) for each in found) == 1, found
