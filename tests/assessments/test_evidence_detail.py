"""One link or file: changed, replaced with its revisions kept, made public by leads only."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.evidence import Link, change_evidence, remove_evidence
from assessments.actions.files import replace_file
from assessments.dashboards import stamp
from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from declaration.uploads import check
from signatories.models import Event, User
from tests.assessment_factories import bring_to, save
from tests.assessments.posting import text_of
from tests.assessments.test_queries import queries
from tests.assessments.uploading import TEXT, add_file, detail_path, on_disk, upload

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


@pytest.fixture
def file(answer: Answer, contributor: User) -> EvidenceFile:
    """A file that a contributor put behind it."""
    return add_file(answer, contributor)


@pytest.fixture
def link(answer: Answer, lead: User) -> Evidence:
    """A link that a lead put behind it."""
    save(answer, lead, links=(Link("Our plan", "https://a.example/plan"),))
    return answer.evidence.get(title="Our plan")


def path_of(link: Evidence) -> str:
    return reverse("assessments:evidence-detail", args=[link.pk])


def typed(evidence: Evidence, **changed: Any) -> dict[str, Any]:
    """The form of its page, filled in as it is stored."""
    fields = {"seen": stamp(evidence), "title": evidence.title, "note": evidence.note}
    fields |= {"url": evidence.url} if evidence.url else {}
    fields |= {"public": "on"} if evidence.public else {}
    return fields | changed


def again(evidence: Evidence) -> Evidence:
    return Evidence.objects.get(pk=evidence.pk)


# --- Changing ------------------------------------------------------------------------------------


def test_a_link_gets_another_name_address_date_and_note(
    link: Evidence, contributor: User, client_of: ClientOf
) -> None:
    when = {"date-day": "1", "date-month": "March", "date-year": "2025"}
    new = {"title": "Our new plan", "url": "https://b.example/", "note": "Chapter 3"}
    response = client_of(contributor).post(path_of(link), typed(link, **new, **when))
    assert response["Location"] == reverse("assessments:answer-edit", args=[link.answer_id])
    found = again(link)
    assert (found.title, found.url, found.note) == tuple(new.values())
    assert found.dated_on == date(2025, 3, 1)
    event = Event.objects.about(link.answer.assessment).get(verb=Verb.EVIDENCE_CHANGED.value)
    assert (event.by, event.note) == (contributor, "1.1: Our new plan")
    assert found.history.count() == 2  # type: ignore[attr-defined]  # pghistory's related name


def test_a_file_gets_another_name_and_has_no_address(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    evidence = file.evidence
    sent = typed(evidence, title="The plan", url="https://b.example/")
    client_of(lead).post(detail_path(file), sent)
    assert (again(evidence).title, again(evidence).url) == ("The plan", "")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": "  "}, "Enter a name"),
        ({"title": "x" * 201}, "200 characters"),
        ({"note": "x" * 501}, "500 characters"),
        ({"note": "a\0b"}, "NUL"),
        ({"url": ""}, "Enter the address"),
        ({"url": "javascript:alert(1)"}, "web address"),
        ({"url": "https://a.example/other"}, "already has that link"),
        ({"date-day": "31", "date-month": "2", "date-year": "2026"}, "real date"),
    ],
)
def test_what_is_wrong_is_told_and_kept_in_the_form(
    wrong: dict[str, str], words: str, link: Evidence, lead: User, client_of: ClientOf
) -> None:
    link.answer.refresh_from_db()
    save(link.answer, lead, links=(Link("Other", "https://a.example/other"),))
    sent = typed(link, note="Kept in the form") | wrong
    response = client_of(lead).post(path_of(link), sent)
    page = text_of(response)
    assert response.status_code in {200, 409}
    assert words in page
    assert "Error: " in page
    assert again(link).note == ""
    assert "note" in wrong or "Kept in the form" in page


def test_a_change_that_somebody_else_did_not_see_is_asked_about(
    link: Evidence, lead: User, contributor: User, client_of: ClientOf
) -> None:
    mine = typed(link, note="Mine")
    client_of(contributor).post(path_of(link), typed(link, note="Theirs"))
    client = client_of(lead)
    response = client.post(path_of(link), mine)
    page = text_of(response)
    assert response.status_code == 409
    assert "Somebody else changed this while you were writing" in page
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert again(link).note == "Theirs"
    # Saved again from that page, it takes the other's place, knowingly.
    client.post(path_of(link), mine | {"seen": stamp(again(link))})
    assert again(link).note == "Mine"


def test_saving_twice_is_once(link: Evidence, lead: User, client_of: ClientOf) -> None:
    sent = typed(link, note="Mine")
    for _ in range(2):
        assert client_of(lead).post(path_of(link), sent).status_code == 302
    events = Event.objects.about(link.answer.assessment)
    assert events.filter(verb=Verb.EVIDENCE_CHANGED.value).count() == 1


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lead", "leader"])
def test_leads_make_evidence_public_and_take_that_back(
    who: str, file: EvidenceFile, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert 'name="public"' in text_of(client.get(detail_path(file)))
    client.post(detail_path(file), typed(file.evidence, public="on"))
    assert again(file.evidence).public
    client.post(detail_path(file), typed(again(file.evidence)) | {"public": ""})
    assert not again(file.evidence).public


def test_contributors_make_nothing_public_and_take_nothing_back(
    file: EvidenceFile, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    assert 'name="public"' not in text_of(client.get(detail_path(file)))
    client.post(detail_path(file), typed(file.evidence, public="on", note="Changed"))
    assert (again(file.evidence).public, again(file.evidence).note) == (False, "Changed")
    Evidence.objects.update(public=True)
    client.post(detail_path(file), typed(again(file.evidence), note="Again") | {"public": ""})
    assert (again(file.evidence).public, again(file.evidence).note) == (True, "Again")


def test_ecda_reads_and_changes_nothing(
    file: EvidenceFile, link: Evidence, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    for path, evidence in [(detail_path(file), file.evidence), (path_of(link), link)]:
        page = text_of(client.get(path))
        assert evidence.title in page
        assert 'name="title"' not in page
        assert client.post(path, typed(evidence, title="x")).status_code == 403


def test_a_closed_answer_keeps_its_evidence_and_shows_what_was_typed(
    assessment: Assessment,
    file: EvidenceFile,
    leader: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
    client = client_of(leader)
    assert 'name="title"' not in text_of(client.get(detail_path(file)))
    sent = typed(file.evidence, note="Typed too late", file=upload("new.txt", TEXT))
    response = client.post(detail_path(file), sent)
    assert response.status_code == 409
    assert "Typed too late" in text_of(response)
    assert again(file.evidence).note == ""
    assert file.evidence.files.count() == 1
    for late in (
        lambda: replace_file(
            evidence=file.evidence, file=check(upload("new.txt", TEXT)), by=leader
        ),
        lambda: change_evidence(
            evidence=file.evidence, title="x", dated_on=None, note="", public=True, by=leader
        ),
    ):
        with pytest.raises(RefusedError):
            late()
    assert len(on_disk()) == 1


def test_the_ids_of_another_partner_lead_nowhere(
    file: EvidenceFile, link: Evidence, stranger: User, former: User, client_of: ClientOf
) -> None:
    for person in (stranger, former):
        client = client_of(person)
        for path in (detail_path(file), path_of(link)):
            assert client.get(path).status_code == 404
            assert client.post(path, typed(link, title="Mine now")).status_code == 404
    assert not Evidence.objects.filter(title="Mine now").exists()


def test_what_was_removed_has_no_page_any_more(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    remove_evidence(evidence=file.evidence, by=lead)
    client = client_of(lead)
    for response in (
        client.get(detail_path(file)),
        client.post(detail_path(file), typed(file.evidence, title="x")),
    ):
        assert response.status_code == 302
    assert "This has been removed: plan" in text_of(client.get("/start/", follow=True))
    assert again(file.evidence).title == "plan"
    event = Event.objects.about(file.evidence.answer.assessment).get(verb=Verb.FILE_REMOVED.value)
    assert event.note == "1.1: plan"


# --- Replacing -----------------------------------------------------------------------------------


def test_a_replaced_file_is_a_new_revision_and_the_old_one_stays(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    sent = typed(file.evidence, file=upload("plan 2.txt", TEXT))
    assert client.post(detail_path(file), sent).status_code == 302
    old, new = file.evidence.files.order_by("number")
    assert (old.pk, old.name, old.sha256) == (file.pk, "plan.pdf", file.sha256)
    assert (new.number, new.name, new.uploaded_by) == (2, "plan 2.txt", lead)
    page = text_of(client.get(detail_path(file)))
    assert page.index(new.code) < page.index(old.code)
    assert "Revision 1, uploaded by Connie Contributor" in page
    event = Event.objects.about(file.evidence.answer.assessment).get(verb=Verb.FILE_REPLACED.value)
    assert event.note == "1.1: plan 2.txt, revision 2"
    assert len(on_disk()) == 2


def test_a_bad_file_replaces_nothing_and_nothing_typed_is_lost(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    sent = typed(file.evidence, note="Kept in the form", file=upload("plan.exe", b"MZ"))
    page = text_of(client_of(lead).post(detail_path(file), sent))
    assert "“plan.exe” is not a kind of file" in page
    assert 'href="#id_file"' in page
    assert "Kept in the form" in page
    assert file.evidence.files.count() == 1


def test_the_same_file_again_replaces_nothing(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(lead).post(detail_path(file), typed(file.evidence, file=upload())))
    assert "“plan.pdf” is the same file as the one that is here" in page
    assert file.evidence.files.count() == 1
    assert len(on_disk()) == 1


def test_a_good_file_is_kept_though_something_else_is_wrong(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    """Nobody has to choose it again."""
    sent = typed(file.evidence, title="", file=upload("plan 2.txt", TEXT))
    page = text_of(client_of(lead).post(detail_path(file), sent))
    assert "Enter a name" in page
    assert "Revision 2" in page
    assert file.evidence.files.count() == 2


def test_a_link_is_not_replaced_by_a_file(link: Evidence, lead: User) -> None:
    with pytest.raises(RefusedError, match="This is a link"):
        replace_file(evidence=link, file=check(upload()), by=lead)
    assert on_disk() == []


def test_the_page_stays_within_its_budget(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    client.get(detail_path(file))
    one = queries(lambda: client.get(detail_path(file)))
    for number in range(5):
        new = check(upload("plan.txt", f"{number}".encode()))
        replace_file(evidence=file.evidence, file=new, by=lead)
    assert queries(lambda: client.get(detail_path(file))) == one <= 5
