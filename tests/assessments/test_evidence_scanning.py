"""With a scanner nobody downloads a file before it was found clean, and never one that was not."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions.files import replace_file
from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from assessments.tasks import scan_file
from assessments.verbs import Verb
from declaration import jobs
from declaration.files import remove
from declaration.jobs import Job
from declaration.uploads import check
from signatories.models import Event, Membership, Notice, User
from tests.assessments.posting import text_of
from tests.assessments.uploading import add_file, detail_path, download_path, post_files, upload
from tests.clamd import Clamd, clamd
from tests.declaration.upload_corpus import EICAR, PDF

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
Ring = list[tuple[str, int]]


@pytest.fixture
def scanner(settings: Any) -> Iterator[Clamd]:
    """A scanner that is set up."""
    with clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        yield server


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def scanned(file: EvidenceFile) -> EvidenceFile:
    """The file after a worker has had it."""
    scan_file(file.pk)
    file.refresh_from_db()
    return file


def parked(file: EvidenceFile) -> EvidenceFile:
    for _ in range(jobs.MAX_ATTEMPTS):
        scanned(file)
    return file


def refused(file: EvidenceFile, client: Client) -> str:
    """What somebody reads who tries to download it."""
    response = client.get(download_path(file))
    assert response.status_code == 409
    return text_of(response)


def test_without_a_scanner_a_file_is_ready_at_once_and_said_to_be_unscanned(
    answer: Answer, lead: User, settings: Any
) -> None:
    settings.CLAMAV_ADDRESS = ""
    file = add_file(answer, lead)
    assert (file.state, file.verdict, file.is_ready) == (Job.State.DONE, "unscanned", True)
    assert file.finished_at is not None


def test_a_file_waits_for_its_verdict_and_the_pages_say_so(
    answer: Answer, lead: User, scanner: Clamd, client_of: ClientOf
) -> None:
    client = client_of(lead)
    page = text_of(post_files(client, answer, upload()))
    file = EvidenceFile.objects.get()
    assert (file.state, file.is_ready) == (Job.State.QUEUED, False)
    assert "plan (being checked for viruses)" in page.replace("<bdi>", "").replace("</bdi>", "")
    assert download_path(file) not in page
    assert "being checked for viruses" in refused(file, client)
    assert "being checked for viruses" in text_of(client.get(detail_path(file)))


def test_the_worker_is_rung_for_it_by_name(
    answer: Answer, lead: User, scanner: Clamd, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        file = add_file(answer, lead)
    rung = [callback.args for callback in callbacks if getattr(callback, "args", None)]
    assert rung == [("assessments.tasks.scan_file", file.pk, file.urgency)]


def test_a_clean_file_can_be_downloaded(
    answer: Answer, lead: User, scanner: Clamd, client_of: ClientOf
) -> None:
    file = scanned(add_file(answer, lead))
    assert (file.state, file.verdict) == (Job.State.DONE, "clean")
    assert scanner.seen == [PDF]
    assert client_of(lead).get(download_path(file)).getvalue() == PDF
    assert not Notice.objects.filter(event__verb=Verb.FILE_REFUSED.value).exists()


def test_an_infected_file_is_shown_as_refused_and_never_handed_out(
    answer: Answer, lead: User, staff: User, client: Client, scanner: Clamd, client_of: ClientOf
) -> None:
    file = scanned(add_file(answer, lead, "eicar.txt", EICAR))
    assert (file.state, file.verdict) == (Job.State.DONE, "infected")
    Evidence.objects.update(public=True)
    for one in (client, client_of(lead), client_of(staff)):
        assert "The virus scanner refused this file" in refused(file, one)
    page = text_of(client_of(lead).get(detail_path(file)))
    assert "refused by the virus scanner" in page
    assert download_path(file) not in page
    assert not Event.objects.filter(verb=Verb.FILE_DOWNLOADED.value).exists()


def test_the_one_who_uploaded_it_is_told_and_nobody_else(
    answer: Answer, contributor: User, lead: User, leader: User, scanner: Clamd
) -> None:
    file = scanned(add_file(answer, contributor, "eicar.txt", EICAR))
    notice = Notice.objects.get(event__verb=Verb.FILE_REFUSED.value)
    assert notice.person == contributor
    assert notice.words.startswith("The virus scanner refused a file of Braintree District Council")
    assert notice.words.endswith("1.1: eicar.txt")
    assert notice.path == detail_path(file)
    # The same job again finds nothing to do.
    scan_file(file.pk)
    assert Notice.objects.filter(event__verb=Verb.FILE_REFUSED.value).count() == 1


def test_somebody_who_may_not_see_it_any_more_is_not_told(
    answer: Answer, contributor: User, scanner: Clamd
) -> None:
    file = add_file(answer, contributor, "eicar.txt", EICAR)
    Membership.objects.filter(person=contributor).update(ended_at=timezone.now())
    assert scanned(file).verdict == "infected"
    assert not Notice.objects.filter(event__verb=Verb.FILE_REFUSED.value).exists()
    assert Event.objects.filter(verb=Verb.FILE_REFUSED.value).count() == 1


def test_each_revision_is_scanned_on_its_own(
    answer: Answer, lead: User, client: Client, scanner: Clamd, client_of: ClientOf
) -> None:
    old = scanned(add_file(answer, lead))
    bad = check(upload("eicar.txt", EICAR))
    new = scanned(replace_file(evidence=old.evidence, file=bad, by=lead))
    assert (new.number, new.verdict) == (2, "infected")
    assert client_of(lead).get(download_path(old)).getvalue() == PDF
    # What is public is the last revision, and that one nobody gets.
    Evidence.objects.update(public=True)
    assert client.get(download_path(old)).status_code == 302
    assert client.get(download_path(new)).status_code == 409


# --- A scanner in trouble ------------------------------------------------------------------------


def test_while_the_scanner_is_away_the_file_waits_and_is_tried_again(
    answer: Answer, lead: User, settings: Any, client_of: ClientOf
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{taken.getsockname()[1]}"
    file = scanned(add_file(answer, lead))
    assert (file.state, file.attempt, file.is_ready) == (Job.State.QUEUED, 1, False)
    assert "The virus scanner does not answer" in file.error
    with clamd() as back:
        settings.CLAMAV_ADDRESS = back.address
        assert scanned(file).is_ready


def test_after_five_attempts_it_is_parked_and_shown_to_ecda_who_try_it_again(
    answer: Answer, lead: User, staff: User, settings: Any, client_of: ClientOf
) -> None:
    with clamd(b"") as silent:
        settings.CLAMAV_ADDRESS = silent.address
        file = parked(add_file(answer, lead))
    assert (file.state, file.is_ready) == (Job.State.FAILED, False)
    assert "It is the turn of ecda" in refused(file, client_of(lead))
    assert "could not be checked for viruses yet" in text_of(client_of(lead).get(detail_path(file)))
    client = client_of(staff)
    page = text_of(client.get("/failed/"))
    for words in ["Check for viruses", "Braintree District Council", "gave no verdict"]:
        assert words in page
    retry = f"/evidence/files/{file.code}/retry"
    assert retry in page
    assert client.post(retry)["Location"] == detail_path(file)
    event = Event.objects.get(verb=Verb.FILE_RETRIED.value)
    assert (event.by, event.note) == (staff, "1.1: plan.pdf")
    with clamd() as back:
        settings.CLAMAV_ADDRESS = back.address
        assert scanned(file).is_ready
    assert "Nothing has failed" in text_of(client.get("/failed/"))
    assert client.post(retry).status_code == 409


def test_nobody_waits_for_what_was_removed(
    answer: Answer, lead: User, staff: User, settings: Any, client_of: ClientOf
) -> None:
    with clamd(b"") as silent:
        settings.CLAMAV_ADDRESS = silent.address
        file = parked(add_file(answer, lead))
    client_of(lead).post(f"/evidence/{file.evidence_id}/remove")
    assert "Nothing has failed" in text_of(client_of(staff).get("/failed/"))
    assert "could not be made" not in text_of(client_of(staff).get("/overview/"))
    assert client_of(staff).post(f"/evidence/files/{file.code}/retry").status_code == 404


def test_a_file_that_is_gone_is_parked_at_once(answer: Answer, lead: User, scanner: Clamd) -> None:
    file = add_file(answer, lead)
    remove(str(file.file.name))
    assert (scanned(file).state, file.attempt) == (Job.State.FAILED, 1)
    assert "This file is lost" in file.error


def test_a_scanner_that_was_taken_away_leaves_files_unscanned_and_not_waiting_for_ever(
    answer: Answer, lead: User, scanner: Clamd, settings: Any
) -> None:
    file = add_file(answer, lead)
    settings.CLAMAV_ADDRESS = ""
    assert scanned(file).is_ready
    assert file.verdict == "unscanned"
