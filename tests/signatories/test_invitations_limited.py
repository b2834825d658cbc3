"""What keeps invitations from being misused: how many, by whom, for which partner."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declaration.actions import RefusedError
from signatories.actions.invitations import accept, invite, revoke, send_again, start
from signatories.actions.letters import PER_HOUR
from signatories.actions.members import end_membership
from signatories.models import Event, Invitation, Membership, Message, Partner, User
from tests.factories import make_user
from tests.signatories.inviting import ADDRESS, invited, letters, move_back

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
NO_MORE = "The person who invited you may not give this role any more."


@pytest.fixture
def nia(db: None) -> User:
    return make_user("Nia Newcomer", email=ADDRESS)


def page_of(invitation: Invitation) -> str:
    return reverse("signatories:invitation-detail", args=[invitation.code])


def end_partner(partner: Partner) -> None:
    partner.active_to = timezone.localdate() - timedelta(days=1)
    partner.save()


# --- How often ---------------------------------------------------------------------------------


def test_revoking_and_inviting_again_does_not_fill_a_letterbox(
    partner: Partner, lead: User, leader: User
) -> None:
    first = invited(partner, lead)
    Message.objects.update(attempt=1)
    revoke(invitation=first, by=lead)
    with pytest.raises(RefusedError, match=r"was sent to nia@example.org at \d\d:\d\d. You can"):
        invited(partner, leader, ADDRESS.upper())
    assert len(letters()) == 1
    move_back(first, minutes=6)
    invited(partner, leader)
    assert len(letters()) == 2


def test_one_person_sends_only_so_many_in_an_hour(
    partner: Partner, other_partner: Partner, lead: User, administrator: User
) -> None:
    Membership.objects.create(person=lead, partner=other_partner, role="lead")
    for number in range(PER_HOUR - 1):
        where = partner if number % 2 else other_partner
        revoke(invitation=invited(where, lead, f"p{number}@example.org"), by=lead)
    last = invited(partner, lead)
    with pytest.raises(RefusedError, match="You have sent 50 invitations in the last hour"):
        invited(partner, lead, "one.more@example.org")
    with pytest.raises(RefusedError, match="Wait an hour, or ask ecda"):
        send_again(invitation=move_back(last, minutes=6), by=lead)
    with pytest.raises(RefusedError, match="Wait an hour"):
        invited(partner, lead)
    assert not letters("one.more@example.org")
    assert invited(partner, administrator, "one.more@example.org").state == "waiting"


def test_what_was_sent_more_than_an_hour_ago_is_not_counted(partner: Partner, lead: User) -> None:
    long_ago = timezone.now() - timedelta(minutes=61)
    Event.objects.bulk_create(
        Event(verb="invited somebody", by=lead, at=long_ago) for _ in range(PER_HOUR)
    )
    assert invited(partner, lead).state == "waiting"


@pytest.mark.parametrize(
    "name", ["WIN 1000 http://evil.example now", "See WWW.evil.example", "nia@evil.example"]
)
def test_a_name_with_an_address_opens_no_letter(
    partner: Partner, lead: User, client_of: ClientOf, name: str
) -> None:
    path = reverse("signatories:invitation-create", args=[partner.slug])
    typed = {"email": ADDRESS, "name": name, "role": "contributor"}
    page = client_of(lead).post(path, typed).text
    assert page.count("Enter a name without web and e-mail addresses") == 2
    assert f'value="{name}"' in page
    assert not Message.objects.exists()


# --- What has not left yet ---------------------------------------------------------------------


def test_the_letter_of_a_revoked_invitation_does_not_leave(partner: Partner, lead: User) -> None:
    revoke(invitation=invited(partner, lead), by=lead)
    assert letters() == []


def test_sending_again_replaces_a_letter_that_has_not_left(partner: Partner, lead: User) -> None:
    first = invited(partner, lead)
    Invitation.objects.update(sent_at=F("sent_at") - timedelta(minutes=6))
    send_again(invitation=first, by=lead)
    assert [letter.key for letter in letters()] == [f"invitation-{first.pk}-2"]


def test_a_letter_that_a_worker_has_is_left_alone(partner: Partner, lead: User) -> None:
    first = invited(partner, lead)
    Message.objects.update(
        state="running", attempt=1, lease_until=timezone.now() + timedelta(minutes=1)
    )
    revoke(invitation=first, by=lead)
    assert len(letters()) == 1


# --- Rights that have ended --------------------------------------------------------------------


def test_what_a_removed_lead_offered_is_not_accepted(
    partner: Partner, lead: User, leader: User, nia: User, client: Client, client_of: ClientOf
) -> None:
    invitation = move_back(invited(partner, lead), minutes=6)
    end_membership(membership=Membership.objects.get(person=lead), by=leader)
    for refused in (
        lambda: accept(invitation=invitation, by=nia),
        lambda: start(invitation=invitation),
    ):
        with pytest.raises(RefusedError, match=NO_MORE):
            refused()
    assert not nia.memberships.exists()
    for visitor in (client, client_of(nia)):
        page = visitor.get(page_of(invitation)).text
        assert NO_MORE in page
        assert "Ask a lead of Braintree District Council or ecda to invite you again." in page
        assert "Accept</button>" not in page
        assert "Continue</button>" not in page
    members = reverse("signatories:member-list", args=[partner.slug])
    assert "Lee Lead may not give this role any more" in client_of(leader).get(members).text
    send_again(invitation=invitation, by=leader)
    assert "may not give this role" not in client_of(leader).get(members).text
    assert accept(invitation=invitation, by=nia).role == "contributor"


def test_a_leader_offered_by_a_former_administrator_is_not_accepted(
    partner: Partner, administrator: User, nia: User, client_of: ClientOf
) -> None:
    invitation = invited(partner, administrator, role="leader")
    User.objects.filter(pk=administrator.pk).update(office="")
    with pytest.raises(RefusedError, match=f"{NO_MORE} Ask ecda to invite you again"):
        accept(invitation=invitation, by=nia)
    path = reverse("signatories:invitation-accept", args=[invitation.code])
    page = client_of(nia).post(path, {"name": "Nia"}, follow=True)
    assert "Ask ecda to invite you again." in page.text
    assert not nia.memberships.exists()


def test_what_somebody_offered_whose_account_is_closed_is_not_accepted(
    partner: Partner, lead: User, nia: User
) -> None:
    invitation = invited(partner, lead)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    with pytest.raises(RefusedError, match=NO_MORE):
        accept(invitation=invitation, by=nia)


# --- Partners that do not exist today ----------------------------------------------------------


def test_nobody_is_invited_to_a_partner_that_has_ended(
    partner: Partner, lead: User, nia: User, client_of: ClientOf
) -> None:
    invitation = move_back(invited(partner, lead), minutes=6)
    end_partner(partner)
    for refused in (
        lambda: invited(partner, lead, "other@example.org"),
        lambda: send_again(invitation=invitation, by=lead),
        lambda: accept(invitation=invitation, by=nia),
        lambda: start(invitation=invitation),
    ):
        with pytest.raises(RefusedError, match="Braintree District Council does not exist today"):
            refused()
    page = client_of(nia).get(page_of(invitation)).text
    assert "Braintree District Council does not exist today" in page
    assert "Accept</button>" not in page
    assert len(letters()) == 1
    assert not nia.memberships.exists()


# --- Closed accounts ---------------------------------------------------------------------------


def test_a_lead_does_not_find_out_whose_account_is_closed(
    partner: Partner, lead: User, nia: User, client: Client
) -> None:
    User.objects.filter(pk=nia.pk).update(is_active=False)
    invitation = invited(partner, lead)
    assert len(letters()) == 1
    send_again(invitation=move_back(invitation, minutes=6), by=lead)
    assert "The account of this address is closed" in client.get(page_of(invitation)).text
    with pytest.raises(RefusedError, match="is closed"):
        start(invitation=invitation)


def test_of_their_own_former_members_a_lead_is_told(
    partner: Partner, lead: User, former: User
) -> None:
    User.objects.filter(pk=former.pk).update(is_active=False)
    with pytest.raises(RefusedError, match=f"account of {former.email} is closed"):
        invited(partner, lead, former.email)


def test_administrators_are_told_of_every_closed_account(
    partner: Partner, administrator: User, nia: User
) -> None:
    User.objects.filter(pk=nia.pk).update(is_active=False)
    with pytest.raises(RefusedError, match="is closed"):
        invite(partner=partner, email=ADDRESS, name="", role="lead", by=administrator)
