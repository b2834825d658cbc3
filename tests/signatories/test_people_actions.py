"""Offices, names and accounts: what administrators may do to people, and what they may not."""

import pytest

from declaration.actions import RefusedError
from signatories.actions.members import add_member
from signatories.actions.people import (
    appoint,
    change_office,
    close_account,
    open_account,
    rename,
)
from signatories.models import Event, Membership, Notice, Partner, User
from signatories.verbs import Verb
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
Office = User.Office


def told(verb: Verb) -> set[User]:
    return {notice.person for notice in Notice.objects.filter(event__verb=verb)}


def test_an_office_is_given_and_taken(administrator: User, staff: User, lead: User) -> None:
    change_office(person=lead, office=Office.STAFF, by=administrator)
    change_office(person=staff, office=Office.NONE, by=administrator)
    lead.refresh_from_db()
    staff.refresh_from_db()
    assert (lead.is_ecda, staff.is_ecda) == (True, False)
    assert Event.objects.about(lead).get().note == f"{lead.email}: staff"


def test_other_administrators_are_told_of_an_office(administrator: User, lead: User) -> None:
    other = make_user("Otto Other", office="administrator")
    change_office(person=lead, office=Office.ADMINISTRATOR, by=administrator)
    assert told(Verb.APPOINTED) == {other, lead}
    assert f"{lead.email}: administrator." in Notice.objects.earliest("pk").words


def test_the_office_that_one_has_already_changes_nothing(administrator: User, staff: User) -> None:
    change_office(person=staff, office=Office.STAFF, by=administrator)
    assert not Event.objects.exists()


def test_nobody_changes_their_own_office(administrator: User) -> None:
    make_user(office="administrator")
    with pytest.raises(RefusedError, match="your own office"):
        change_office(person=administrator, office=Office.STAFF, by=administrator)


def test_the_last_administrator_stays_one(administrator: User, staff: User) -> None:
    with pytest.raises(RefusedError, match="last administrator"):
        change_office(person=administrator, office=Office.NONE, by=staff)
    with pytest.raises(RefusedError, match="last administrator"):
        close_account(person=administrator, by=staff)
    with pytest.raises(RefusedError, match="last administrator"):
        appoint(email=administrator.email, name="", office=Office.STAFF, by=None)


def test_an_administrator_whose_account_is_closed_does_not_count(
    administrator: User, staff: User
) -> None:
    make_user(office="administrator", is_active=False)
    with pytest.raises(RefusedError, match="last administrator"):
        change_office(person=administrator, office=Office.STAFF, by=staff)


def test_one_of_two_administrators_may_go(administrator: User) -> None:
    other = make_user("Otto Other", office="administrator")
    close_account(person=other, by=administrator)
    assert not User.objects.get(pk=other.pk).is_administrator


def test_nobody_closes_their_own_account(administrator: User) -> None:
    make_user(office="administrator")
    with pytest.raises(RefusedError, match="your own account"):
        close_account(person=administrator, by=administrator)


def test_closing_also_takes_the_last_lead_and_tells_ecda_what_is_left_without_one(
    administrator: User, staff: User, partner: Partner, lead: User, contributor: User
) -> None:
    close_account(person=lead, by=administrator)
    assert not Membership.objects.current().filter(person=lead).exists()
    assert told(Verb.ACCOUNT_CLOSED) == {staff}
    assert Notice.objects.get().words == (
        f"Ada Administrator closed the account of Lee Lead ({lead.email}). "
        "Now without a lead or leader: Braintree District Council."
    )


def test_a_partner_that_somebody_else_leads_is_not_named(
    administrator: User, staff: User, lead: User, leader: User
) -> None:
    close_account(person=lead, by=administrator)
    assert "without" not in Notice.objects.get().words


def test_roles_rest_with_the_account_and_come_back_with_it(
    administrator: User, partner: Partner, lead: User, leader: User
) -> None:
    close_account(person=lead, by=administrator)
    with pytest.raises(RefusedError, match="closed already"):
        close_account(person=lead, by=administrator)
    open_account(person=lead, by=administrator)
    assert Membership.objects.current().get(person=lead).role == "lead"
    assert lead in told(Verb.ACCOUNT_OPENED)
    with pytest.raises(RefusedError, match="open already"):
        open_account(person=lead, by=administrator)


def test_a_closed_account_gets_no_office_and_no_role(
    administrator: User, partner: Partner, disabled: User
) -> None:
    with pytest.raises(RefusedError, match="is closed"):
        change_office(person=disabled, office=Office.STAFF, by=administrator)
    with pytest.raises(RefusedError, match="is closed"):
        add_member(partner=partner, email=disabled.email, name="", role="lead", by=administrator)


def test_a_name_is_changed_and_the_old_one_is_kept_in_the_timeline(
    administrator: User, lead: User
) -> None:
    rename(person=lead, name="Leah Lead", by=administrator)
    rename(person=lead, name="Leah Lead", by=administrator)
    assert User.objects.get(pk=lead.pk).name == "Leah Lead"
    event = Event.objects.about(lead).get()
    assert (event.verb, event.note) == (Verb.PERSON_RENAMED, "from Lee Lead to Leah Lead")


def test_people_of_ecda_who_lead_nothing_leave_nothing_behind(
    administrator: User, staff: User, partner: Partner
) -> None:
    make_member(partner, "contributor")
    close_account(person=staff, by=administrator)
    assert Event.objects.about(staff).get().note == f"Sam Staff ({staff.email})"
