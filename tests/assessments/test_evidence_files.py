"""Files behind an answer: several in one go, each told on its own, nothing typed lost."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from assessments.actions import files
from assessments.actions.files import add_files
from assessments.actions.opening import ClosedToWritingError
from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from declaration.uploads import check
from signatories.models import Event, User
from tests.assessment_factories import bring_to
from tests.assessments.posting import filled, stored, text_of
from tests.assessments.uploading import TEXT, add_file, on_disk, post_files, upload
from tests.declaration.test_uploads import BROKEN
from tests.declaration.upload_corpus import CORPUS, PDF, SVG
from tests.small_disk import room_for

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def test_several_files_are_stored_in_one_go_with_their_date_and_note(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    when = {"files_date-day": "27", "files_date-month": "3", "files_date-year": "2026"}
    response = post_files(
        client_of(contributor),
        answer,
        upload(),
        upload("how we share.txt", TEXT),
        files_note="Approved by the board",
        **when,
    )
    assert "2 files uploaded." in text_of(response)
    found = answer.evidence.current()
    assert [one.title for one in found] == ["plan", "how we share"]
    for one in found:
        assert (one.note, one.dated_on) == ("Approved by the board", date(2026, 3, 27))
        assert (one.added_by, one.public, one.url) == (contributor, False, "")
    file = EvidenceFile.objects.get(name="how we share.txt")
    assert (file.number, file.size, file.media_type) == (1, len(TEXT), "text/plain")
    assert file.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert (Path(settings.MEDIA_ROOT) / str(file.file.name)).read_bytes() == TEXT
    assert file.is_ready
    event = Event.objects.about(answer.assessment).get(verb=Verb.FILES_ADDED.value)
    assert (event.by, event.note) == (contributor, "1.1: plan.pdf, how we share.txt")


def test_the_form_shows_all_that_was_typed_and_nothing_of_it_is_saved(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = post_files(
        client_of(lead), answer, upload(), narrative="Not saved yet", rating="4", files_note="Note"
    )
    page = text_of(response)
    assert response.status_code == 200
    assert "1 file uploaded. What you typed here is not saved yet." in page
    assert ">Not saved yet</textarea>" in page
    assert 'value="4" checked' in page
    assert stored(answer).version == answer.version
    # The note has gone with the files: it is not offered for the next ones.
    assert 'id="id_files_note" name="files_note" type="text">' in page


def test_good_files_are_stored_and_the_others_told_one_by_one(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = post_files(
        client_of(lead),
        answer,
        upload("map.pdf", SVG),
        upload(),
        upload("plan.exe", b"MZ"),
        upload("nothing.txt", b""),
        narrative="Kept in the form",
        files_note="About them all",
    )
    page = text_of(response)
    assert [one.title for one in answer.evidence.current()] == ["plan"]
    assert "“map.pdf” is not what its name says: it holds a web page or a drawing in SVG" in page
    assert "“plan.exe” is not a kind of file that is kept here" in page
    assert "“nothing.txt” is empty" in page
    assert "Error: " in page
    assert 'href="#id_files"' in page
    assert "Kept in the form" in page
    assert 'value="About them all"' in page


@pytest.mark.parametrize("case", ["zip bomb", "pixel flood", "macro in docx", "limit + 1"])
def test_what_is_refused_leaves_no_row_and_no_file(
    case: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    bad = CORPUS[case]
    page = text_of(post_files(client_of(lead), answer, upload(bad.name, bad.content())))
    assert bad.verdict in page
    assert not Evidence.objects.exists()
    assert on_disk() == []


def test_a_save_stores_the_files_too(answer: Answer, lead: User, client_of: ClientOf) -> None:
    path = reverse("assessments:answer-save", args=[answer.pk])
    response = client_of(lead).post(path, filled(answer) | {"files": [upload()]})
    assert response.status_code == 302
    assert answer.evidence.current().get().title == "plan"
    assert stored(answer).version == 2


def test_a_save_with_a_bad_file_keeps_the_good_ones_and_all_that_was_typed(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    path = reverse("assessments:answer-save", args=[answer.pk])
    typed = filled(answer, narrative="Kept in the form")
    both = {"files": [upload(), upload("plan.exe", b"MZ")]}
    page = text_of(client_of(lead).post(path, typed | both))
    assert "“plan.exe” is not a kind of file" in page
    assert "Kept in the form" in page
    assert answer.evidence.current().get().title == "plan"
    # Sent again without the bad file, as a person would.
    response = client_of(lead).post(path, typed | {"files": [upload()]})
    assert response.status_code == 302
    assert answer.evidence.current().count() == 1


def test_the_same_bytes_are_stored_once_for_an_answer(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    twice = [upload(), upload("the same plan.pdf")]
    assert "1 file uploaded. 1 file was here already." in text_of(
        post_files(client, answer, *twice)
    )
    assert "1 file was here already." in text_of(post_files(client, answer, upload()))
    assert answer.evidence.count() == 1
    assert len(on_disk()) == 1
    other = answer.assessment.answers.in_order()[1]
    post_files(client, other, upload())
    assert other.evidence.count() == 1


def test_a_date_that_is_none_is_told_and_the_files_are_there(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    wrong = {"files_date-day": "31", "files_date-month": "2", "files_date-year": "2026"}
    page = text_of(post_files(client_of(lead), answer, upload(), files_note="x" * 501, **wrong))
    assert "must be a real date. The files were uploaded without this." in page
    assert answer.evidence.current().get().dated_on is None


def test_no_file_is_told(answer: Answer, lead: User, client_of: ClientOf) -> None:
    page = text_of(post_files(client_of(lead), answer, narrative="Kept in the form"))
    assert "No file was chosen." in page
    assert "Kept in the form" in page


def test_names_are_shown_without_what_they_should_not_have(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    long = "x" * 300 + ".pdf"
    nasty = upload("plan<script>alert(1)<.pdf", PDF + b" %%EOF")
    response = post_files(client_of(lead), answer, upload(long), nasty)
    assert "<script>alert" not in response.content.decode()
    names = list(EvidenceFile.objects.values_list("name", flat=True))
    assert names == ["x" * 251 + ".pdf", "plan<script>alert(1)<.pdf"]
    assert answer.evidence.current()[0].title == "x" * 200


def test_more_than_twenty_files_at_once_are_told(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    many = [upload(f"{number}.txt", f"{number}".encode()) for number in range(22)]
    page = text_of(post_files(client_of(lead), answer, *many))
    assert answer.evidence.current().count() == 20
    assert "“21.txt” came after 20 others. Upload it next" in page


def test_a_full_disk_is_told_and_leaves_nothing(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    with room_for(10):
        response = post_files(client, answer, upload(), narrative="Kept in the form")
    page = text_of(response)
    assert response.status_code == 200
    assert "The portal has no room left for files, so “plan.pdf” was not kept" in page
    assert "Kept in the form" in page
    assert not Evidence.objects.exists()
    assert on_disk() == []
    # The negative control: with room it is stored.
    post_files(client, answer, upload())
    assert len(on_disk()) == 1


def test_one_file_that_cannot_be_written_takes_none_along(answer: Answer, lead: User) -> None:
    small, large = check(upload("a.txt", b"a")), check(upload("b.txt", b"b" * 5000))
    with room_for(1000), pytest.raises(RefusedError):
        add_files(answer=answer, files=[small, large], by=lead)
    assert on_disk() == []


def test_what_the_database_refuses_leaves_no_file(
    answer: Answer, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(files, "tell", fail)
    with pytest.raises(DatabaseError, match="division by zero"):
        add_file(answer, lead)
    assert on_disk() == []
    assert not EvidenceFile.objects.exists()


def test_a_closed_answer_takes_no_files_and_shows_what_was_typed(
    assessment: Assessment, answer: Answer, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
    response = post_files(client_of(leader), answer, upload(), narrative="Typed too late")
    assert response.status_code == 409
    assert "Typed too late" in text_of(response)
    assert not Evidence.objects.exists()
    assert on_disk() == []
    with pytest.raises(ClosedToWritingError):
        add_file(answer, leader)
    assert on_disk() == []


def test_strangers_ecda_and_visitors_upload_nothing(
    answer: Answer, stranger: User, staff: User, former: User, client: Client, client_of: ClientOf
) -> None:
    for person, status in [(stranger, 404), (former, 404), (staff, 403)]:
        assert post_files(client_of(person), answer, upload()).status_code == status
    assert post_files(client, answer, upload()).status_code == 302
    assert not Evidence.objects.exists()
    assert on_disk() == []


def test_files_that_come_along_with_another_button_are_stored_too(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    """Nobody has to choose them again because they asked for one more row first."""
    path = reverse("assessments:answer-add-link", args=[answer.pk])
    page = text_of(client_of(lead).post(path, filled(answer) | {"files": [upload()]}))
    assert "1 file uploaded." in page
    assert answer.evidence.current().count() == 1


def test_the_indicator_page_lists_files_with_size_date_and_note(
    answer: Answer, lead: User, staff: User, client_of: ClientOf
) -> None:
    post_files(client_of(lead), answer, upload(), files_note="Approved")
    path = reverse("assessments:answer-edit", args=[answer.pk])
    file = EvidenceFile.objects.get()
    for person in (lead, staff):
        page = text_of(client_of(person).get(path))
        assert f'href="/evidence/files/{file.code}/"' in page
        assert "plan.pdf" in page
        assert "Approved" in page


def test_a_broken_container_costs_itself_and_nothing_that_was_typed(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    path = reverse("assessments:answer-save", args=[answer.pk])
    files = [upload(f"{number}.docx", one) for number, one in enumerate(BROKEN.values())]
    sent = filled(answer, narrative="Kept in the form") | {"files": files}
    response = client_of(lead).post(path, sent)
    page = text_of(response)
    assert response.status_code == 200
    assert page.count("is damaged or was cut off") >= len(files)
    assert "Kept in the form" in page
    assert on_disk() == []
