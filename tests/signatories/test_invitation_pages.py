"""Leads invite, send again and revoke on the members page; administrators for every partner."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from signatories.models import Invitation, Membership, Message, Partner, User
from tests.signatories.inviting import ADDRESS, invited, letters, move_back

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def page_of(partner: Partner) -> str:
    return reverse("signatories:invitation-create", args=[partner.slug])


def list_of(partner: Partner) -> str:
    return reverse("signatories:member-list", args=[partner.slug])


def path_of(invitation: Invitation, verb: str) -> str:
    args = [invitation.partner.slug, invitation.pk]
    return reverse(f"signatories:invitation-{verb}", args=args)


def typed(email: str = ADDRESS, role: str = "contributor", **more: str) -> dict[str, str]:
    return {"name": "Nia Newcomer", "email": email, "role": role} | more


@pytest.fixture
def with_domains(partner: Partner) -> Partner:
    """The partner, whose people have addresses at two domains."""
    partner.email_domains = ["braintree.gov.uk", "BRAINTREE.example"]
    partner.save()
    return partner


def test_a_lead_invites_a_contributor(partner: Partner, lead: User, client_of: ClientOf) -> None:
    response = client_of(lead).post(page_of(partner), typed(), follow=True)
    assert response.redirect_chain == [(list_of(partner), 302)]
    assert "nia@example.org has been invited as contributor." in response.text
    assert "Nia Newcomer" in response.text
    assert not Membership.objects.exclude(person=lead).exists()
    assert len(letters()) == 1


def test_a_lead_is_not_offered_the_leader_role(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    assert 'value="leader"' not in client.get(page_of(partner)).text
    response = client.post(page_of(partner), typed(role="leader"))
    assert "Select one of the options" in response.text
    assert not Invitation.objects.exists()


def test_an_administrator_invites_a_leader_of_any_partner(
    other_partner: Partner, administrator: User, client_of: ClientOf
) -> None:
    client_of(administrator).post(page_of(other_partner), typed(role="leader"))
    assert Invitation.objects.get(partner=other_partner).role == "leader"


def test_what_was_typed_comes_back_with_the_reason(
    partner: Partner, lead: User, contributor: User, client_of: ClientOf
) -> None:
    response = client_of(lead).post(page_of(partner), typed(email=contributor.email))
    assert response.status_code == 200
    assert "<title>Error: Invite a member" in response.text
    assert "already has a role" in response.text
    assert 'value="Nia Newcomer"' in response.text


def test_nothing_typed_is_said_at_each_field(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    page = client_of(lead).post(page_of(partner), typed(name="", email="")).text
    for words in ("Enter their full name", "Enter their e-mail address"):
        assert page.count(words) == 2


def test_pressing_twice_sends_one_email_and_says_so(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    client.post(page_of(partner), typed())
    assert "You can send it again at" in client.post(page_of(partner), typed()).text
    assert len(letters()) == 1


def test_inviting_again_is_said_to_be_again(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    move_back(invited(partner, lead), days=3)
    page = client_of(lead).post(page_of(partner), typed(role="lead"), follow=True).text
    assert "was invited before, and is now invited as lead." in page
    assert Invitation.objects.get().role == "lead"


def test_another_role_a_minute_later_is_said_to_go_without_an_email(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    client.post(page_of(partner), typed())
    page = client.post(page_of(partner), typed(role="lead"), follow=True).text
    assert "is now invited as lead. The link in the e-mail that they have shows it." in page
    assert len(letters()) == 1


# --- Addresses outside the partner's domains ---------------------------------------------------


def test_an_address_elsewhere_needs_a_tick_and_nothing_is_lost(
    with_domains: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    assert "invite anyway" not in client.get(page_of(with_domains)).text
    page = client.post(page_of(with_domains), typed(role="lead")).text
    assert "nia@example.org does not end in @braintree.gov.uk or @braintree.example." in page
    assert "This address is outside the partner’s e-mail domains: invite anyway" in page
    assert 'value="nia@example.org"' in page
    assert 'value="Nia Newcomer"' in page
    assert not Invitation.objects.exists()
    client.post(page_of(with_domains), typed(role="lead", outside="on"))
    assert Invitation.objects.get().email == ADDRESS


@pytest.mark.parametrize("domain", ["braintree.example", "Braintree.GOV.uk", "it.braintree.gov.uk"])
def test_an_address_within_the_domains_needs_none(
    with_domains: Partner, lead: User, client_of: ClientOf, domain: str
) -> None:
    response = client_of(lead).post(page_of(with_domains), typed(email=f"nia@{domain}"))
    assert response.status_code == 302


@pytest.mark.parametrize("domain", ["notbraintree.gov.uk", "braintree.gov.uk.example.org"])
def test_a_domain_that_only_looks_alike_is_outside(
    with_domains: Partner, lead: User, client_of: ClientOf, domain: str
) -> None:
    page = client_of(lead).post(page_of(with_domains), typed(email=f"nia@{domain}"))
    assert "invite anyway" in page.text


# --- The list ----------------------------------------------------------------------------------


def test_the_list_shows_who_is_invited_until_when(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    invitation = invited(partner, lead)
    page = client_of(lead).get(list_of(partner)).text
    assert ADDRESS in page
    assert f"until {invitation.expires_at:%-d %B %Y}" in page
    assert "Send again" in page
    assert "Revoke" in page


def test_an_expired_invitation_stays_in_the_list_and_says_so(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    move_back(invited(partner, lead), days=15)
    assert "Expired" in client_of(lead).get(list_of(partner)).text


def test_an_email_that_could_not_be_sent_is_said(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    invited(partner, lead)
    Message.objects.update(state="failed", error="the server’s own words")
    page = client_of(lead).get(list_of(partner)).text
    assert "E-mail not sent" in page
    assert "the server’s own words" not in page


def test_staff_see_who_is_invited_and_change_nothing(
    partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    invitation = invited(partner, lead)
    page = client_of(staff).get(list_of(partner)).text
    assert ADDRESS in page
    assert "Revoke" not in page
    assert client_of(staff).post(path_of(invitation, "revoke")).status_code == 403


def test_a_lead_sends_again(partner: Partner, lead: User, client_of: ClientOf) -> None:
    invitation = move_back(invited(partner, lead), days=15)
    page = client_of(lead).post(path_of(invitation, "send-again"), follow=True).text
    assert "The invitation was sent to nia@example.org again." in page
    assert Invitation.objects.get().state == "waiting"
    assert len(letters()) == 2


def test_sending_again_too_soon_is_refused_in_words(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    invitation = invited(partner, lead)
    page = client_of(lead).post(path_of(invitation, "send-again"), follow=True).text
    assert "You can send it again at" in page
    assert len(letters()) == 1


def test_a_lead_revokes(partner: Partner, lead: User, client_of: ClientOf) -> None:
    invitation = invited(partner, lead)
    page = client_of(lead).post(path_of(invitation, "revoke"), follow=True).text
    assert "The invitation of nia@example.org has been revoked." in page
    assert Invitation.objects.get().state == "revoked"
    again = client_of(lead).post(path_of(invitation, "revoke"), follow=True).text
    assert "The invitation of nia@example.org was revoked." in again


@pytest.mark.parametrize("verb", ["send-again", "revoke"])
def test_a_lead_does_not_touch_the_invitation_of_a_leader(
    partner: Partner, lead: User, administrator: User, client_of: ClientOf, verb: str
) -> None:
    invitation = move_back(invited(partner, administrator, role="leader"), hours=1)
    assert "Only ecda’s administrators can change" in client_of(lead).get(list_of(partner)).text
    assert client_of(lead).post(path_of(invitation, verb)).status_code == 403
    assert client_of(administrator).post(path_of(invitation, verb)).status_code == 302


@pytest.mark.parametrize("verb", ["send-again", "revoke"])
def test_an_invitation_of_another_partner_is_404(
    partner: Partner,
    lead: User,
    other_partner: Partner,
    stranger: User,
    client_of: ClientOf,
    verb: str,
) -> None:
    theirs = invited(other_partner, stranger)
    path = reverse(f"signatories:invitation-{verb}", args=[partner.slug, theirs.pk])
    assert client_of(lead).post(path).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "waiting"
