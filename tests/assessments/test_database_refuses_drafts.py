"""Each constraint and trigger of drafts and of who is there, broken once by its name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from assessments.models import Answer, Assessment, Draft, Presence
from assessments.models.drafts import MAX_DRAFT_BYTES
from signatories.models import User

pytestmark = pytest.mark.django_db


class World:
    """One draft of one answer, and its writer with the page open."""

    def __init__(self, answer: Answer, person: User, other: User) -> None:
        self.answer, self.person, self.other = answer, person, other
        self.drafts = Draft.objects.filter(pk=self.draft().pk)

    def draft(self, **change: Any) -> Draft:
        given = {"answer": self.answer, "person": self.person, "version": 1, "typed": {}}
        return Draft.objects.create(**(given | change))

    def present(self) -> Presence:
        return Presence.objects.create(answer=self.answer, person=self.person)

    def twice_present(self) -> None:
        self.present()
        self.present()


@pytest.fixture
def world(assessment: Assessment, lead: User, contributor: User) -> World:
    """The lead's draft."""
    return World(assessment.answers.in_order()[0], lead, contributor)


Break = Callable[[World], object]
TOO_LONG = {"narrative": ["x" * MAX_DRAFT_BYTES]}

CONSTRAINTS: dict[str, Break] = {
    "draft_once_per_person_and_answer": lambda w: w.draft(),
    "draft_not_too_large": lambda w: w.drafts.update(typed=TOO_LONG),
    "presence_once_per_person_and_answer": lambda w: w.twice_present(),
}
TRIGGERS: dict[str, tuple[Break, str]] = {
    "draft_keeps_its_place": (lambda w: w.drafts.update(person=w.other), "Cannot update rows"),
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


def test_a_draft_does_not_move_to_another_answer_either(world: World) -> None:
    other = world.answer.assessment.answers.in_order()[1]
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        world.drafts.update(answer=other)


def test_texts_put_aside_have_their_limit_too(world: World) -> None:
    aside = [{"kept_at": "2026-01-01T00:00:00Z", "typed": TOO_LONG}] * 3
    with pytest.raises(DatabaseError, match='"draft_not_too_large"'), transaction.atomic():
        world.drafts.update(aside=aside)
