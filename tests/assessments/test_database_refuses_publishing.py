"""Each constraint and trigger of the choice to publish a partner's ratings, broken once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments.models import Assessment, Publication, Release, ReleaseEntry, Round
from signatories.models import User
from tests.assessment_fixtures import assessment, round

__all__ = ["assessment", "round"]

pytestmark = pytest.mark.django_db


class World:
    """A partner whose leader has chosen to publish."""

    def __init__(self, assessment: Assessment, leader: User, staff: User) -> None:
        self.assessment, self.leader, self.staff = assessment, leader, staff
        self.choice = self.choose()

    def choose(self) -> Publication:
        return Publication.objects.create(partner=self.assessment.partner, started_by=self.leader)

    def change(self, **what: Any) -> int:
        return Publication.objects.filter(pk=self.choice.pk).update(**what)

    def take_back(self) -> int:
        return self.change(ended_at=timezone.now(), ended_by=self.leader)

    def publish_who_is_left_out(self) -> None:
        Round.objects.filter(pk=self.assessment.round_id).update(closed_at=timezone.now())
        release = Release.objects.create(
            round=self.assessment.round, number=1, sha256="0" * 64, released_by=self.staff
        )
        ReleaseEntry.objects.create(
            release=release,
            partner=self.assessment.partner,
            partner_name="A",
            kind="district",
            left_out="still being answered",
            published=True,
        )


@pytest.fixture
def world(assessment: Assessment, leader: User, staff: User) -> World:
    return World(assessment, leader, staff)


def _take_back_twice(world: World) -> None:
    world.take_back()
    world.take_back()


CONSTRAINTS: dict[str, Callable[[World], Any]] = {
    "publication_once_at_a_time": lambda w: w.choose(),
    "publication_ended_by_and_at": lambda w: w.change(ended_at=timezone.now()),
    "release_entry_published_counts": lambda w: w.publish_who_is_left_out(),
}

TRIGGERS: dict[str, tuple[Callable[[World], Any], str]] = {
    "publication_kept": (_take_back_twice, "taken back once, and else stays"),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_by_constraint(name: str, world: World) -> None:
    with pytest.raises(DatabaseError, match=f'"{name}"'), transaction.atomic():
        CONSTRAINTS[name](world)


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_database_refuses_by_trigger(name: str, world: World) -> None:
    broken, words = TRIGGERS[name]
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        broken(world)


def test_a_choice_keeps_who_made_it_and_is_not_deleted(world: World) -> None:
    with pytest.raises(DatabaseError, match="else stays"), transaction.atomic():
        world.change(started_by=world.staff, ended_at=timezone.now(), ended_by=world.leader)
    with pytest.raises(DatabaseError, match="else stays"), transaction.atomic():
        Publication.objects.filter(pk=world.choice.pk).delete()


def test_after_it_was_taken_back_it_can_be_made_again(world: World) -> None:
    assert world.take_back() == 1
    assert world.choose().ended_at is None
