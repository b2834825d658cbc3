"""Asking for a document, watching it, trying it again, taking it away: the pages."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.actions import documenting
from assessments.models import Assessment, Document, Round
from assessments.verbs import Verb
from declaration import jobs
from signatories.models import Event, Partner, User
from tests.assessment_factories import make_round
from tests.assessments.years import later_edition
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
BACK = re.compile(r'<a href="([^"]+)" class="govuk-back-link"')
KEY = re.compile(r'name="key" value="([\w-]+)"')


@pytest.fixture
def document(assessment: Assessment, lead: User) -> Document:
    """The answers, which the lead has asked for."""
    return documenting.request_document(assessment=assessment, key="one", by=lead)


@pytest.fixture
def questions(round: Round, lead: User) -> Document:
    """The blank questions, which the lead has asked for."""
    return documenting.request_questions(round=round, by=lead)


def finish(document: Document) -> Document:
    """Have a worker end the job, with a file of a few bytes."""
    jobs.run(Document, document.pk, lambda job: documenting.make_document(job, render=few_bytes))
    return Document.objects.get(pk=document.pk)


def few_bytes(html: str) -> bytes:
    return b"%PDF-1.7 few bytes"


def fail(document: Document) -> None:
    job = jobs.claim(Document, document.pk)
    assert job is not None
    jobs.fail(job, "The pages could not be laid out.", final=True)


@pytest.mark.parametrize("persona", ["contributor", "leader", "staff"])
def test_both_documents_are_offered_on_the_task_list(
    persona: str, assessment: Assessment, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(persona))
    text = client.get(f"/assessments/{assessment.pk}/").text
    assert f'action="/assessments/{assessment.pk}/documents/request"' in text
    assert f'action="/rounds/{assessment.round.slug}/questions/request"' in text
    assert KEY.search(text)


def test_asking_leads_to_the_page_that_shows_how_far_it_is(
    assessment: Assessment, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    key = KEY.findall(client.get(f"/assessments/{assessment.pk}/").text)[0]
    address = f"/assessments/{assessment.pk}/documents/request"
    first, second = (client.post(address, {"key": key}) for _ in range(2))
    document = Document.objects.get()
    assert first.status_code == 302
    assert first.headers["Location"] == second.headers["Location"] == f"/documents/{document.code}/"
    assert (document.assessment, document.requested_by) == (assessment, contributor)
    assert Event.objects.about(document).get().verb == Verb.DOCUMENT_REQUESTED


@pytest.mark.parametrize("key", ["", "x" * 300, "<b>", "é\u0301\u202e", "\x00"])
def test_a_key_of_somebody_elses_making_is_replaced(
    key: str, assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    client_of(lead).post(f"/assessments/{assessment.pk}/documents/request", {"key": key})
    assert re.fullmatch(r"answers-\d+-\d+-[\w-]{22}", Document.objects.get().key)


def test_anybody_signed_in_gets_the_one_sheet_of_questions(
    round: Round, lead: User, stranger: User, staff: User, client_of: ClientOf
) -> None:
    address = f"/rounds/{round.slug}/questions/request"
    found = [client_of(person).post(address) for person in (lead, stranger, staff)]
    assert {response.status_code for response in found} == {302}
    page = f"/documents/{Document.objects.get().code}/"
    assert {response.headers["Location"] for response in found} == {page}
    assert "Blank questions as PDF" in client_of(stranger).get(page).text


def test_a_round_that_does_not_exist_has_no_questions(lead: User, client_of: ClientOf) -> None:
    assert client_of(lead).post("/rounds/1999/questions/request").status_code == 404


def test_the_page_polls_while_waiting_and_stops_when_it_is_ready(
    document: Document, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    page = client.get(f"/documents/{document.code}/").text
    fragment = client.get(f"/documents/{document.code}/status").text
    for text in (page, fragment):
        assert f'hx-get="/documents/{document.code}/status"' in text
        assert "<progress" in text
    assert "<html" not in fragment
    assert "You asked for this document on" in page
    assert "Every page says “Not signed off”" in page
    finish(document)
    ended = client.get(f"/documents/{document.code}/status").text
    assert "hx-get" not in ended
    assert f'href="/documents/{document.code}/download"' in ended


def test_the_way_back_is_the_persons_own_task_list(
    document: Document,
    questions: Document,
    assessment: Assessment,
    lead: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    task_list = f'href="/assessments/{assessment.pk}/"'
    for one in (document, questions):
        assert task_list in client_of(lead).get(f"/documents/{one.code}/").text
    make_partner()
    another = make_round(later_edition(), staff)
    theirs = documenting.request_questions(round=another, by=staff)
    assert BACK.findall(client_of(staff).get(f"/documents/{theirs.code}/").text) == ["/start/"]


def test_answers_are_downloaded_under_their_own_name_and_noted(
    document: Document, contributor: User, round: Round, client_of: ClientOf
) -> None:
    finish(document)
    response = client_of(contributor).get(f"/documents/{document.code}/download")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    place = f"braintree-district-council-{round.slug}"
    name = f"essex-data-declaration-{place}-self-assessment-not-signed-off.pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue() == b"%PDF-1.7 few bytes"
    event = Event.objects.get(verb=Verb.DOCUMENT_DOWNLOADED)
    assert (event.by, event.partner) == (contributor, document.assessment.partner)  # type: ignore[union-attr]  # it has one


def test_questions_are_downloaded_under_their_own_name(
    questions: Document, stranger: User, round: Round, client_of: ClientOf
) -> None:
    finish(questions)
    response = client_of(stranger).get(f"/documents/{questions.code}/download")
    name = f"essex-data-declaration-{round.slug}-questions.pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.getvalue() == b"%PDF-1.7 few bytes"


def test_a_document_that_is_not_ready_cannot_be_downloaded_yet(
    document: Document, lead: User, client_of: ClientOf
) -> None:
    response = client_of(lead).get(f"/documents/{document.code}/download")
    assert response.status_code == 409
    assert "This document is not ready yet" in response.text
    assert not Event.objects.filter(verb=Verb.DOCUMENT_DOWNLOADED).exists()


def test_a_lost_file_is_said_in_words(document: Document, lead: User, client_of: ClientOf) -> None:
    ready = finish(document)
    ready.file.storage.delete(str(ready.file.name))
    response = client_of(lead).get(f"/documents/{document.code}/download")
    assert response.status_code == 409
    assert "Ask for the document again" in response.text


def test_a_failed_document_says_why_and_can_be_tried_again(
    document: Document, lead: User, client_of: ClientOf
) -> None:
    fail(document)
    client = client_of(lead)
    page = client.get(f"/documents/{document.code}/").text
    assert "The pages could not be laid out." in page
    assert f'action="/documents/{document.code}/retry"' in page
    response = client.post(f"/documents/{document.code}/retry")
    assert response.headers["Location"] == f"/documents/{document.code}/"
    assert Document.objects.get().state == Document.State.QUEUED
    assert client.post(f"/documents/{document.code}/retry").status_code == 409
    assert Event.objects.filter(verb=Verb.DOCUMENT_RETRIED, by=lead).count() == 1


def test_ecda_finds_what_failed_in_its_list(
    document: Document, questions: Document, staff: User, round: Round, client_of: ClientOf
) -> None:
    fail(document)
    fail(questions)
    page = client_of(staff).get("/failed/").text
    for one in (document, questions):
        assert f'action="/documents/{one.code}/retry"' in page
    assert "Self-assessment as PDF" in page
    assert f"Round {round}" in page
    assert "2 documents and e-mails could not be" in client_of(staff).get("/overview/").text


@pytest.mark.parametrize("persona", ["stranger", "former"])
def test_answers_of_other_partners_do_not_exist(
    persona: str,
    document: Document,
    assessment: Assessment,
    partner: Partner,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:
    finish(document)
    client = client_of(request.getfixturevalue(persona))
    place = f"/documents/{document.code}/"
    found = [client.get(place + end) for end in ("", "status", "download")]
    found.append(client.post(f"{place}retry"))
    found.append(client.post(f"/assessments/{assessment.pk}/documents/request", {"key": "x"}))
    assert {response.status_code for response in found} == {404}
    assert not any(partner.name in response.text for response in found)
    assert Document.objects.count() == 1


def test_unknown_codes_do_not_exist(staff: User, client_of: ClientOf) -> None:
    for code in ("nothing", "0", "a" * 500, "..%2f..%2fetc"):
        assert client_of(staff).get(f"/documents/{code}/").status_code == 404


def test_the_pages_stay_within_their_budget(
    document: Document,
    questions: Document,
    lead: User,
    client_of: ClientOf,
) -> None:
    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    client = client_of(lead)
    assert queries(f"/documents/{document.code}/") <= 3
    assert queries(f"/documents/{document.code}/status") <= 3
    assert queries(f"/documents/{questions.code}/") <= 4


def test_asking_stays_within_its_budget(
    assessment: Assessment, round: Round, lead: User, client_of: ClientOf
) -> None:
    def queries(address: str, **sent: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.post(address, sent).status_code == 302
        return len([each for each in found if "SAVEPOINT" not in each["sql"]])

    client = client_of(lead)
    client.get("/start/")
    assert queries(f"/assessments/{assessment.pk}/documents/request", key="one") <= 7
    address = f"/rounds/{round.slug}/questions/request"
    assert queries(address) <= 13
    assert queries(address) <= 9
