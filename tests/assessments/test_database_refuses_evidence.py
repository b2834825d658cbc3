"""Each constraint and trigger of evidence and its files, broken once by its name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import bring_to

pytestmark = pytest.mark.django_db


class World:
    """One answer with a link and a file of one revision."""

    def __init__(self, assessment: Assessment, leader: User, staff: User) -> None:
        self.assessment, self.leader, self.staff = assessment, leader, staff
        self.answer: Answer = assessment.answers.in_order()[0]
        self.link = self.evidence(url="https://a.example/plan")
        self.revision = self.file(self.evidence(url=""))

    def evidence(self, **given: Any) -> Evidence:
        return Evidence.objects.create(
            **({"answer": self.answer, "title": "Plan", "added_by": self.leader} | given)
        )

    def file(self, evidence: Evidence, **given: Any) -> EvidenceFile:
        facts = {
            "key": f"{evidence.pk} {given}",
            "evidence": evidence,
            "file": "evidence/a",
            "name": "plan.pdf",
            "size": 1,
            "media_type": "application/pdf",
            "sha256": "0" * 64,
            "uploaded_by": self.leader,
        }
        return EvidenceFile.objects.create(**(facts | given))

    def change(self, **change: Any) -> object:
        return Evidence.objects.filter(pk=self.link.pk).update(**change)

    def revise(self, **change: Any) -> object:
        return EvidenceFile.objects.filter(pk=self.revision.pk).update(**change)

    def close(self) -> None:
        bring_to(self.assessment, State.AWAITING, leader=self.leader, staff=self.staff)


@pytest.fixture
def world(assessment: Assessment, leader: User, staff: User) -> World:
    """A draft with evidence."""
    return World(assessment, leader, staff)


def _run_in_an_unknown_state(world: World) -> None:
    """The constraint about leases would not mind it."""
    world.revise(state="lost")


def _add_a_revision_when_sent(world: World) -> None:
    world.close()
    world.file(world.revision.evidence, number=2)


Break = Callable[[World], object]

CONSTRAINTS: dict[str, Break] = {
    "evidence_has_title": lambda w: w.change(title=""),
    "evidence_removed_by_and_at": lambda w: w.change(removed_at=timezone.now()),
    "evidence_file_number_once": lambda w: w.file(w.revision.evidence, key="other"),
    "evidence_file_verdict_known": lambda w: w.revise(verdict="fine"),
    "evidence_file_has_content": lambda w: w.file(w.link, size=0),
    "assessments_evidencefile_state_known": _run_in_an_unknown_state,
    "assessments_evidencefile_running_has_lease": lambda w: w.revise(state="running"),
    "assessments_evidencefile_percent_to_100": lambda w: w.revise(percent=101),
}

TRIGGERS: dict[str, tuple[Break, str]] = {
    "evidence_never_deleted": (
        lambda w: Evidence.objects.filter(pk=w.link.pk)._raw_delete("default"),
        "Cannot delete rows",
    ),
    "evidence_file_facts_kept": (lambda w: w.revise(name="other.pdf"), "Cannot update rows"),
    "evidence_file_never_deleted": (
        lambda w: EvidenceFile.objects.filter(pk=w.revision.pk)._raw_delete("default"),
        "Cannot delete rows",
    ),
    "evidence_file_open_to_writing": (
        _add_a_revision_when_sent,
        "the assessment is not open to this indicator",
    ),
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


@pytest.mark.parametrize(
    "fact", ["evidence_id", "number", "code", "file", "size", "media_type", "sha256", "uploaded_at"]
)
def test_no_fact_of_a_file_changes(fact: str, world: World) -> None:
    values = {"number": 7, "size": 7, "uploaded_at": timezone.now(), "evidence_id": world.link.pk}
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        world.revise(**{fact: values.get(fact, "other")})


def test_what_a_scanner_says_is_added_also_when_the_assessment_is_closed(world: World) -> None:
    world.close()
    assert world.revise(state="done", verdict="clean") == 1


def test_evidence_of_a_closed_answer_neither_changes_nor_goes(world: World) -> None:
    world.close()
    removed = {"removed_at": timezone.now(), "removed_by": world.leader}
    for change in ({"public": True}, {"note": "Late"}, removed):
        with pytest.raises(DatabaseError, match="is not open"), transaction.atomic():
            world.change(**change)


def test_only_that_it_is_public_is_taken_back_of_a_closed_answer(world: World) -> None:
    world.change(public=True)
    world.close()
    other: dict[str, object] = {"title": "Late", "note": "Late", "url": "https://b.example/"}
    other |= {"removed_at": timezone.now(), "dated_on": timezone.now().date()}
    for name, value in other.items():
        with pytest.raises(DatabaseError, match="is not open"), transaction.atomic():
            world.change(public=False, **{name: value, "removed_by": world.leader})
    assert world.change(public=False) == 1
    with pytest.raises(DatabaseError, match="is not open"), transaction.atomic():
        world.change(public=True)


def test_removed_links_do_not_hinder_new_ones(world: World) -> None:
    world.change(removed_at=timezone.now(), removed_by=world.leader)
    world.evidence(url=world.link.url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM assessments_evidence WHERE url <> ''")
        assert cursor.fetchone() == (2,)
