"""Leads come with their partner: each is invited once; another role needs a tick of its own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signatories.actions.invitations import invite
from signatories.actions.partner_imports import PreviewOutdatedError
from signatories.models import Event, Invitation, Membership, Message, Partner, PartnerImport, User
from signatories.verbs import Verb
from tests.factories import make_member, make_user
from tests.signatories.importing import confirm, imported, preview

pytestmark = pytest.mark.django_db

HEADER = "name,kind,leads\n"


def row(leads: str, name: str = "Braintree District Council") -> bytes:
    return f'{HEADER}{name},district,"{leads}"\n'.encode()


def roles(partner: Partner) -> dict[str, str]:
    current = Membership.objects.current().filter(partner=partner)
    return dict(current.values_list("person__email", "role"))


def test_each_lead_of_a_new_partner_gets_one_invitation(administrator: User) -> None:
    found = imported(row("Ada <Ada@B.example>; ada@b.example; grace@b.example"), administrator)
    invitations = Invitation.objects.order_by("email")
    assert [(one.email, one.name, one.role) for one in invitations] == [
        ("ada@b.example", "Ada", "lead"),
        ("grace@b.example", "", "lead"),
    ]
    assert {one.partner_import_id for one in invitations} == {found.pk}
    assert {one.invited_by for one in invitations} == {administrator}
    assert set(Message.objects.values_list("to", flat=True)) == {"ada@b.example", "grace@b.example"}
    assert not Membership.objects.exists()


def test_nobody_is_invited_before_it_is_confirmed(administrator: User) -> None:
    found = preview(row("ada@b.example"), administrator)
    assert found.rows.get().changes[-1] == {
        "column": "lead ada@b.example",
        "old": "",
        "new": "invited as lead",
        "tick": "",
    }
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_who_leads_already_or_waits_for_it_is_left_alone(
    administrator: User, partner: Partner, lead: User, leader: User
) -> None:
    by = administrator
    invite(partner=partner, email="ada@b.example", name="Ada", role="lead", by=by)
    list_ = row(f"{lead.email.upper()}; {leader.email}; ADA@b.example")
    found = imported(list_, by)
    assert (found.changed_count, found.unchanged_count) == (0, 1)
    assert Invitation.objects.count() == Message.objects.count() == 1


def test_somebody_who_leads_elsewhere_is_invited_here(
    administrator: User, partner: Partner, stranger: User
) -> None:
    imported(row(stranger.email), administrator)
    assert Invitation.objects.get().email == stranger.email


def test_a_contributor_becomes_a_lead_only_with_a_tick(
    administrator: User, partner: Partner, contributor: User
) -> None:
    imported(row(contributor.email), administrator)
    assert roles(partner) == {contributor.email: "contributor"}
    imported(row(contributor.email), administrator, [(2, f"lead {contributor.email}")])
    assert roles(partner) == {contributor.email: "lead"}
    assert Event.objects.get(verb=Verb.ROLE_CHANGED).by == administrator
    assert not Invitation.objects.exists()


def test_an_invitation_as_contributor_offers_lead_only_with_a_tick(
    administrator: User, partner: Partner
) -> None:
    by = administrator
    invite(partner=partner, email="ada@b.example", name="Ada", role="contributor", by=by)
    imported(row("ada@b.example"), by)
    assert Invitation.objects.get().role == "contributor"
    imported(row("ada@b.example"), by, [(2, "lead ada@b.example")])
    assert Invitation.objects.get().role == "lead"


def test_whoever_imports_answers_for_the_role_that_an_invitation_offers_now(
    administrator: User, partner: Partner, lead: User
) -> None:
    """Else it would end with the rights of somebody who has left since."""
    invite(partner=partner, email="ada@b.example", name="Ada", role="contributor", by=lead)
    imported(row("ada@b.example"), administrator, [(2, "lead ada@b.example")])
    assert Invitation.objects.get().invited_by == administrator


def test_a_closed_account_refuses_the_row_in_words(administrator: User) -> None:
    make_user(email="gone@b.example", is_active=False)
    found = preview(row("gone@b.example"), administrator)
    assert found.refused_count == 1
    assert "gone@b.example is closed" in found.rows.get().problems[0][2]


def test_a_role_that_changed_in_between_stops_the_whole(
    administrator: User, partner: Partner, contributor: User
) -> None:
    found = preview(row(contributor.email), administrator)
    Membership.objects.update(role="lead")
    with pytest.raises(PreviewOutdatedError, match="nothing was written"):
        confirm(found, administrator, (2, f"lead {contributor.email}"))
    assert PartnerImport.objects.get().confirmed_at is None


def test_an_account_that_was_closed_in_between_stops_the_whole(administrator: User) -> None:
    person = make_user(email="ada@b.example")
    found = preview(row("ada@b.example"), administrator)
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(PreviewOutdatedError, match="nothing was written"):
        confirm(found, administrator)
    assert not Partner.objects.exists()


def test_nobody_is_removed_who_is_not_in_the_list(administrator: User, partner: Partner) -> None:
    member = make_member(partner, "lead")
    imported(row("ada@b.example"), administrator)
    assert roles(partner) == {member.email: "lead"}


def test_a_hundred_leads_cost_as_many_queries_as_three(administrator: User) -> None:
    def queries(many: int) -> int:
        rows = "".join(f"P{many} {n},other,l{n}@p{many}.example\n" for n in range(many))
        found = preview((HEADER + rows).encode(), administrator)
        with CaptureQueriesContext(connection) as seen:
            confirm(found, administrator)
        return len(seen)

    assert queries(3) == queries(100)
    assert Invitation.objects.count() == 103
