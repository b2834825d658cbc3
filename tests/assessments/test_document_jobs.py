"""A document from the wish to the file: asked for once, made by the real renderer, tried again."""

import hashlib
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage

from assessments import tasks
from assessments.actions import documenting
from assessments.models import Assessment, Document, Round
from assessments.verbs import Verb
from assessments.workflow import State
from commitments.models import SupportOffer
from declaration import jobs, pdf
from declaration.actions import RefusedError
from signatories.models import Event, Partner, User
from tests.assessment_factories import bring_to
from tests.assessments.papers import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(assessment: Assessment, lead: User) -> Document:
    """A document of the answers that the lead has asked for."""
    return documenting.request_document(assessment=assessment, key="one", by=lead)


def work(document: Document, render: Callable[[str], bytes] = pdf.render) -> Document:
    """Do what the task does, with a renderer of choice."""
    jobs.run(Document, document.pk, lambda job: documenting.make_document(job, render=render))
    return Document.objects.get(pk=document.pk)


def refuse(html: str) -> bytes:
    raise ValueError("documents may not read 'file:///etc/passwd'")


def read(document: Document) -> bytes:
    with default_storage.open(str(document.file.name)) as file:
        return bytes(file.read())


def verbs(document: Document) -> list[str]:
    return [event.verb for event in Event.objects.about(document)]


def test_the_task_makes_and_keeps_the_answers(document: Document) -> None:
    tasks.make_document(document.pk)
    made = Document.objects.get()
    assert (made.state, made.percent, made.attempt) == (Document.State.DONE, 100, 1)
    content = read(made)
    assert content.startswith(b"%PDF-1.7")
    assert hashlib.sha256(content).hexdigest() == made.sha256
    assert "Braintree District Council" in text_of(content)
    assert verbs(document) == [Verb.DOCUMENT_REQUESTED]


def test_the_task_makes_and_keeps_the_questions(round: Round, stranger: User) -> None:
    document = documenting.request_questions(round=round, by=stranger)
    tasks.make_document(document.pk)
    assert "How to use this sheet" in text_of(read(Document.objects.get()))


def test_a_second_run_does_nothing(document: Document) -> None:
    first = work(document, lambda html: b"%PDF")
    again = work(document, lambda html: b"%PDF of a second run")
    assert (again.attempt, again.sha256) == (1, first.sha256)


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        (State.DRAFT, "-not-signed-off"),
        (State.CHANGES, "-not-signed-off"),
        (State.SUBMITTED, ""),
        (State.ACCEPTED, ""),
    ],
)
def test_the_name_says_what_was_true_when_the_file_was_made(
    state: State, mark: str, document: Document, leader: User, staff: User, round: Round
) -> None:
    assert document.assessment
    bring_to(document.assessment, state, leader=leader, staff=staff)
    made = work(document, lambda html: b"%PDF")
    place = f"braintree-district-council-{round.slug}"
    assert made.file_name == f"essex-data-declaration-{place}-self-assessment{mark}.pdf"
    if state == State.DRAFT:
        bring_to(document.assessment, State.SUBMITTED, leader=leader, staff=staff)
        assert Document.objects.get().file_name == made.file_name


def test_asking_twice_with_one_key_is_one_document(
    document: Document, assessment: Assessment, lead: User, contributor: User
) -> None:
    again = documenting.request_document(assessment=assessment, key="one", by=lead)
    other = documenting.request_document(assessment=assessment, key="two", by=lead)
    theirs = documenting.request_document(assessment=assessment, key="one", by=contributor)
    assert again == document
    assert len({document, other, theirs}) == 3
    assert Event.objects.filter(verb=Verb.DOCUMENT_REQUESTED).count() == 3


def test_everybody_who_asks_gets_the_same_questions(
    round: Round, lead: User, stranger: User, staff: User
) -> None:
    first = documenting.request_questions(round=round, by=lead)
    waiting = documenting.request_questions(round=round, by=stranger)
    work(first, lambda html: b"%PDF")
    ready = documenting.request_questions(round=round, by=staff)
    assert first == waiting == ready
    assert first.requested_by == lead
    assert Event.objects.filter(verb=Verb.DOCUMENT_REQUESTED).count() == 1


def test_questions_that_are_worded_anew_are_printed_anew(round: Round, lead: User) -> None:
    first = documenting.request_questions(round=round, by=lead)
    SupportOffer.objects.filter(slug="data-ethics").update(name="Ethics")
    assert documenting.request_questions(round=round, by=lead) != first


def test_questions_whose_file_is_lost_are_printed_anew(round: Round, lead: User) -> None:
    first = work(documenting.request_questions(round=round, by=lead), lambda html: b"%PDF")
    default_storage.delete(str(first.file.name))
    again = documenting.request_questions(round=round, by=lead)
    assert again != first
    assert work(again, lambda html: b"%PDF").state == Document.State.DONE
    assert documenting.request_questions(round=round, by=lead) == again


def test_questions_that_could_not_be_made_are_tried_again_by_asking(
    round: Round, lead: User, stranger: User
) -> None:
    failed = work(documenting.request_questions(round=round, by=lead), refuse)
    assert failed.state == Document.State.FAILED
    again = documenting.request_questions(round=round, by=stranger)
    assert again == failed
    assert work(again, lambda html: b"%PDF").state == Document.State.DONE
    assert verbs(failed) == [Verb.DOCUMENT_REQUESTED, Verb.DOCUMENT_RETRIED]


def test_pages_that_cannot_be_laid_out_fail_at_once_and_say_why(document: Document) -> None:
    failed = work(document, refuse)
    assert failed.state == Document.State.FAILED
    assert failed.error == (
        "The pages could not be laid out: documents may not read 'file:///etc/passwd'."
    )
    assert not failed.file


def test_a_failed_document_that_is_tried_again_is_made(
    document: Document, contributor: User
) -> None:
    work(document, refuse)
    documenting.retry_document(document=document, by=contributor)
    made = work(document, lambda html: b"%PDF")
    assert (made.state, made.error, made.attempt) == (Document.State.DONE, "", 1)
    assert verbs(document) == [Verb.DOCUMENT_REQUESTED, Verb.DOCUMENT_RETRIED]


def test_a_document_that_has_not_failed_is_not_tried_again(document: Document, lead: User) -> None:
    with pytest.raises(RefusedError, match="has not failed"):
        documenting.retry_document(document=document, by=lead)


def test_each_step_is_told(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    tell = jobs.tell

    def listen(job: jobs.Job, percent: int, step: str) -> None:
        told.append(percent)
        tell(job, percent, step)

    monkeypatch.setattr(jobs, "tell", listen)
    work(document, lambda html: b"%PDF")
    assert told == sorted(told)
    assert len(told) == 3


def test_the_timeline_of_the_partner_has_the_answers_and_not_the_questions(
    document: Document, round: Round, partner: Partner, lead: User
) -> None:
    questions = documenting.request_questions(round=round, by=lead)
    assert Event.objects.about(document).get().partner == partner
    assert Event.objects.about(questions).get().partner is None
