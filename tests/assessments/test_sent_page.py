"""After sending: when, by whom, who was told, what happens next, and a record to keep."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions.submitting import send
from assessments.models import Assessment, Round
from assessments.workflow import State
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, bring_to
from tests.assessments.posting import text_of
from tests.factories import make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def awaiting(assessment: Assessment, lead: User, leader: User) -> Assessment:
    """Sent for sign-off by the lead, while the partner has a leader."""
    answer_all(assessment, lead)
    return send(assessment=assessment, by=lead)


def path(name: str, assessment: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[assessment.pk])


def sent(client: Client, assessment: Assessment) -> str:
    response: Any = client.get(path("assessment-sent", assessment))
    assert response.status_code == 200
    return " ".join(text_of(response).split())


def test_it_says_when_by_whom_and_who_was_told(
    awaiting: Assessment, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    make_member(partner, "leader", "Came Later")
    page = sent(client_of(lead), awaiting)
    assert "Sent for sign-off" in page
    at = timezone.localtime(awaiting.sent_at)
    assert f"Lee Lead sent the self-assessment on {at:%-d %B %Y} at {at:%H:%M}." in page
    assert "<li>Lara Leader</li>" in page
    assert "Came Later" not in page
    assert "What happens next" in page


def test_it_names_those_who_were_told_last(
    awaiting: Assessment, partner: Partner, lead: User, leader: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    client.post(path("assessment-take-back", awaiting), {"note": "One more thing."})
    make_member(partner, "leader", "Came Later")
    client.post(path("assessment-send", awaiting))
    page = sent(client, awaiting)
    assert "<li>Came Later</li>" in page
    assert page.count("<li>Lara Leader</li>") == 1


def test_it_leads_to_taking_back_and_to_a_record(
    awaiting: Assessment, lead: User, contributor: User, client_of: ClientOf
) -> None:
    page = sent(client_of(lead), awaiting)
    take_back = f"{path('assessment-detail', awaiting)}#take-back"
    assert f'href="{take_back}"' in page
    assert path("document-request", awaiting) in page
    assert path("assessment-check", awaiting) in page
    assert 'id="take-back"' in text_of(client_of(lead).get(path("assessment-detail", awaiting)))
    assert take_back not in sent(client_of(contributor), awaiting)


def test_a_leader_who_sent_it_can_sign_off_at_once(
    assessment: Assessment, leader: User, client_of: ClientOf
) -> None:
    answer_all(assessment, leader)
    client = client_of(leader)
    response = client.post(path("assessment-send", assessment), follow=True)
    page = text_of(response)
    assert "you are a leader of Braintree District Council" in page
    assert path("assessment-sign-off", assessment) in page


def test_without_a_leader_it_says_who_can_appoint_one(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead)
    send(assessment=assessment, by=lead)
    assert "Ask ecda to appoint the person who signs for you" in sent(client_of(lead), assessment)


def test_after_sign_off_it_says_so_with_a_record_to_keep(
    assessment: Assessment, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    page = sent(client_of(lead), assessment)
    assert "Signed off" in page
    assert "ecda reviews the answers" in page
    assert path("document-request", assessment) in page
    signed_off = text_of(client_of(leader).get(path("assessment-sign-off", assessment)))
    assert path("document-request", assessment) in signed_off


@pytest.mark.parametrize("state", [State.DRAFT, State.CHANGES, State.ACCEPTED])
def test_when_nothing_waits_it_leads_to_the_task_list(
    state: State,
    assessment: Assessment,
    lead: User,
    leader: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    response = client_of(lead).get(path("assessment-sent", assessment))
    assert (response.status_code, response.headers["Location"]) == (
        302,
        path("assessment-detail", assessment),
    )


def test_after_the_round_has_closed_nobody_is_offered_to_take_it_back(
    awaiting: Assessment, lead: User, client_of: ClientOf
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Round.objects.update(opens_on=yesterday, due_on=yesterday, closes_on=yesterday)
    assert "Take the assessment back" not in sent(client_of(lead), awaiting)


def test_it_takes_few_queries_however_many_leaders_there_are(
    assessment: Assessment, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    for _ in range(10):
        make_member(partner, "leader")
    answer_all(assessment, lead)
    send(assessment=assessment, by=lead)
    client = client_of(lead)
    sent(client, assessment)
    with CaptureQueriesContext(connection) as captured:
        sent(client, assessment)
    assert len(captured) <= 4
