"""Showing a partner’s own ratings to everybody: who may choose, and take it back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assessments.actions.publishing import start_publishing, stop_publishing
from assessments.models import Assessment, Publication
from assessments.verbs import Verb
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessments.posting import text_of
from tests.progress.regions import make_region, newest

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
    assert "Your public page does not show your ratings, and no file holds them." in page
    assert "No: <bdi>Lara Leader</bdi> took the choice back on" in page
    assert "Publish our ratings" in page
    assert verbs(partner) == [Verb.PUBLISHING_STARTED.value, Verb.PUBLISHING_STOPPED.value]


def test_who_reads_is_spoken_to_and_told_the_round_that_is_next(
    assessment: Assessment, partner: Partner, leader: User, staff: User, client_of: ClientOf
) -> None:
    path = f"/partners/{partner.slug}/publishing/"
    page = text_of(client_of(leader).get(path))
    assert "May everybody see your ratings?" in page
    closes = f"{assessment.round.closes_on:%-d %B %Y}"
    assert f"probably round {assessment.round}, which closes on {closes}." in page
    assert f"May everybody see the ratings of {partner}?" in text_of(client_of(staff).get(path))
    home = f"/partners/{partner.slug}/"
    assert "Decide whether to publish the ratings" in text_of(client_of(leader).get(home))
    assert f"Who sees the ratings of {partner}" in text_of(client_of(staff).get(home))


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


def test_taking_it_back_says_which_rounds_keep_the_ratings(
    edition: Edition, staff: User, client_of: ClientOf, settings: Any
) -> None:
    settings.DEMO = True
    make_region(edition, staff)
    choice = Publication.objects.live().select_related("partner", "started_by")[0]
    partner, name = choice.partner, newest().round.name
    kept = f"Files of rounds released meanwhile keep them: {name}."
    client = client_of(choice.started_by)
    page = text_of(client.post(f"/partners/{partner.slug}/publishing/stop", follow=True))
    assert f"Your public page no longer shows your ratings. {kept}" in page
    event = Event.objects.get(partner=partner, verb=Verb.PUBLISHING_STOPPED.value)
    assert event.note == f"Its public page no longer shows its ratings. {kept}"
    told = Notice.objects.get(event=event, person=staff)
    assert told.words == (
        f"{choice.started_by} took back the choice that everybody may see the ratings of "
        f"{partner}. {event.note}"
    )
    assert "not public" not in f"{page} {told.words}"
