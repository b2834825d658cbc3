"""Sending for sign-off, taking back, sending back, signing off: the pages and who is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.submitting import IncompleteError, send, sign_off, take_back
from assessments.models import Assessment, Round
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, Notice, User
from tests.assessment_factories import answer_all, bring_to, save
from tests.assessments.posting import text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def path(name: str, assessment: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[assessment.pk])


def told(verb: Verb) -> set[tuple[str, str]]:
    """Who was told of the latest event of that kind, and where the notice leads."""
    event = Event.objects.filter(verb=verb.value).latest("pk")
    notices = Notice.objects.filter(event=event).select_related("person")
    return {(notice.person.name, notice.path) for notice in notices}


@pytest.fixture
def awaiting(assessment: Assessment, lead: User, leader: User) -> Assessment:
    """Sent for sign-off by the lead."""
    answer_all(assessment, lead)
    return send(assessment=assessment, by=lead)


@pytest.fixture
def decision(awaiting: Assessment, leader: User, client_of: ClientOf) -> str:
    """The page on which the leader decides."""
    return text_of(client_of(leader).get(path("assessment-sign-off", awaiting)))


# --- Sending -------------------------------------------------------------------------------------


def test_sending_needs_every_indicator(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    answers = list(assessment.answers.in_order())
    for answer in answers[:-2]:
        save(answer, lead)
    save(answers[-2], lead, rating=None)
    response = client_of(lead).post(path("assessment-send", assessment))
    page = text_of(response)
    assert response.status_code == 409
    assert "Error: Check answers" in page
    summary = page[page.index("govuk-error-summary") : page.index("<h1")]
    for answer in answers[-2:]:
        assert reverse("assessments:answer-edit", args=[answer.pk]) in summary
    assert summary.count("<a ") == 2
    assert Assessment.objects.get().state == State.DRAFT
    with pytest.raises(IncompleteError) as refused:
        send(assessment=assessment, by=lead)
    assert refused.value.missing == answers[-2:]


def test_sending_tells_the_leaders_with_a_link_to_sign_off(
    assessment: Assessment, lead: User, leader: User, contributor: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead)
    client = client_of(lead)
    response = client.post(path("assessment-send", assessment), follow=True)
    assert response.redirect_chain == [(path("assessment-sent", assessment), 302)]
    assert "Sent for sign-off" in text_of(response)
    now = Assessment.objects.get()
    assert (now.state, now.came_from, now.sent_by) == ("awaiting", "draft", lead)
    assert told(Verb.SENT) == {(leader.name, path("assessment-sign-off", assessment))}


def test_check_answers_lists_what_is_missing_before_anybody_sends(
    assessment: Assessment, lead: User, contributor: User, client_of: ClientOf
) -> None:
    save(assessment.answers.in_order()[0], lead)
    save(assessment.answers.in_order()[1], lead, rating=None, narrative="Half")
    page = text_of(client_of(lead).get(path("assessment-check", assessment)))
    assert page.count("not answered yet") == 12
    assert "1 of 13 answered" in page
    assert "Send for sign-off" in page
    page = text_of(client_of(contributor).get(path("assessment-check", assessment)))
    assert path("assessment-send", assessment) not in page
    assert "A lead of your partner sends" in page


# --- The leader's decision ------------------------------------------------------------------------


def test_the_leader_reads_every_answer_before_signing(decision: str) -> None:
    assert decision.count("We do.") == 13
    assert "Lee Lead sent it on" in decision
    assert "you state for Braintree District Council" in decision


def test_signing_off_needs_the_tick(
    awaiting: Assessment, leader: User, client_of: ClientOf
) -> None:
    response = client_of(leader).post(path("assessment-sign-off-confirm", awaiting))
    page = text_of(response)
    assert "Confirm that you have read the answers and sign them off" in page
    assert "Error: Sign off" in page
    assert Assessment.objects.get().state == State.AWAITING


def test_signing_off_is_confirmed_and_ecda_is_told(
    awaiting: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    confirm = path("assessment-sign-off-confirm", awaiting)
    response = client.post(confirm, {"confirm": "on"}, follow=True)
    assert response.redirect_chain == [(path("assessment-sign-off", awaiting), 302)]
    page = text_of(response)
    assert "govuk-panel--confirmation" in page
    assert "What happens next" in page
    now = Assessment.objects.get()
    assert (now.state, now.submitted_by, now.came_from) == ("submitted", leader, "")
    assert told(Verb.SIGNED_OFF) == {(staff.name, path("review-detail", awaiting))}
    # It is true whenever it is read: it may have been reviewed before the e-mail is opened.
    words = Notice.objects.filter(event__verb=Verb.SIGNED_OFF.value).values_list("words", flat=True)
    assert all(text.endswith("for ecda to review.") for text in words)


def test_what_was_changed_since_the_leader_read_it_is_not_signed(
    awaiting: Assessment, lead: User, leader: User, client_of: ClientOf, decision: str
) -> None:
    """Taken back, changed and sent again between the leader's reading and the click."""
    seen = decision.split('name="seen" value="')[1].split('"')[0]
    take_back(assessment=awaiting, note="A slip", by=lead)
    save(awaiting.answers.in_order()[0], lead, narrative="Another text")
    send(assessment=awaiting, by=lead)
    typed = {"confirm": "on", "seen": seen}
    response = client_of(leader).post(path("assessment-sign-off-confirm", awaiting), typed)
    assert response.status_code == 409
    assert "has been changed since you opened the page" in text_of(response)
    assert Assessment.objects.get().state == State.AWAITING


def test_what_the_leader_read_is_signed(
    awaiting: Assessment, leader: User, client_of: ClientOf, decision: str
) -> None:
    seen = decision.split('name="seen" value="')[1].split('"')[0]
    typed = {"confirm": "on", "seen": seen}
    response = client_of(leader).post(path("assessment-sign-off-confirm", awaiting), typed)
    assert response.status_code == 302


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-02-31T10:00", "2026-01-01", "x" * 9999])
def test_nonsense_for_what_was_read_breaks_nothing(
    seen: str, awaiting: Assessment, leader: User, client_of: ClientOf
) -> None:
    typed = {"confirm": "on", "seen": seen}
    response = client_of(leader).post(path("assessment-sign-off-confirm", awaiting), typed)
    assert response.status_code == 302


def test_sending_back_needs_a_note_and_tells_the_leads(
    awaiting: Assessment, lead: User, leader: User, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    response = client.post(path("assessment-decline", awaiting), {"note": " \n "})
    assert "Enter a note that says why" in text_of(response)
    client.post(path("assessment-decline", awaiting), {"note": "Look at 1.2 again"})
    assert Assessment.objects.get().state == State.DRAFT
    assert told(Verb.DECLINED) == {(lead.name, path("assessment-detail", awaiting))}
    page = text_of(client_of(lead).get(path("assessment-detail", awaiting)))
    assert "Lara Leader sent back the self-assessment" in page
    assert "Look at 1.2 again" in page


def test_a_lead_takes_back_with_a_note_on_the_task_list(
    awaiting: Assessment, lead: User, leader: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    page = text_of(client.get(path("assessment-detail", awaiting)))
    assert path("assessment-take-back", awaiting) in page
    response = client.post(path("assessment-take-back", awaiting), {"note": ""})
    assert "Error: " in text_of(response)
    response = client.post(path("assessment-take-back", awaiting), {"note": "A slip"})
    assert response.status_code == 302
    assert Assessment.objects.get().state == State.DRAFT
    assert told(Verb.TAKEN_BACK) == {(leader.name, path("assessment-detail", awaiting))}


def test_taken_back_after_changes_it_returns_to_changes(
    assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    send(assessment=assessment, by=lead)
    take_back(assessment=assessment, note="A slip", by=lead)
    now = Assessment.objects.get()
    assert (now.state, now.came_from) == ("changes", "")
    first, second = now.answers.in_order()[:2]
    save(first, lead, narrative="Still open")
    with pytest.raises(RefusedError, match=r"not open to indicator 1\.2"):
        save(second, lead, narrative="Still closed")


def test_an_action_needs_words_in_its_note(awaiting: Assessment, lead: User) -> None:
    with pytest.raises(RefusedError, match="Say why"):
        take_back(assessment=awaiting, note=" ", by=lead)


def test_the_sign_off_page_of_a_draft_says_whose_turn_it_is(
    assessment: Assessment, leader: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(leader).get(path("assessment-sign-off", assessment)))
    assert "There is nothing to sign off now" in page
    assert "It is your turn" in page


def test_after_the_round_closed_nobody_at_the_partner_moves_it_and_ecda_still_reviews(
    awaiting: Assessment, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    submitted = sign_off(assessment=awaiting, by=leader)
    assert submitted.state == State.SUBMITTED
    yesterday = timezone.localdate() - timedelta(days=1)
    Round.objects.update(opens_on=yesterday, due_on=yesterday, closes_on=yesterday)
    first = awaiting.answers.in_order()[0]
    typed = {"note": "Why", f"comment-{first.indicator_id}": "Say more."}
    response = client_of(staff).post(path("review-request-changes", awaiting), typed)
    assert response.status_code == 302
    response = client_of(lead).post(path("assessment-send", awaiting))
    assert response.status_code == 409
    assert f"The round {awaiting.round} closed on" in text_of(response)
    assert "Send for sign-off" not in text_of(
        client_of(lead).get(path("assessment-check", awaiting))
    )
