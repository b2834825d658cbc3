"""Where a person is led after signing in."""

from collections.abc import Callable

import pytest
from django.test import Client

from signatories.actions.invitations import revoke
from signatories.models import Membership, Partner, User
from tests.factories import make_user
from tests.signatories.inviting import invited, move_back

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    response = client.get("/start/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("persona", ["staff", "staff_member", "administrator"])
def test_ecda_starts_at_the_overview(
    persona: str, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    response = client_of(request.getfixturevalue(persona)).get("/start/")
    assert response.headers["Location"] == "/overview/"


def test_a_member_of_one_partner_starts_at_its_page(
    client_of: ClientOf, contributor: User, partner: Partner
) -> None:
    response = client_of(contributor).get("/start/")
    assert response.headers["Location"] == f"/partners/{partner.slug}/"


def test_a_member_of_several_partners_chooses(
    client_of: ClientOf, lead: User, partner: Partner, other_partner: Partner
) -> None:
    Membership.objects.create(person=lead, partner=other_partner, role="contributor")
    page = client_of(lead).get("/start/")
    assert page.status_code == 200
    for each in (partner, other_partner):
        assert f'href="/partners/{each.slug}/"' in page.text
    assert "You are a contributor here" in page.text


def test_a_person_without_a_partner_is_told_what_to_do(
    client_of: ClientOf, former: User, partner: Partner
) -> None:
    for person in (former, make_user("New Person")):
        page = client_of(person).get("/start/")
        assert page.status_code == 200
        assert "You do not belong to a partner at the moment" in page.text
        assert partner.name not in page.text


def test_an_invitation_that_waits_is_found_here(
    client_of: ClientOf, partner: Partner, lead: User
) -> None:
    person = make_user("New Person", email="new@example.org")
    invitation = invited(partner, lead, "NEW@example.org", role="lead")
    page = client_of(person).get("/start/").text
    assert "Read and accept the invitation to Braintree District Council" in page
    assert f'href="/invitations/{invitation.code}/"' in page
    assert "As lead, invited by Lee Lead" in page
    assert "You do not belong to a partner" not in page


@pytest.mark.parametrize("persona", ["stranger", "staff"])
def test_an_invitation_keeps_somebody_who_would_be_led_on(
    persona: str,
    client_of: ClientOf,
    partner: Partner,
    lead: User,
    request: pytest.FixtureRequest,
) -> None:
    person = request.getfixturevalue(persona)
    invited(partner, lead, person.email)
    page = client_of(person).get("/start/")
    assert page.status_code == 200
    assert "Invitations for you" in page.text


def test_invitations_that_have_ended_or_are_for_others_are_not_shown(
    client_of: ClientOf, partner: Partner, other_partner: Partner, lead: User, stranger: User
) -> None:
    person = make_user("New Person", email="new@example.org")
    move_back(invited(partner, lead, person.email), days=15)
    revoke(invitation=invited(other_partner, stranger, person.email), by=stranger)
    invited(partner, lead, "somebody.else@example.org")
    page = client_of(person).get("/start/").text
    assert "Invitations for you" not in page
    assert "You do not belong to a partner at the moment" in page
