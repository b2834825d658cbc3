"""What the public sees of the evidence is for leads to say, of each file, and to take back."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.carrying import carry_forward
from assessments.actions.evidence import Link, change_evidence
from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from assessments.verbs import Verb
from assessments.workflow import State
from signatories.models import Event, User
from tests.assessment_factories import bring_to, save
from tests.assessments.posting import text_of
from tests.assessments.test_evidence_detail import again, path_of, typed
from tests.assessments.test_evidence_downloads import content_of
from tests.assessments.uploading import TEXT, add_file, detail_path, download_path, upload
from tests.assessments.years import move_to_the_past, next_year
from tests.declaration.upload_corpus import PDF

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
BEFORE = "The public sees this. Once you"
AFTER = "The public does not see it any more, until a lead at your organisation shows it again"
STOP = "Stop showing it to the public"


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def publish(evidence: Evidence, by: User) -> Evidence:
    """Show it to the public, as a lead does."""
    return change_evidence(
        evidence=evidence,
        title=evidence.title,
        url=evidence.url,
        dated_on=None,
        note="",
        public=True,
        by=by,
    )


@pytest.fixture
def file(answer: Answer, lead: User) -> EvidenceFile:
    """A file that the public sees."""
    found = add_file(answer, lead)
    publish(found.evidence, lead)
    found.refresh_from_db()
    return found


@pytest.fixture
def link(answer: Answer, lead: User) -> Evidence:
    """A link that the public sees."""
    save(answer, lead, links=(Link("Our plan", "https://a.example/plan"),))
    return publish(answer.evidence.get(title="Our plan"), lead)


def unpublish_path(evidence: Evidence) -> str:
    return reverse("assessments:evidence-unpublish", args=[evidence.pk])


def last_note(evidence: Evidence) -> str:
    return Event.objects.about(evidence.answer.assessment).order_by("-pk")[0].note


# --- Another address, another file ---------------------------------------------------------------


def test_a_contributors_file_in_a_public_ones_place_is_not_public(
    file: EvidenceFile, contributor: User, client: Client, client_of: ClientOf
) -> None:
    own = client_of(contributor)
    assert f"{BEFORE} replace the file" in text_of(own.get(detail_path(file)))
    sent = typed(again(file.evidence), file=upload("secret.txt", TEXT))
    assert AFTER in text_of(own.post(detail_path(file), sent, follow=True))
    new = file.evidence.files.get(number=2)
    assert not again(file.evidence).public
    assert client.get(download_path(new)).status_code == 302
    assert client.get(download_path(file)).status_code == 302
    assert last_note(file.evidence).endswith("revision 2, not shown to the public any more")


def test_also_when_something_else_in_the_form_is_wrong(
    file: EvidenceFile, contributor: User, client_of: ClientOf
) -> None:
    sent = typed(again(file.evidence), title="", file=upload("secret.txt", TEXT))
    page = text_of(client_of(contributor).post(detail_path(file), sent))
    assert "Enter a name" in page
    assert AFTER in page
    assert not again(file.evidence).public


def test_another_address_by_a_contributor_is_not_public(
    link: Evidence, contributor: User, client_of: ClientOf
) -> None:
    own = client_of(contributor)
    assert f"{BEFORE} change its address" in text_of(own.get(path_of(link)))
    sent = typed(link, url="https://evil.example/")
    assert AFTER in text_of(own.post(path_of(link), sent, follow=True))
    assert (again(link).url, again(link).public) == ("https://evil.example/", False)
    assert last_note(link) == "1.1: Our plan, not shown to the public any more"


def test_another_name_by_a_contributor_leaves_it_public(
    link: Evidence, contributor: User, client_of: ClientOf
) -> None:
    client_of(contributor).post(path_of(link), typed(link, title="The plan"))
    assert (again(link).title, again(link).public) == ("The plan", True)


def test_what_a_lead_replaces_stays_public_as_ticked(
    file: EvidenceFile, link: Evidence, lead: User, client_of: ClientOf
) -> None:
    own = client_of(lead)
    assert BEFORE not in text_of(own.get(detail_path(file)))
    own.post(detail_path(file), typed(again(file.evidence), file=upload("new.txt", TEXT)))
    own.post(path_of(link), typed(link, url="https://b.example/"))
    assert file.evidence.files.count() == 2
    assert (again(file.evidence).public, again(link).public) == (True, True)


def test_nobody_publishes_what_they_have_not_seen(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    file = add_file(answer, lead)
    sent = typed(file.evidence, public="on")
    path = detail_path(file)
    client_of(contributor).post(path, typed(file.evidence, file=upload("b.txt", TEXT)))
    own = client_of(lead)
    response = own.post(path, sent)
    assert response.status_code == 409
    assert "Somebody else changed what this shows while you were writing" in text_of(response)
    assert not again(file.evidence).public
    own.post(path, typed(again(file.evidence), public="on"))
    assert again(file.evidence).public


def test_copies_for_the_next_round_are_not_public(answer: Answer, lead: User, staff: User) -> None:
    save(answer, lead, links=(Link("Our plan", "https://a.example/plan"),))
    publish(answer.evidence.get(), lead)
    last = answer.assessment
    move_to_the_past(last.round)
    now = next_year(last.round.edition, staff, last.partner)
    carry_forward(assessment=now, by=staff)
    [copy] = Evidence.objects.filter(answer__assessment=now)
    assert (copy.title, copy.public) == ("Our plan", False)


# --- Taken back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.AWAITING, State.SUBMITTED, State.ACCEPTED])
def test_a_lead_takes_it_back_in_every_state(
    state: State,
    file: EvidenceFile,
    lead: User,
    leader: User,
    staff: User,
    client: Client,
    client_of: ClientOf,
) -> None:
    bring_to(file.evidence.answer.assessment, state, leader=leader, staff=staff)
    assert content_of(client.get(download_path(file))) == PDF
    own = client_of(lead)
    assert STOP in text_of(own.get(detail_path(file)))
    own.post(unpublish_path(file.evidence))
    assert not again(file.evidence).public
    assert client.get(download_path(file)).status_code == 302
    assert STOP not in text_of(own.get(detail_path(file)))
    assert last_note(file.evidence) == "1.1: plan, not shown to the public any more"


def test_also_after_the_round_has_closed(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    move_to_the_past(file.evidence.answer.assessment.round)
    client_of(lead).post(unpublish_path(file.evidence))
    assert not again(file.evidence).public


def test_taking_back_twice_is_once(file: EvidenceFile, lead: User, client_of: ClientOf) -> None:
    for _ in range(2):
        assert client_of(lead).post(unpublish_path(file.evidence)).status_code == 302
    changed = Event.objects.filter(verb=Verb.EVIDENCE_CHANGED.value, note__contains="any more")
    assert changed.count() == 1


def test_only_leads_take_it_back(
    file: EvidenceFile,
    contributor: User,
    staff: User,
    stranger: User,
    leader: User,
    client_of: ClientOf,
) -> None:
    bring_to(file.evidence.answer.assessment, State.AWAITING, leader=leader, staff=staff)
    assert STOP not in text_of(client_of(contributor).get(detail_path(file)))
    for person, status in [(contributor, 403), (staff, 403), (stranger, 404)]:
        assert client_of(person).post(unpublish_path(file.evidence)).status_code == status
    assert again(file.evidence).public
