"""Each constraint of documents, broken once by its name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from assessments.models import Assessment, Document
from signatories.models import User
from tests.assessments.papers import document_of, questions_of

pytestmark = pytest.mark.django_db


class World:
    """A document of answers and one of questions, both waiting."""

    def __init__(self, assessment: Assessment, lead: User) -> None:
        self.assessment = assessment
        self.answers = Document.objects.filter(pk=document_of(assessment, lead).pk)
        self.questions = Document.objects.filter(pk=questions_of(assessment.round, lead).pk)


@pytest.fixture
def world(assessment: Assessment, lead: User) -> World:
    return World(assessment, lead)


Break = Callable[[World], Any]

CONSTRAINTS: dict[str, Break] = {
    "assessments_document_state_known": lambda w: w.answers.update(state="lost"),
    "assessments_document_running_has_lease": lambda w: w.answers.update(state="running"),
    "assessments_document_percent_to_100": lambda w: w.answers.update(percent=101),
    "document_ready_has_file": lambda w: w.answers.update(state="done"),
    "document_kind_has_assessment": lambda w: w.answers.update(assessment=None),
}

TRIGGERS: dict[str, tuple[Break, str]] = {}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_by_constraint(name: str, world: World) -> None:
    with pytest.raises(DatabaseError, match=f'"{name}"'), transaction.atomic():
        CONSTRAINTS[name](world)


@pytest.mark.parametrize("change", [{"file": "a.pdf"}, {"sha256": "a" * 64}])
def test_a_document_that_is_not_ready_has_neither_file_nor_hash(
    change: dict[str, str], world: World
) -> None:
    with pytest.raises(IntegrityError, match="document_ready_has_file"), transaction.atomic():
        world.answers.update(**change)


def test_questions_name_no_assessment(world: World) -> None:
    with pytest.raises(IntegrityError, match="document_kind_has_assessment"), transaction.atomic():
        world.questions.update(assessment=world.assessment)


@pytest.mark.parametrize("field", ["key", "code"])
def test_a_key_and_a_code_mean_one_document(field: str, world: World) -> None:
    taken = world.answers.values_list(field, flat=True).get()
    with pytest.raises(IntegrityError, match=field), transaction.atomic():
        world.questions.update(**{field: taken})
