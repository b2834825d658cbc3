"""Bringing a spreadsheet back in the browser: the file, its preview, confirming, discarding."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.uploading import MOST_UNCONFIRMED, confirm_sheet
from assessments.models import Answer, Assessment, Round, SheetUpload
from assessments.sheets import ReadOnce, read_sheet
from assessments.verbs import Verb
from declaration.actions import RefusedError
from declaration.weighing import MAX_BYTES
from signatories.models import Event, Membership, User
from tests.assessment_factories import save
from tests.assessments.posting import fields_in, text_of
from tests.assessments.sheet_files import (
    CHANGES,
    FORM,
    bring_back,
    confirmed,
    download,
    filled_in,
    first_two,
    page_of,
    uploaded,
)
from tests.declaration.test_uploads import BROKEN
from tests.small_disk import room_for

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment, lead: User) -> Answer:
    """The first one, rated 2 and completed."""
    return save(assessment.answers.in_order()[0], lead, 2, "We do.")


@pytest.fixture
def client(client_of: ClientOf, contributor: User) -> Client:
    """The contributor's."""
    return client_of(contributor)


def test_it_is_shown_field_by_field_and_then_written(
    assessment: Assessment, answer: Answer, client: Client, contributor: User
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    text = text_of(client.get(page_of(upload)))
    assert "changes 2 indicators and leaves 11 as they are" in text
    assert "1 Exploring" in text
    assert '<ins class="app-added">' in text
    assert first_two(assessment) == [(2, "We do.", True, 2), (None, "", False, 1)]
    assert confirmed(client, upload).status_code == 302
    assert first_two(assessment) == [(2, "We do more.", True, 3), (1, "", True, 2)]
    assert "2 answers changed" in text_of(client.get(page_of(upload)))
    upload.refresh_from_db()
    assert upload.changed_count == 2
    event = Event.objects.about(assessment).get(verb=Verb.SHEET_CONFIRMED.value)
    assert (event.by, event.note) == (contributor, "2 changed, 11 unchanged")
    assert {row.updated_by for row in assessment.answers.in_order()[:2]} == {contributor}


def test_confirming_twice_is_confirming_once(
    assessment: Assessment, answer: Answer, client: Client
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    page = client.get(page_of(upload))
    sent = {name: texts[0] for name, texts in fields_in(page, FORM).items()}
    for _ in range(2):
        response = client.post(page_of(upload, "confirm"), sent)
        assert (response.status_code, response["Location"]) == (302, page_of(upload))
    assert first_two(assessment)[0] == (2, "We do more.", True, 3)
    assert Event.objects.filter(verb=Verb.SHEET_CONFIRMED.value).count() == 1


def test_the_same_file_again_changes_nothing(
    assessment: Assessment, answer: Answer, client: Client
) -> None:
    content = filled_in(assessment, CHANGES)
    assert confirmed(client, uploaded(client, assessment, content)).status_code == 302
    again = uploaded(client, assessment, content)
    page = client.get(page_of(again))
    assert "there is nothing to confirm" in text_of(page)
    assert "Confirm and save" not in text_of(page)
    response = client.post(page_of(again, "confirm"), {"seen": ""})
    assert response.status_code == 409
    assert "There is nothing to write" in text_of(response)


# --- The file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.xlsx", "The file is empty"),
        (b"Code,Rating\n1.1,3\n", "a.xlsx", "The file is text, such as CSV"),
        (b"%PDF-1.7", "a.xlsx", "The file is a PDF"),
        (b"x", "a.csv", "must have a name that ends in .xlsx"),
        (b"PK\x03\x04" + b"\0" * MAX_BYTES, "a.xlsx", "The file must be 5 MB or smaller"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_in_words_and_not_kept(
    content: bytes, name: str, words: str, assessment: Assessment, client: Client
) -> None:
    response = bring_back(client, assessment, content, name)
    assert response.status_code == 200
    text = text_of(response)
    assert words in text
    assert "<title>Error: " in text
    assert not SheetUpload.objects.exists()


def test_no_file_is_told_in_words(assessment: Assessment, client: Client) -> None:
    path = reverse("assessments:sheet-upload", args=[assessment.pk])
    assert "Select a spreadsheet" in text_of(client.post(path, {}))


def test_the_spreadsheet_of_another_round_is_refused(
    assessment: Assessment, client: Client, round: Round
) -> None:
    content = download(assessment)
    today = timezone.localdate()
    later = Round.objects.create(
        edition=round.edition,
        name="later",
        slug="later",
        opens_on=today + timedelta(days=100),
        due_on=today + timedelta(days=110),
        closes_on=today + timedelta(days=120),
        opened_at=timezone.now(),
        opened_by=round.opened_by,
    )
    other = Assessment.objects.create(round=later, partner=assessment.partner)
    text = text_of(bring_back(client, other, content))
    assert f"This spreadsheet is of the {round} round, not of" in text
    assert not SheetUpload.objects.exists()


def test_a_strange_name_is_shown_as_text(
    assessment: Assessment, answer: Answer, client: Client
) -> None:
    content = filled_in(assessment, CHANGES)
    response = bring_back(client, assessment, content, "../\u202e<b>x</b>" + "é" * 190 + ".xlsx")
    page = client.get(response["Location"]).content.decode()
    assert "<b>x</b>" not in page


def test_unconfirmed_files_make_room_for_new_ones(
    assessment: Assessment, answer: Answer, client: Client, lead: User, client_of: ClientOf
) -> None:
    content = filled_in(assessment, CHANGES)
    other = uploaded(client_of(lead), assessment, content)
    first = uploaded(client, assessment, content)
    assert confirmed(client, first).status_code == 302
    for _ in range(MOST_UNCONFIRMED + 2):
        uploaded(client, assessment, content)
    assert SheetUpload.objects.filter(confirmed_at__isnull=True).count() == MOST_UNCONFIRMED + 1
    assert SheetUpload.objects.filter(pk__in=[other.pk, first.pk]).count() == 2


# --- Cells that cannot be taken ------------------------------------------------------------------


def test_nothing_can_be_confirmed_while_a_cell_cannot_be_taken(
    assessment: Assessment, answer: Answer, client: Client, contributor: User
) -> None:
    changes = CHANGES | {("2.1", "Rating"): "<b>superb</b>"}
    upload = uploaded(client, assessment, filled_in(assessment, changes))
    page = client.get(page_of(upload))
    text = page.content.decode()
    assert "Cells that cannot be taken" in text
    assert "&lt;b&gt;superb&lt;/b&gt;" in text
    assert "Confirm and save" not in text
    assert "<title>Error: " in text
    seen = fields_in(page, FORM)["seen"][0]
    response = client.post(page_of(upload, "confirm"), {"seen": seen})
    assert response.status_code == 409
    assert "Some cells cannot be taken, so nothing was written." in text_of(response)
    assert first_two(assessment) == [(2, "We do.", True, 2), (None, "", False, 1)]


# --- Whose it is ---------------------------------------------------------------------------------


def test_only_the_person_who_uploaded_it_sees_it(
    assessment: Assessment,
    answer: Answer,
    client: Client,
    client_of: ClientOf,
    lead: User,
    staff: User,
    stranger: User,
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    for person in (lead, staff, stranger):
        other = client_of(person)
        assert other.get(page_of(upload)).status_code == 404
        for verb in ("confirm", "discard"):
            assert other.post(page_of(upload, verb)).status_code == 404
    assert SheetUpload.objects.get().confirmed_at is None


def test_who_has_left_the_partner_cannot_confirm(
    assessment: Assessment, answer: Answer, client: Client, contributor: User
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    Membership.objects.filter(person=contributor).update(ended_at=timezone.now())
    assert client.post(page_of(upload, "confirm")).status_code == 404
    assert first_two(assessment)[0] == (2, "We do.", True, 2)


def test_discarding_forgets_the_file_and_changes_nothing(
    assessment: Assessment, answer: Answer, client: Client
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    response = client.post(page_of(upload, "discard"), follow=True)
    assert "Spreadsheet discarded. No answer was changed." in text_of(response)
    assert not SheetUpload.objects.exists()
    assert first_two(assessment)[0] == (2, "We do.", True, 2)


def test_a_confirmed_file_cannot_be_discarded(
    assessment: Assessment, answer: Answer, client: Client
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    confirmed(client, upload)
    response = client.post(page_of(upload, "discard"))
    assert response.status_code == 409
    assert "has been confirmed already" in text_of(response)


def test_a_file_signed_by_an_earlier_key_is_told_in_words(
    assessment: Assessment,
    answer: Answer,
    client: Client,
    client_of: ClientOf,
    contributor: User,
    settings: Any,
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    settings.SECRET_KEY = "another key since"
    again = client_of(contributor)
    for response in (again.get(page_of(upload)), again.post(page_of(upload, "confirm"))):
        assert response.status_code == 409
        assert "Download the spreadsheet again" in text_of(response)


def test_the_action_itself_refuses_what_was_not_seen(
    assessment: Assessment, answer: Answer, client: Client, contributor: User
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    with pytest.raises(RefusedError, match="nothing was written"):
        confirm_sheet(
            upload=upload,
            choices={},
            completed=set(),
            seen="made up",
            by=contributor,
            read=read_sheet,
        )
    assert first_two(assessment)[0] == (2, "We do.", True, 2)


def test_a_full_disk_is_told_and_not_that_the_file_is_text(
    assessment: Assessment, client: Client
) -> None:
    with room_for(100_000):
        response = bring_back(client, assessment, b"PK" * 2_000_000)
    page = text_of(response)
    assert "The file could not be received, because the portal has no room left for files" in page
    assert "The file is text" not in page
    assert not SheetUpload.objects.exists()


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_container_is_told_in_words(
    case: str, assessment: Assessment, client: Client
) -> None:
    response = bring_back(client, assessment, BROKEN[case])
    assert response.status_code == 200
    assert "Error: " in text_of(response)
    assert not SheetUpload.objects.exists()


def test_a_workbook_is_parsed_once_however_often_it_is_compared(
    assessment: Assessment, answer: Answer, lead: User
) -> None:
    read, content = ReadOnce(), filled_in(assessment, CHANGES)
    before = read(content, assessment)
    pages = read.pages
    save(answer, lead, 4, "Meanwhile.")
    after = read(content, assessment)
    assert read.pages is pages
    assert before.seen != after.seen
    assert after.seen == read_sheet(content, assessment).seen
    read(filled_in(assessment, {}), assessment)
    assert read.pages is not pages
