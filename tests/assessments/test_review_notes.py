"""Notes among reviewers: kept as written, and never seen by anybody at the partner."""

import json
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.noting import add_note
from assessments.actions.reviewing import accept
from assessments.dashboards import read_offline
from assessments.documents import read, write
from assessments.models import Assessment, Document, ReviewNote, Snapshot
from assessments.sheets import write_sheet
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, Message, Notice, User
from tests.assessment_factories import bring_to
from tests.assessments.posting import text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
CANARY = "CANARY: between ourselves"


@pytest.fixture
def submitted(assessment: Assessment, leader: User, staff: User) -> Assessment:
    """Signed off, waiting for review."""
    return bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)


def path(name: str, assessment: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[assessment.pk])


def test_every_reviewer_reads_a_note_with_who_wrote_it_when(
    submitted: Assessment, staff: User, administrator: User, client_of: ClientOf
) -> None:
    typed = {"private": " Ask <Legal>\nabout 1.2 "}
    response = client_of(staff).post(path("note-add", submitted), typed)
    assert response["Location"] == f"{path('review-detail', submitted)}#notes"
    note = ReviewNote.objects.get()
    assert (note.words, note.by) == ("Ask <Legal>\nabout 1.2", staff)
    page = text_of(client_of(administrator).get(path("review-detail", submitted)))
    assert "Ask <Legal>\nabout 1.2" in page
    assert "Sam Staff" in page


@pytest.mark.parametrize("state", State)
def test_a_note_can_be_written_in_every_state(
    state: State, assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    client = client_of(staff)
    assert 'name="private"' in text_of(client.get(path("review-detail", assessment)))
    client.post(path("note-add", assessment), {"private": "Noted"})
    assert ReviewNote.objects.get().words == "Noted"
    assert Assessment.objects.get().state == state


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Enter the note for other reviewers"),
        (" \r\n ", "Enter the note for other reviewers"),
        ("x" * 5001, "5000 characters or fewer"),
        ("a\ufffdb", "could not be read"),
    ],
)
def test_a_note_that_cannot_be_kept_comes_back_with_all_else_that_was_typed(
    words: str, said: str, submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    typed = {"private": words, "note": "n" * 5001}
    response = client_of(staff).post(path("note-add", submitted), typed)
    page = text_of(response)
    assert said in page
    assert typed["note"] in page
    assert page.count("govuk-error-message") == 1
    assert not ReviewNote.objects.exists()


def test_a_double_press_is_one_note(submitted: Assessment, staff: User) -> None:
    first = add_note(assessment=submitted, words="Twice", by=staff)
    assert add_note(assessment=submitted, words="Twice", by=staff) == first
    add_note(assessment=submitted, words="Another", by=staff)
    add_note(assessment=submitted, words="Twice", by=staff)
    assert ReviewNote.objects.count() == 3


def test_a_note_typed_and_not_added_is_kept_with_the_decision(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client_of(staff).post(path("review-accept", submitted), {"private": "By the way"})
    assert ReviewNote.objects.get().words == "By the way"


def test_the_rest_of_the_form_is_kept_when_a_note_is_added(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    client.post(path("note-add", submitted), {"private": "Noted", "note": "Half a sentence"})
    page = text_of(client.get(path("review-detail", submitted)))
    assert "Half a sentence</textarea>" in page
    assert page.count("Noted") == 1


def test_the_timeline_says_that_there_is_a_note_and_not_what_it_says(
    submitted: Assessment, staff: User
) -> None:
    add_note(assessment=submitted, words=CANARY, by=staff)
    event = Event.objects.get(verb=Verb.NOTE_ADDED.value)
    assert event.note == ""
    assert not Notice.objects.filter(event=event).exists()


@pytest.mark.parametrize("persona", ["contributor", "lead", "leader", "staff_member", "stranger"])
def test_nobody_at_a_partner_writes_notes(
    persona: str, submitted: Assessment, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(persona)
    response = client_of(person).post(path("note-add", submitted), {"private": "x"})
    assert response.status_code == (404 if persona == "stranger" else 403)
    with pytest.raises(RefusedError, match="can review this assessment"):
        add_note(assessment=submitted, words="x", by=person)
    assert not ReviewNote.objects.exists()


def test_no_document_sheet_snapshot_or_message_holds_a_note(
    submitted: Assessment, staff: User, lead: User
) -> None:
    """The pages are walked in tests/architecture/test_private_words.py."""
    add_note(assessment=submitted, words=CANARY, by=staff)
    accept(assessment=submitted, note="", by=staff)
    accepted = Assessment.objects.select_related("round__edition", "partner").get()
    document = Document.objects.create(
        key="d", kind="assessment", assessment=accepted, round=accepted.round, requested_by=lead
    )
    workbook = zipfile.ZipFile(BytesIO(write_sheet(accepted, read_offline(accepted))))
    said = [
        json.dumps(Snapshot.objects.get().content),
        write(read(document)),
        *(workbook.read(name).decode(errors="replace") for name in workbook.namelist()),
        *Notice.objects.values_list("words", flat=True),
        *Message.objects.values_list("body", flat=True),
        *Event.objects.values_list("note", flat=True),
    ]
    assert not [text for text in said if "CANARY" in text]
    assert any("We do." in text for text in said)
