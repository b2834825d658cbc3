"""Each constraint and trigger of improvements and assignments, broken once by its name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from assessments.models import Assessment, Assignment, Improvement
from signatories.models import User
from tests.factories import make_partner

pytestmark = pytest.mark.django_db


class World:
    """An improvement of the partner, and an answer that somebody is asked for."""

    def __init__(self, assessment: Assessment, lead: User) -> None:
        self.lead = lead
        self.first, self.second = assessment.answers.in_order()[:2]
        made = Improvement.objects.create(
            partner=assessment.partner,
            indicator=self.first.indicator,
            what="Publish.",
            added_by=lead,
        )
        self.row = Improvement.objects.filter(pk=made.pk)

    def ask(self) -> Assignment:
        return Assignment.objects.create(answer=self.first, person=self.lead, assigned_by=self.lead)


@pytest.fixture
def world(assessment: Assessment, lead: User) -> World:
    return World(assessment, lead)


def _ask_twice(world: World) -> None:
    world.ask()
    world.ask()


Break = Callable[[World], Any]

CONSTRAINTS: dict[str, Break] = {
    "improvement_says_what": lambda w: w.row.update(what=""),
    "improvement_state_known": lambda w: w.row.update(state="lost"),
    "improvement_version_from_1": lambda w: w.row.update(version=0),
    "assignment_once_per_answer": _ask_twice,
}

TRIGGERS: dict[str, tuple[Break, str]] = {
    "improvement_keeps_its_place": (
        lambda w: w.row.update(indicator=w.second.indicator),
        "Cannot update rows",
    ),
    "improvement_never_deleted": (lambda w: w.row._raw_delete("default"), "Cannot delete rows"),
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


@pytest.mark.parametrize("field", ["partner", "added_by"])
def test_an_improvement_stays_with_its_partner_and_with_who_added_it(
    field: str, world: World, contributor: User
) -> None:
    other: Any = make_partner() if field == "partner" else contributor
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        world.row.update(**{field: other})


def test_an_improvement_without_words_is_never_made(world: World) -> None:
    with pytest.raises(DatabaseError, match="improvement_says_what"), transaction.atomic():
        Improvement.objects.create(
            partner=world.row.get().partner,
            indicator=world.first.indicator,
            what="",
            added_by=world.lead,
        )
