"""Showing a partner’s own ratings to everybody: who may choose, and take it back."""

from collections.abc import Callable

import pytest
from django.test import Client

from assessments.actions.publishing import start_publishing, stop_publishing
from assessments.models import Assessment, Publication
from assessments.verbs import Verb
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessments.posting import text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def verbs(partner: Partner) -> list[str]:
    events = Event.objects.filter(partner=partner).order_by("pk")
    return [each.verb for each in events if "publish" in each.verb]


def test_a_leader_chooses_and_takes_it_back(
    partner: Partner, leader: User, client_of: ClientOf
) -> None:
    client, path = client_of(leader), f"/partners/{partner.slug}/publishing/"
    page = text_of(client.get(path))
    assert f"No: {partner} has not chosen to publish its ratings." in page
    assert "no words, no evidence" in page
    assert "From the next round whose figures ecda releases." in page
    page = text_of(client.post(f"{path}start"))
    assert "Confirm that you have read what becomes public" in page
    assert not Publication.objects.exists()
    response = client.post(f"{path}start", {"understood": "on"}, follow=True)
    assert response.redirect_chain == [(path, 302)]
    page = text_of(response)
    assert "Yes: <bdi>Lara Leader</bdi> chose so on" in page
    assert "You have chosen that everybody may see your ratings" in page
    page = text_of(client.post(f"{path}stop", follow=True))
    assert "No: <bdi>Lara Leader</bdi> took the choice back on" in page
    assert "Publish our ratings" in page
    assert verbs(partner) == [Verb.PUBLISHING_STARTED.value, Verb.PUBLISHING_STOPPED.value]


def test_twice_is_once(partner: Partner, leader: User) -> None:
    first = start_publishing(partner=partner, by=leader)
    assert start_publishing(partner=partner, by=leader) == first
    assert stop_publishing(partner=partner, by=leader) == first
    assert stop_publishing(partner=partner, by=leader) is None
    assert start_publishing(partner=partner, by=leader) != first
    assert len(verbs(partner)) == 3
    assert Publication.objects.live().count() == 1


@pytest.mark.parametrize("persona", ["contributor", "lead", "staff", "former", "stranger"])
def test_nobody_else_may_choose(
    partner: Partner, leader: User, persona: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(persona)
    with pytest.raises(RefusedError, match="Only a leader of Braintree"):
        start_publishing(partner=partner, by=person)
    choice = start_publishing(partner=partner, by=leader)
    with pytest.raises(RefusedError, match="Only a leader of Braintree"):
        stop_publishing(partner=partner, by=person)
    choice.refresh_from_db()
    assert choice.ended_at is None


def test_others_read_it_without_a_button(
    assessment: Assessment, leader: User, lead: User, staff: User, client_of: ClientOf
) -> None:
    partner = assessment.partner
    start_publishing(partner=partner, by=leader)
    for person in (lead, staff):
        page = client_of(person).get(f"/partners/{partner.slug}/publishing/").content.decode()
        assert "decides this" in page
        assert "publishing/stop" not in page
        page = text_of(client_of(person).get(f"/partners/{partner.slug}/progress/"))
        assert "has chosen that everybody may see its own ratings" in page


def test_the_leads_and_ecda_are_told(
    partner: Partner, leader: User, lead: User, contributor: User, staff: User
) -> None:
    start_publishing(partner=partner, by=leader)
    notices = Notice.objects.filter(event__verb=Verb.PUBLISHING_STARTED.value)
    assert {each.person for each in notices} == {lead, staff}
    found = notices.get(person=lead)
    assert found.words == (
        "Lara Leader chose that everybody may see the ratings of Braintree District Council, from "
        "the next round whose figures are released."
    )
    assert found.path == f"/partners/{partner.slug}/publishing/"
