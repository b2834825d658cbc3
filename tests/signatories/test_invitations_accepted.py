"""An invitation is accepted once, in time, by the person with its address."""

import pytest

from declaration.actions import RefusedError
from signatories.actions.invitations import EndedError, accept, revoke, send_again, start
from signatories.actions.members import end_membership
from signatories.models import Event, Invitation, Membership, Notice, Partner, User
from signatories.verbs import Verb
from tests.factories import make_user
from tests.signatories.inviting import ADDRESS, invited, move_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(partner: Partner, lead: User) -> Invitation:
    return invited(partner, lead)


@pytest.fixture
def nia(db: None) -> User:
    return make_user("Nia Newcomer", email=ADDRESS)


def test_beginning_makes_a_person_without_a_role(invitation: Invitation) -> None:
    person = start(invitation=invitation)
    assert (person.email, person.name) == (ADDRESS, "Nia N")
    event = Event.objects.about(person).get()
    assert (event.verb, event.by) == (Verb.ACCOUNT_MADE, None)
    assert event.note == f"{ADDRESS}, at Braintree District Council"
    assert not person.has_usable_password()
    assert not person.memberships.exists()
    assert Invitation.objects.get().state == Invitation.State.WAITING


def test_beginning_twice_makes_one_person(invitation: Invitation) -> None:
    first = start(invitation=invitation)
    again = start(invitation=invitation)
    assert (again.pk, again.name) == (first.pk, "Nia N")
    assert Event.objects.filter(verb=Verb.ACCOUNT_MADE).count() == 1


def test_beginning_with_a_closed_account_is_refused(invitation: Invitation) -> None:
    make_user(email=ADDRESS, is_active=False)
    with pytest.raises(RefusedError, match="is closed"):
        start(invitation=invitation)


def test_accepting_gives_the_role_that_was_offered(invitation: Invitation, nia: User) -> None:
    membership = accept(invitation=invitation, by=nia)
    assert (membership.person, membership.role) == (nia, "contributor")
    found = Invitation.objects.get()
    assert (found.state, found.accepted_by) == ("accepted", nia)
    assert found.accepted_at is not None
    event = Event.objects.about(membership).get()
    assert (event.verb, event.by, event.note) == (Verb.INVITATION_ACCEPTED, nia, "contributor")


def test_the_address_is_compared_without_case(invitation: Invitation) -> None:
    nia = make_user(email="placeholder@example.org")
    User.objects.filter(pk=nia.pk).update(email="NIA@Example.org")
    nia.refresh_from_db()
    assert accept(invitation=invitation, by=nia).person == nia


def test_leads_and_leaders_are_told_and_nobody_else(
    invitation: Invitation, nia: User, lead: User, leader: User, contributor: User, staff: User
) -> None:
    accept(invitation=invitation, by=nia)
    told = Notice.objects.filter(words__contains="accepted the invitation")
    assert {notice.person for notice in told} == {lead, leader}
    assert told[0].words == (
        "Nia Newcomer accepted the invitation to Braintree District Council as contributor."
    )


def test_an_administrator_who_invited_is_told(
    partner: Partner, administrator: User, nia: User, staff: User
) -> None:
    accept(invitation=invited(partner, administrator, role="lead"), by=nia)
    assert [notice.person for notice in Notice.objects.all()] == [administrator]


def test_a_former_lead_who_invited_is_told_nothing(
    partner: Partner, lead: User, leader: User, nia: User
) -> None:
    invitation = move_back(invited(partner, lead), minutes=6)
    end_membership(membership=Membership.objects.get(person=lead), by=leader)
    send_again(invitation=invitation, by=leader)
    accept(invitation=invitation, by=nia)
    assert [notice.person for notice in Notice.objects.all()] == [leader]


def test_accepting_again_is_the_same_membership(invitation: Invitation, nia: User) -> None:
    first = accept(invitation=invitation, by=nia)
    assert accept(invitation=invitation, by=nia) == first
    assert Membership.objects.filter(person=nia).count() == 1
    assert Event.objects.filter(verb=Verb.INVITATION_ACCEPTED).count() == 1


def test_who_was_removed_does_not_come_back_by_the_old_link(
    invitation: Invitation, nia: User, lead: User
) -> None:
    end_membership(membership=accept(invitation=invitation, by=nia), by=lead)
    with pytest.raises(EndedError, match="has accepted this invitation already"):
        accept(invitation=invitation, by=nia)
    assert not Membership.objects.current().filter(person=nia).exists()


def test_somebody_else_does_not_accept(invitation: Invitation, stranger: User) -> None:
    with pytest.raises(RefusedError, match=r"is for nia@example.org, and you are signed in as"):
        accept(invitation=invitation, by=stranger)
    assert Invitation.objects.get().state == "waiting"


def test_an_address_that_looks_alike_does_not_accept(invitation: Invitation) -> None:
    alike = make_user(email="n\u0131a@example.org")
    with pytest.raises(RefusedError, match="is for nia@example"):
        accept(invitation=invitation, by=alike)


def test_a_revoked_invitation_is_not_accepted(
    invitation: Invitation, nia: User, lead: User
) -> None:
    revoke(invitation=invitation, by=lead)
    for refused in (
        lambda: accept(invitation=invitation, by=nia),
        lambda: start(invitation=invitation),
    ):
        with pytest.raises(EndedError, match="was revoked"):
            refused()
    assert not nia.memberships.exists()


def test_an_expired_invitation_is_not_accepted(invitation: Invitation, nia: User) -> None:
    move_back(invitation, days=14, seconds=1)
    with pytest.raises(EndedError, match="has expired"):
        accept(invitation=invitation, by=nia)
    with pytest.raises(EndedError, match="has expired"):
        start(invitation=invitation)
    assert not nia.memberships.exists()


def test_in_its_last_minute_it_is_accepted(invitation: Invitation, nia: User) -> None:
    move_back(invitation, days=13, hours=23, minutes=59)
    assert accept(invitation=invitation, by=nia).person == nia


def test_a_role_got_meanwhile_is_kept_and_nothing_doubled(
    invitation: Invitation, nia: User, partner: Partner
) -> None:
    held = Membership.objects.create(person=nia, partner=partner, role="lead")
    with pytest.raises(RefusedError, match=r"already has a role at .*: lead"):
        accept(invitation=invitation, by=nia)
    assert Membership.objects.get(person=nia) == held


def test_a_former_member_returns_and_their_history_is_kept(
    partner: Partner, lead: User, former: User
) -> None:
    accept(invitation=invited(partner, lead, former.email), by=former)
    assert Membership.objects.filter(person=former).count() == 2
    assert Membership.objects.current().get(person=former).role == "contributor"
