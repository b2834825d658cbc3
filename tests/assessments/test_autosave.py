"""Autosave: what the page's script is told, for whom it keeps, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Answer, Assessment, Draft
from assessments.models.drafts import MAX_DRAFT_BYTES
from assessments.workflow import State
from signatories.models import Membership, User
from tests.assessment_factories import bring_to, save
from tests.assessments.drafting import (
    HOURS,
    autosave,
    draft_of,
    half_typed,
    keep,
    said,
    statements,
    token,
)
from tests.assessments.posting import stored, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def test_the_script_is_told_when_it_was_kept_and_who_else_is_here(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    autosave(client_of(lead), answer, page="the lead’s")
    with time_machine.travel(timezone.now(), tick=False):
        response = autosave(client_of(contributor), answer, page="mine")
    draft = draft_of(answer, contributor)
    assert response.json() == {
        "kept_at": f"{timezone.localtime(draft.kept_at):%H:%M}",
        "revision": draft.revision,
        "others": ["Lee Lead"],
        "newer": "",
    }


def test_whoever_types_on_is_told_early_that_a_colleague_saved_meanwhile(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    save(answer, lead)
    answer.version = 1
    told = autosave(client_of(contributor), answer, version="1").json()
    assert told["newer"].startswith("Lee Lead saved this indicator at ")
    assert told["kept_at"]


@pytest.mark.parametrize("name", HOURS)
def test_what_is_sent_is_kept_to_the_character(
    name: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    text = HOURS[name]
    assert autosave(client_of(lead), answer, narrative=text).status_code == 200
    draft = draft_of(answer, lead)
    assert said(draft) == text
    assert stored(answer).version == 1
    page = client_of(lead).get(reverse("assessments:answer-edit", args=[answer.pk]))
    assert text in text_of(page)
    assert "<script>alert" not in page.content.decode()


def test_half_typed_fields_are_kept_and_the_page_s_own_are_not(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    sent = half_typed(
        answer, support=["other", "x"], plan_due_year="20", writer=token(lead, answer)
    )
    path = reverse("assessments:answer-draft", args=[answer.pk])
    file = SimpleUploadedFile("plan.pdf", b"%PDF-1.7")
    assert client_of(lead).post(path, {**sent, "files": file}).status_code == 200
    typed = draft_of(answer, lead).typed
    of_the_page = {"csrfmiddlewaretoken", "writer", "page", "revision", "next"}
    assert set(typed) == set(sent) - of_the_page
    assert typed["support"] == ["other", "x"]
    assert typed["links-0-url"] == ["https://half.exam"]


def test_a_nul_and_a_broken_letter_are_replaced_and_the_rest_is_kept(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    body = b"version=1&page=p&narrative=be%00fore%ED%A0%80after%ff&x%00=1"
    kind = "application/x-www-form-urlencoded"
    path = reverse("assessments:answer-draft", args=[answer.pk])
    assert client_of(lead).post(path, body, content_type=kind).status_code == 200
    text = said(draft_of(answer, lead))
    assert text.startswith("be\N{REPLACEMENT CHARACTER}fore\N{REPLACEMENT CHARACTER}")
    assert "after" in text


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "٣"])
def test_a_forged_version_is_kept_as_one_that_never_was(
    version: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    assert autosave(client_of(lead), answer, version=version).status_code == 200
    assert draft_of(answer, lead).version == 0


def test_the_version_of_a_conflict_page_is_the_one_the_typing_began_from(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    autosave(client_of(lead), answer, version="4", shown_version="9")
    assert draft_of(answer, lead).version == 4


def test_two_tabs_are_told_and_neither_is_lost(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    revision = autosave(client, answer, page="a", narrative="In tab a").json()["revision"]
    assert autosave(client, answer, page="b", revision=revision).status_code == 200
    response = autosave(client, answer, page="a", revision=revision, narrative="More in tab a")
    assert response.status_code == 409
    assert response.json()["problem"] == "other-tab"
    assert "another tab" in response.json()["message"]
    assert said(draft_of(answer, lead)) == "Half a senten"


def test_a_copy_that_the_browser_kept_puts_the_draft_aside(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    keep(answer, lead, "Typed at the office", page="elsewhere")
    response = autosave(client_of(lead), answer, narrative="Typed on the train", is_copy="1")
    assert response.status_code == 200
    draft = draft_of(answer, lead)
    assert said(draft) == "Typed on the train"
    assert "is_copy" not in draft.typed
    assert [text["typed"]["narrative"] for text in draft.aside] == [["Typed at the office"]]


def test_a_text_that_is_too_long_is_said_to_be_so(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = autosave(client_of(lead), answer, narrative="x" * MAX_DRAFT_BYTES)
    assert response.status_code == 413
    assert response.json()["problem"] == "too-long"
    assert "too long to be kept" in response.json()["message"]
    assert not Draft.objects.exists()


def test_where_the_assessment_is_closed_the_words_are_kept_all_the_same(
    assessment: Assessment, answer: Answer, leader: User, staff: User, client_of: ClientOf
) -> None:
    for state in (State.AWAITING, State.SUBMITTED):
        bring_to(assessment, state, leader=leader, staff=staff) if state == State.AWAITING else None
        response = autosave(client_of(leader), answer, narrative=f"While {state}")
        assert response.status_code == 409
        told = response.json()
        assert told["problem"] == "closed"
        assert "You cannot save here now" in told["message"]
        assert told["kept_at"]
        assert said(draft_of(answer, leader)) == f"While {state}"


def test_while_changes_are_requested_only_the_reopened_indicators_are_open(
    assessment: Assessment, answer: Answer, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    other = assessment.answers.in_order()[1]
    assert autosave(client_of(leader), answer).status_code == 200
    assert autosave(client_of(leader), other).status_code == 409


# --- Who it keeps for --------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["stranger", "former", "staff", "administrator"])
def test_nothing_is_kept_for_those_who_may_not_write_here(
    persona: str, answer: Answer, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(persona))
    assert autosave(client, answer).status_code in {403, 404}
    assert not Draft.objects.exists()


def test_without_a_session_the_words_are_kept_for_who_the_form_names(
    answer: Answer, lead: User
) -> None:
    response = autosave(Client(), answer, writer=token(lead, answer), narrative="An hour")
    assert response.status_code == 401
    told = response.json()
    assert told["problem"] == "signed-out"
    assert "You have been signed out" in told["message"]
    assert told["href"] == f"/accounts/login/?next=/answers/{answer.pk}/"
    assert told["kept_at"]
    assert said(draft_of(answer, lead)) == "An hour"


def test_without_a_session_the_words_of_another_tab_stay(answer: Answer, lead: User) -> None:
    """They are still on the page, so nothing has to be put aside."""
    keep(answer, lead, "In the other tab", page="other")
    response = autosave(Client(), answer, writer=token(lead, answer))
    assert (response.status_code, response.json()["problem"]) == (409, "other-tab")
    assert said(draft_of(answer, lead)) == "In the other tab"


def strict(person: User) -> Client:
    """A client whose forms have an old CSRF token, as after signing in again."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


def test_after_signing_in_again_autosave_goes_on_as_if_nothing_had_happened(
    answer: Answer, lead: User
) -> None:
    client = strict(lead)
    first = autosave(client, answer, writer=token(lead, answer), narrative="One")
    assert first.status_code == 200
    sent = {"revision": first.json()["revision"], "narrative": "Two"}
    second = autosave(client, answer, writer=token(lead, answer), **sent)
    assert second.json()["revision"] == first.json()["revision"] + 1
    assert said(draft_of(answer, lead)) == "Two"


def test_the_words_of_one_person_are_never_kept_for_another(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    """The lead's page, sent by the contributor's session: the lead's words all the same."""
    for client in (client_of(contributor), strict(contributor)):
        response = autosave(client, answer, writer=token(lead, answer), narrative="The lead’s")
        assert response.status_code == 403
        assert response.json()["problem"] == "somebody-else"
        assert "The lead’s" not in response.text
        assert said(draft_of(answer, lead)) == "The lead’s"
        assert not Draft.objects.filter(person=contributor).exists()


def test_when_the_role_ends_the_words_are_kept_and_the_way_to_them_is_told(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    Membership.objects.filter(person=lead).update(ended_at=timezone.now())
    response = autosave(client, answer, writer=token(lead, answer), narrative="An hour")
    draft = draft_of(answer, lead)
    assert response.status_code == 404
    assert response.json()["problem"] == "no-role"
    assert response.json()["href"] == f"/drafts/{draft.pk}/"
    assert said(draft) == "An hour"


def test_a_person_who_was_switched_off_writes_nothing(answer: Answer, disabled: User) -> None:
    response = autosave(Client(), answer, writer=token(disabled, answer))
    assert (response.status_code, response.json()["problem"]) == (403, "switched-off")
    assert not Draft.objects.exists()


def test_without_a_session_it_is_kept_thirty_times_in_five_minutes(
    answer: Answer, lead: User, contributor: User, assessment: Assessment
) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        found = [send(answer, lead, f"Text {number}") for number in range(31)]
        assert found == [401] * 30 + [429]
        assert said(draft_of(answer, lead)) == "Text 29"
        assert send(answer, contributor, "Somebody else") == 401
        assert send(assessment.answers.in_order()[1], lead, "Another answer") == 401
    with time_machine.travel(now + timedelta(minutes=5, seconds=1), tick=False):
        assert send(answer, lead, "Later") == 401


def send(answer: Answer, person: User, text: str) -> int:
    writer = token(person, answer)
    status: int = autosave(Client(), answer, writer=writer, narrative=text).status_code
    return status


def test_signed_in_it_is_kept_as_often_as_somebody_types(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    assert {autosave(client, answer).status_code for _ in range(40)} == {200}


# --- What it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.DRAFT, State.CHANGES, State.AWAITING])
def test_autosave_takes_six_queries_at_most_session_and_person_included(
    state: State, assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    answer = assessment.answers.in_order()[0]
    client, path = client_of(leader), reverse("assessments:answer-draft", args=[answer.pk])
    client.post(path, half_typed(answer))
    for text in ("short", "long " * 100_000):
        sent: dict[str, Any] = half_typed(answer, narrative=text, writer=token(leader, answer))
        assert statements(partial(client.post, path, sent)) <= 6
