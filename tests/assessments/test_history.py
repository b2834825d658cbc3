"""Every saved change of an answer is kept, with who made it, whatever made it."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from assessments.models import Answer, Assessment
from signatories.models import User
from tests.assessment_factories import save

pytestmark = pytest.mark.django_db


def first_of(assessment: Assessment) -> Any:
    """The first answer; typed loosely, for pghistory adds `history` while the portal starts."""
    return assessment.answers.in_order()[0]


def test_each_save_is_kept_with_who_made_it(
    assessment: Assessment, contributor: User, lead: User
) -> None:
    answer = first_of(assessment)
    save(answer, contributor, narrative="First")
    save(answer, lead, narrative="Second")
    kept = answer.history.order_by("pgh_id").select_related("pgh_context")
    assert [row.narrative for row in kept] == ["", "First", "Second"]
    assert [row.version for row in kept] == [1, 2, 3]
    by = [row.pgh_context.metadata["by"] for row in kept[1:]]
    assert by == [contributor.pk, lead.pk]
    assert kept[2].pgh_context.metadata["action"] == "save_answer"


def test_opening_a_round_is_kept_with_who_opened_it(assessment: Assessment, staff: User) -> None:
    first = first_of(assessment).history.get()
    assert first.pgh_context.metadata == {"by": staff.pk, "action": "open_round"}


def test_a_change_in_bulk_and_one_in_a_shell_are_kept(assessment: Assessment) -> None:
    answer = first_of(assessment)
    Answer.objects.filter(assessment=assessment).update(narrative="All")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assessments_answer SET narrative = 'Shell' WHERE id = %s", [answer.pk]
        )
    kept = answer.history.order_by("pgh_id").values_list("narrative", flat=True)
    assert list(kept) == ["", "All", "Shell"]


def test_history_can_be_neither_changed_nor_deleted(assessment: Assessment) -> None:
    history = first_of(assessment).history
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        history.update(narrative="Rewritten")
    with pytest.raises(DatabaseError, match=r"Cannot .*delete"), transaction.atomic():
        history.all()._raw_delete("default")
