"""People are given a role at a partner, another one, or none; one who leads is always kept."""

import pytest

from declaration.actions import RefusedError
from signatories.actions.members import add_member, change_role, end_membership
from signatories.models import Event, Membership, Notice, Partner, User
from signatories.verbs import Verb
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db


def membership_of(person: User) -> Membership:
    return Membership.objects.get(person=person)


def add(partner: Partner, email: str, by: User, role: str = "contributor") -> Membership:
    return add_member(partner=partner, email=email, name="Nia Newcomer", role=role, by=by)


def test_adding_makes_a_person_who_signs_in_by_code(partner: Partner, lead: User) -> None:
    member = add(partner, " Nia@Example.org ", lead)
    assert member.person.email == "nia@example.org"
    assert member.person.name == "Nia Newcomer"
    assert not member.person.has_usable_password()
    assert member.role == "contributor"


def test_a_person_is_found_by_address_without_case(partner: Partner, lead: User) -> None:
    known = make_user("Known Already", email="known@example.org")
    member = add(partner, "KNOWN@Example.ORG", lead)
    assert member.person == known
    assert member.person.name == "Known Already"
    assert User.objects.filter(email__iexact="known@example.org").count() == 1


def test_the_person_is_told_and_nobody_else(partner: Partner, lead: User, leader: User) -> None:
    member = add(partner, "nia@example.org", lead, role="lead")
    notice = Notice.objects.get()
    assert notice.person == member.person
    assert notice.words == "You have been added to Braintree District Council as lead."
    assert notice.path == f"/partners/{partner.slug}/"
    event = Event.objects.about(member).get()
    assert (event.verb, event.by, event.partner) == (Verb.MEMBER_ADDED, lead, partner)


def test_somebody_who_adds_themselves_is_not_told(partner: Partner, administrator: User) -> None:
    add(partner, administrator.email, administrator)
    assert not Notice.objects.exists()


def test_a_person_has_one_role_at_a_partner(
    partner: Partner, lead: User, contributor: User
) -> None:
    with pytest.raises(RefusedError, match=r"already has a role at .*: contributor"):
        add(partner, contributor.email, lead, role="lead")


def test_a_person_may_belong_to_several_partners(
    partner: Partner, lead: User, stranger: User
) -> None:
    assert add(partner, stranger.email, lead).person == stranger
    assert Membership.objects.filter(person=stranger).count() == 2


def test_a_former_member_comes_back_in_a_row_of_its_own(
    partner: Partner, lead: User, former: User
) -> None:
    add(partner, former.email, lead)
    assert Membership.objects.filter(person=former).count() == 2
    assert Membership.objects.current().filter(person=former).count() == 1


def test_a_closed_account_is_not_added(partner: Partner, lead: User) -> None:
    closed = make_user(email="closed@example.org", is_active=False)
    with pytest.raises(RefusedError, match="account of closed@example"):
        add(partner, closed.email, lead)


def test_a_role_changes_and_the_timeline_says_how(
    partner: Partner, lead: User, contributor: User
) -> None:
    member = change_role(membership=membership_of(contributor), role="lead", by=lead)
    assert member.role == "lead"
    event = Event.objects.about(member).get()
    assert event.verb == Verb.ROLE_CHANGED
    assert event.note == "Connie Contributor: from contributor to lead"


def test_the_same_role_again_changes_nothing(lead: User, contributor: User) -> None:
    change_role(membership=membership_of(contributor), role="contributor", by=lead)
    assert not Event.objects.exists()


def test_removing_ends_the_membership_and_keeps_its_row(lead: User, contributor: User) -> None:
    member = end_membership(membership=membership_of(contributor), by=lead)
    assert member.ended_at is not None
    assert Event.objects.about(member).get().verb == Verb.MEMBER_REMOVED
    assert not Membership.objects.current().filter(person=contributor).exists()


def test_a_member_is_not_removed_twice(lead: User, contributor: User) -> None:
    member = membership_of(contributor)
    end_membership(membership=member, by=lead)
    with pytest.raises(RefusedError, match="has no role at Braintree District Council any more"):
        end_membership(membership=member, by=lead)


def test_the_last_lead_is_not_removed(lead: User, contributor: User) -> None:
    with pytest.raises(RefusedError, match="Lee Lead is the last lead or leader"):
        end_membership(membership=membership_of(lead), by=lead)


def test_the_last_lead_does_not_become_a_contributor(lead: User) -> None:
    with pytest.raises(RefusedError, match="Add another one first"):
        change_role(membership=membership_of(lead), role="contributor", by=lead)


def test_a_leader_counts_as_one_who_leads(lead: User, leader: User) -> None:
    assert end_membership(membership=membership_of(lead), by=leader).ended_at is not None


def test_a_disabled_lead_does_not_count(lead: User, disabled: User) -> None:
    with pytest.raises(RefusedError, match="last lead or leader"):
        end_membership(membership=membership_of(lead), by=lead)


def test_a_partner_that_has_no_lead_yet_can_lose_a_contributor(
    partner: Partner, administrator: User
) -> None:
    alone = make_member(partner, "contributor")
    assert end_membership(membership=membership_of(alone), by=administrator).ended_at is not None


def test_a_role_that_was_raised_meanwhile_is_not_taken_by_who_saw_the_lower_one(
    lead: User, contributor: User, administrator: User
) -> None:
    seen = membership_of(contributor)
    change_role(membership=membership_of(contributor), role="leader", by=administrator)
    words = "is a leader of Braintree District Council by now"
    with pytest.raises(RefusedError, match=words):
        end_membership(membership=seen, by=lead)
    with pytest.raises(RefusedError, match=words):
        change_role(membership=seen, role="lead", by=lead)
    assert membership_of(contributor).role == "leader"
