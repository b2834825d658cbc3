"""Files are handed out by an authorised view only, as attachments that run nothing."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from assessments.actions.evidence import remove_evidence
from assessments.actions.files import replace_file
from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from assessments.verbs import Verb
from declaration.files import remove
from declaration.uploads import check
from signatories.models import Event, User
from tests.assessments.posting import text_of
from tests.assessments.uploading import TEXT, add_file, download_path, upload
from tests.declaration.upload_corpus import PDF

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]

MEMBERS = ["contributor", "lead", "leader", "staff_member"]
ECDA = ["staff", "administrator"]
OTHERS = ["stranger", "former"]


@pytest.fixture
def file(assessment: Assessment, lead: User) -> EvidenceFile:
    """A file behind the first answer."""
    answer: Answer = assessment.answers.in_order()[0]
    return add_file(answer, lead, "Cynllun Ŵy; 2026.pdf")


def content_of(response: Any) -> bytes:
    """The bytes of a streamed answer; reading it to its end closes it."""
    content: bytes = response.getvalue()
    return content


def publish(file: EvidenceFile) -> None:
    Evidence.objects.filter(pk=file.evidence_id).update(public=True)


def downloads() -> int:
    return Event.objects.filter(verb=Verb.FILE_DOWNLOADED.value).count()


@pytest.mark.parametrize("who", MEMBERS + ECDA)
def test_its_people_and_ecda_download_it_and_are_noted(
    who: str, file: EvidenceFile, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    person = request.getfixturevalue(who)
    assert content_of(client_of(person).get(download_path(file))) == PDF
    event = Event.objects.get(verb=Verb.FILE_DOWNLOADED.value)
    assert (event.by, event.note) == (person, "1.1: Cynllun Ŵy; 2026.pdf")


@pytest.mark.parametrize("who", OTHERS)
def test_other_partners_do_not_even_learn_that_it_exists(
    who: str, file: EvidenceFile, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    client = client_of(request.getfixturevalue(who))
    found = client.get(download_path(file))
    unknown = client.get("/evidence/files/unknown/")
    assert (found.status_code, unknown.status_code) == (404, 404)
    assert downloads() == 0


@pytest.mark.parametrize("path", ["", "/evidence/files/unknown/"])
def test_visitors_are_asked_to_sign_in_whether_it_exists_or_not(
    path: str, file: EvidenceFile, client: Client
) -> None:
    path = path or download_path(file)
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}"


def test_people_who_may_not_sign_in_any_more_download_nothing(
    file: EvidenceFile, disabled: User, client_of: ClientOf
) -> None:
    assert client_of(disabled).get(download_path(file)).status_code == 302


def test_it_comes_as_an_attachment_that_runs_nothing(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    response = client_of(lead).get(download_path(file))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(PDF))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition).endswith("Cynllun Ŵy; 2026.pdf")
    content_of(response)


@pytest.mark.parametrize("name", ['a"b.pdf', "a\r\nSet-Cookie: x=y.pdf", "../../a.pdf", "x" * 300])
def test_a_nasty_name_does_no_harm_in_the_header(
    name: str, file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    other = add_file(file.evidence.answer, lead, f"{name}.pdf", PDF + b"%%EOF")
    response = client_of(lead).get(download_path(other))
    assert response.status_code == 200
    assert "\n" not in response["Content-Disposition"]
    assert "Set-Cookie" not in response.headers
    content_of(response)


# --- Public --------------------------------------------------------------------------------------


def test_where_it_is_ticked_everybody_downloads_it(
    file: EvidenceFile, client: Client, stranger: User, client_of: ClientOf
) -> None:
    publish(file)
    response = client.get(download_path(file))
    assert "no-store" in response["Cache-Control"]
    assert content_of(response) == PDF
    assert downloads() == 0
    assert content_of(client_of(stranger).get(download_path(file))) == PDF
    assert downloads() == 1


def test_only_the_last_revision_is_public(
    file: EvidenceFile, client: Client, lead: User, client_of: ClientOf
) -> None:
    publish(file)
    evidence = Evidence.objects.get(pk=file.evidence_id)
    new = replace_file(evidence=evidence, file=check(upload("new.txt", TEXT)), by=lead)
    assert client.get(download_path(file)).status_code == 302
    assert content_of(client.get(download_path(new))) == TEXT
    assert content_of(client_of(lead).get(download_path(file))) == PDF


def test_nobody_downloads_what_was_removed(
    file: EvidenceFile, client: Client, lead: User, staff: User, client_of: ClientOf
) -> None:
    publish(file)
    file.evidence.refresh_from_db()
    remove_evidence(evidence=file.evidence, by=lead)
    assert client.get(download_path(file)).status_code == 302
    for person in (lead, staff):
        assert client_of(person).get(download_path(file)).status_code == 404


def test_a_file_that_is_lost_is_told_in_words(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    remove(str(file.file.name))
    response = client_of(lead).get(download_path(file))
    assert response.status_code == 409
    assert "This file is lost. Upload it again, or tell ecda." in text_of(response)
    assert downloads() == 0


def test_another_way_than_reading_is_none(
    file: EvidenceFile, client: Client, lead: User, client_of: ClientOf
) -> None:
    for one in (client, client_of(lead)):
        assert one.post(download_path(file), {"a": BytesIO(b"a")}).status_code == 405
        assert one.delete(download_path(file)).status_code == 405
