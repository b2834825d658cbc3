"""What a document says was true in one moment: nobody saves or signs off while it is read."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction

from assessments import documents
from assessments.actions.submitting import send
from assessments.models import Assessment, Document
from signatories.models import User
from tests.assessment_factories import answer_all, save
from tests.assessments.papers import document_of

pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(work: Callable[[], object]) -> object:
    """Do it in another connection that waits for a lock for a moment only; what went wrong."""
    found: list[object] = []

    def run() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                work()
        except Exception as error:  # The caller looks at it.
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()
    return found[0] if found else None


@pytest.fixture
def document(assessment: Assessment, leader: User) -> Document:
    return document_of(assessment, leader)


def test_an_answer_is_saved_before_or_after_it_is_read(
    document: Document, assessment: Assessment, leader: User
) -> None:
    first = assessment.answers.in_order()[0]
    with transaction.atomic():
        documents.read(document)
        error = meanwhile(lambda: save(first, leader, 4, "Changed meanwhile."))
    assert isinstance(error, OperationalError)
    assert "lock timeout" in str(error)
    first.refresh_from_db()
    assert meanwhile(lambda: save(first, leader, 4, "Changed afterwards.")) is None


def test_the_state_changes_before_or_after_it_is_read(
    document: Document, assessment: Assessment, leader: User
) -> None:
    answer_all(assessment, leader)
    with transaction.atomic():
        documents.read(document)
        error = meanwhile(lambda: send(assessment=assessment, by=leader))
    assert isinstance(error, OperationalError)
    assert meanwhile(lambda: send(assessment=assessment, by=leader)) is None
