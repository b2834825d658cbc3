"""Whom other partners may contact: two leads at once, what is asked for, what is kept of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assessments.actions.connecting import connect
from assessments.actions.contacts import want_contact
from assessments.models import Connection, Contact, Round, SupportRequest
from assessments.verbs import Verb
from commitments.models import Edition
from signatories.models import Event, Notice, Partner, User
from tests.assessment_factories import make_round
from tests.assessments.helping import agree, make_request
from tests.assessments.posting import fields_in, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TYPED = {"name": "One Person", "email": "one@x.example", "phone": "", "job_title": "Analyst"}


@pytest.fixture
def round(edition: Edition, partner: Partner, other_partner: Partner, staff: User) -> Round:
    """A round of both partners."""
    return make_round(edition, staff)


@pytest.fixture
def support(round: Round, partner: Partner, contributor: User) -> SupportRequest:
    """What the partner's contributor asked for."""
    indicator = partner.assessments.get(round=round).answers.in_order()[0].indicator
    return make_request(partner, indicator, contributor)


def opened(client: Client, path: str) -> dict[str, Any]:
    """What a browser would send of the form as it stands there."""
    found = fields_in(client.get(path), "contact-form")
    return {name: values[0] for name, values in found.items()} | {"agreed": "on"}


def test_of_two_leads_the_second_is_shown_what_the_first_saved(
    partner: Partner, lead: User, leader: User, client_of: ClientOf
) -> None:
    path = f"/partners/{partner.slug}/contact/"
    first, second = client_of(lead), client_of(leader)
    forms = opened(first, path), opened(second, path)
    assert first.post(path, forms[0] | TYPED).status_code == 302
    response = second.post(path, forms[1] | TYPED | {"name": "Two"})
    assert response.status_code == 409
    assert "One Person" in text_of(response)
    assert f"{lead} saved another contact" in text_of(response)
    assert Contact.objects.get().name == "One Person"
    again = {name: values[0] for name, values in fields_in(response, "contact-form").items()}
    assert again["name"] == "Two"
    assert second.post(path, again | {"agreed": "on"}).status_code == 302
    assert Contact.objects.get().name == "Two"


def test_the_same_contact_from_two_tabs_is_no_conflict(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    path = f"/partners/{partner.slug}/contact/"
    client = client_of(lead)
    form = opened(client, path) | TYPED
    assert [client.post(path, form).status_code for _ in range(2)] == [302, 302]


@pytest.mark.parametrize("sent", ["\0a", "", " ", "x" * 5000, "nobody-of-that-name", "ä/'"])
def test_a_button_that_names_nobody_is_refused_in_words(
    sent: str, support: SupportRequest, staff: User, client_of: ClientOf
) -> None:
    response = client_of(staff).post(f"/support/{support.pk}/want-contact", {"partner": sent})
    assert response.status_code == 409
    assert "Press the button beside the partner" in text_of(response)


def test_the_timeline_says_who_was_connected_and_keeps_no_contact(
    support: SupportRequest, partner: Partner, other_partner: Partner, staff: User
) -> None:
    mine, theirs = agree(partner, "Aa"), agree(other_partner, "Bb")
    connect(request=support, helper=other_partner, note="Talk on Monday", by=staff)
    events = Event.objects.filter(verb=Verb.CONNECTED.value)
    assert {event.note for event in events} == {
        f"{other_partner}, about {support.indicator}.",
        f"{partner}, about {support.indicator}.",
    }
    for note in Event.objects.values_list("note", flat=True):
        for contact in (mine, theirs):
            assert contact.email not in note
            assert contact.phone not in note
    words = Notice.objects.filter(event__verb=Verb.CONNECTED.value).values_list("words", flat=True)
    assert all(("aa@" in each) != ("bb@" in each) and "Talk on Monday" in each for each in words)
    made = Connection.objects.get()
    assert (mine.email in made.asker_contact, theirs.email in made.helper_contact) == (True, True)


def test_the_asker_is_not_shown_whom_ecda_asked_for_a_contact(
    support: SupportRequest,
    other_partner: Partner,
    stranger: User,
    contributor: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    want_contact(request=support, partner=other_partner, by=staff)
    path = f"/support/{support.pk}/"
    assert "asked for a contact" in text_of(client_of(staff).get(path))
    assert "asked for a contact" not in text_of(client_of(contributor).get(path))


def test_every_link_of_a_helpers_timeline_opens_for_its_lead(
    support: SupportRequest,
    other_partner: Partner,
    stranger: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    want_contact(request=support, partner=other_partner, by=staff)
    make_request(other_partner, support.indicator, stranger)
    client = client_of(stranger)
    page = client.get(f"/partners/{other_partner.slug}/timeline/")
    timeline = page.context["timeline"]
    links = {entry.link for day in timeline.days for entry in day.entries if entry.link}
    own = SupportRequest.objects.get(partner=other_partner)
    assert f"/support/{own.pk}/" in links
    assert f"/support/{support.pk}/" not in links
    assert {client.get(link).status_code for link in links} == {200}
