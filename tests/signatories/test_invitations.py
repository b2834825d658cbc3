"""Addresses are invited: one invitation each, an e-mail at once, sent again, changed, revoked."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from declaration.actions import RefusedError
from signatories.actions.invitations import EndedError, revoke, send_again
from signatories.models import Event, Invitation, Membership, Partner, User
from signatories.models.invitations import LIFETIME
from signatories.tasks import send_message
from signatories.verbs import Verb
from tests.factories import make_user
from tests.signatories.inviting import ADDRESS, invited, letters, move_back

pytestmark = pytest.mark.django_db

State = Invitation.State


def last_event(invitation: Invitation) -> tuple[str, User | None, str]:
    event = Event.objects.about(invitation).last()
    assert event is not None
    return event.verb, event.by, event.note


def test_an_invitation_gives_no_role_and_makes_no_account(partner: Partner, lead: User) -> None:
    invitation = invited(partner, lead, " Nia@Example.ORG ", role="lead")
    assert (invitation.email, invitation.role, invitation.state) == (ADDRESS, "lead", "waiting")
    assert not User.objects.filter(email=ADDRESS).exists()
    assert not Membership.objects.exclude(person=lead).exists()
    assert last_event(invitation) == (Verb.INVITED, lead, "nia@example.org, lead")


def test_it_can_be_accepted_for_fourteen_days(partner: Partner, lead: User) -> None:
    invitation = invited(partner, lead)
    assert abs(invitation.expires_at - timezone.now() - LIFETIME) < timedelta(minutes=1)
    assert timedelta(days=14) == LIFETIME


def test_the_email_says_who_invites_to_what_until_when(partner: Partner, lead: User) -> None:
    invitation = invited(partner, lead, role="lead")
    letter = letters()[0]
    assert letter.person is None
    assert letter.subject == "Invitation to the Essex Data Declaration: Braintree District Council"
    until = f"{timezone.localtime(invitation.expires_at):%-d %B %Y}"
    for words in (
        "Hello Nia N,",
        "Lee Lead invites you to work on the Essex Data Declaration for",
        "for Braintree District Council, as lead.",
        f"\n{settings.PUBLIC_URL}/invitations/{invitation.code}/\n",
        f"It is for nia@example.org only and works until {until}",
    ):
        assert words in letter.body


def test_the_email_is_handed_over_by_a_worker(
    partner: Partner, lead: User, mailoutbox: list[object]
) -> None:
    invited(partner, lead)
    send_message(letters()[0].pk)
    assert [mail.to for mail in mailoutbox] == [[ADDRESS]]  # type: ignore[attr-defined]  # pytest-django's


def test_a_name_with_line_ends_writes_no_lines_into_the_email(partner: Partner, lead: User) -> None:
    invited(partner, lead, name="Nia\n\nYou have won")
    assert "Hello Nia You have won," in letters()[0].body


def test_a_known_persons_email_is_theirs(partner: Partner, lead: User, stranger: User) -> None:
    invited(partner, lead, stranger.email.upper())
    assert letters(stranger.email)[0].person == stranger


def test_who_has_a_role_here_is_not_invited(
    partner: Partner, lead: User, contributor: User
) -> None:
    with pytest.raises(RefusedError, match=r"already has a role at .*: contributor"):
        invited(partner, lead, contributor.email.upper(), role="lead")
    assert not Invitation.objects.exists()
    assert not letters(contributor.email)


def test_a_former_member_is_invited_like_anybody(
    partner: Partner, lead: User, former: User
) -> None:
    assert invited(partner, lead, former.email).state == State.WAITING


def test_an_administrator_is_told_that_an_account_is_closed(
    partner: Partner, administrator: User
) -> None:
    make_user(email="closed@example.org", is_active=False)
    with pytest.raises(RefusedError, match=r"account of closed@example.org is closed"):
        invited(partner, administrator, "closed@example.org")


def test_a_letter_that_looks_alike_is_another_address(partner: Partner, lead: User) -> None:
    make_user(email="mike@example.org")
    invitation = invited(partner, lead, "m\u0131ke@example.org")
    assert invitation.email == "m\u0131ke@example.org"
    assert letters("m\u0131ke@example.org")[0].person is None


# --- Inviting the same address again -----------------------------------------------------------


def test_inviting_again_sends_again_with_the_new_role(
    partner: Partner, lead: User, leader: User
) -> None:
    first = move_back(invited(partner, lead), days=15)
    again = invited(partner, leader, ADDRESS.upper(), role="lead", name="Nia Newcomer")
    assert (again.pk, again.code, again.role, again.name) == (
        first.pk,
        first.code,
        "lead",
        "Nia Newcomer",
    )
    assert (again.state, again.sent_count, again.invited_by) == (State.WAITING, 2, leader)
    assert [letter.body.count("as lead.") for letter in letters()] == [0, 1]
    assert last_event(again)[0] == Verb.INVITED_AGAIN


def test_inviting_twice_in_five_minutes_sends_one_email(partner: Partner, lead: User) -> None:
    invited(partner, lead)
    with pytest.raises(RefusedError, match=r"was sent to nia@example.org at \d\d:\d\d. You can"):
        invited(partner, lead)
    assert len(letters()) == 1


def test_another_role_minutes_later_changes_the_offer_without_an_email(
    partner: Partner, lead: User
) -> None:
    invited(partner, lead)
    again = invited(partner, lead, role="lead")
    assert (again.role, again.sent_count, len(letters())) == ("lead", 1, 1)
    assert last_event(again) == (Verb.INVITATION_CHANGED, lead, "nia@example.org, lead")


def test_a_lead_does_not_lower_what_an_administrator_offered(
    partner: Partner, lead: User, administrator: User
) -> None:
    move_back(invited(partner, administrator, role="leader"), hours=1)
    with pytest.raises(RefusedError, match="invited as leader already"):
        invited(partner, lead)
    assert Invitation.objects.get().role == "leader"


def test_two_partners_invite_the_same_address(
    partner: Partner, other_partner: Partner, lead: User, stranger: User
) -> None:
    invited(partner, lead)
    invited(other_partner, stranger)
    assert Invitation.objects.waiting().count() == 2


# --- Sending again, changing, revoking ---------------------------------------------------------


def test_sending_again_keeps_the_link_and_renews_the_last_day(partner: Partner, lead: User) -> None:
    first = move_back(invited(partner, lead), days=20)
    assert first.state == State.EXPIRED
    again = send_again(invitation=first, by=lead)
    assert (again.code, again.state, again.sent_count) == (first.code, State.WAITING, 2)
    assert len({letter.message_id for letter in letters()}) == 2
    assert f"/invitations/{first.code}/" in letters()[1].body
    assert last_event(again)[0] == Verb.INVITED_AGAIN


def test_it_is_sent_again_once_in_five_minutes(partner: Partner, lead: User) -> None:
    first = move_back(invited(partner, lead), minutes=6)
    send_again(invitation=first, by=lead)
    with pytest.raises(RefusedError, match="You can send it again at"):
        send_again(invitation=first, by=lead)
    assert len(letters()) == 2


def test_it_is_not_sent_again_to_somebody_with_a_role(
    partner: Partner, lead: User, stranger: User
) -> None:
    invitation = move_back(invited(partner, lead, stranger.email), hours=1)
    Membership.objects.create(person=stranger, partner=partner, role="lead")
    with pytest.raises(RefusedError, match="already has a role"):
        send_again(invitation=invitation, by=lead)


def test_another_role_is_offered_without_an_email(
    partner: Partner, lead: User, administrator: User
) -> None:
    invited(partner, lead)
    changed = invited(partner, administrator, role="leader")
    assert Invitation.objects.get().role == "leader"
    assert last_event(changed) == (
        Verb.INVITATION_CHANGED,
        administrator,
        "nia@example.org, leader",
    )
    assert len(letters()) == 1


def test_a_revoked_invitation_says_by_whom_and_when(partner: Partner, lead: User) -> None:
    invitation = revoke(invitation=invited(partner, lead), by=lead)
    assert (invitation.state, invitation.revoked_by) == (State.REVOKED, lead)
    assert invitation.revoked_at is not None
    assert last_event(invitation)[0] == Verb.INVITATION_REVOKED


@pytest.mark.parametrize("what", [revoke, send_again])
def test_what_was_revoked_is_not_touched_again(what: object, partner: Partner, lead: User) -> None:
    invitation = revoke(invitation=move_back(invited(partner, lead), hours=1), by=lead)
    with pytest.raises(EndedError, match="was revoked"):
        what(invitation=invitation, by=lead)  # type: ignore[operator]  # one of two actions
    assert len(letters()) == 1


def test_a_new_invitation_follows_a_revoked_one_with_a_link_of_its_own(
    partner: Partner, lead: User
) -> None:
    first = move_back(revoke(invitation=invited(partner, lead), by=lead), minutes=6)
    second = invited(partner, lead)
    assert second.code != first.code
    assert [one.state for one in (first, second)] == [State.REVOKED, State.WAITING]


def test_a_role_that_was_raised_meanwhile_is_not_revoked_by_who_saw_the_lower_one(
    partner: Partner, lead: User, administrator: User
) -> None:
    seen = invited(partner, lead)
    invited(partner, administrator, role="leader")
    with pytest.raises(RefusedError, match=r"is invited as leader by now. Look again"):
        revoke(invitation=seen, by=lead)
    assert Invitation.objects.get().state == State.WAITING
