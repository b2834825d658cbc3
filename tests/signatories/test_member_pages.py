"""The members page: leads look after their people, administrators after everybody's."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from signatories.models import Membership, Partner, User
from tests.factories import make_member
from tests.signatories.inviting import invited

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def url(name: str, partner: Partner, person: User | None = None) -> str:
    args: list[object] = [partner.slug]
    if person is not None:
        args.append(Membership.objects.get(person=person, partner=partner).pk)
    return reverse(f"signatories:member-{name}", args=args)


def test_the_list_shows_names_roles_and_since_when(
    partner: Partner, lead: User, contributor: User, former: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(url("list", partner)).content.decode()
    assert "Connie Contributor" in page
    assert contributor.email in page
    assert "Fay Former" not in page.partition("Former members")[0]


def test_former_members_are_kept_apart_with_their_dates(
    partner: Partner, lead: User, former: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(url("list", partner)).text
    assert "Fay Former" in page.partition("Former members")[2]
    assert "To bring somebody back, invite them again." in page


def test_without_former_members_there_is_no_list_of_them(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(url("list", partner)).text
    assert "Former members" not in page
    assert "Invitations" not in page


def test_a_lead_changes_a_role_and_removes(
    partner: Partner, lead: User, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    assert "Save role" in client.get(url("detail", partner, contributor)).content.decode()
    client.post(url("role", partner, contributor), {"role": "lead"})
    assert Membership.objects.get(person=contributor).role == "lead"
    client.post(url("remove", partner, contributor))
    assert Membership.objects.get(person=contributor).ended_at is not None


def test_no_role_chosen_is_an_error_beside_the_radios(
    partner: Partner, lead: User, contributor: User, client_of: ClientOf
) -> None:
    page = client_of(lead).post(url("role", partner, contributor), {}).content.decode()
    assert page.count("Select a role") == 2


@pytest.mark.parametrize("name", ["role", "remove"])
def test_a_lead_does_not_touch_a_leader(
    partner: Partner, lead: User, leader: User, client_of: ClientOf, name: str
) -> None:
    response = client_of(lead).post(url(name, partner, leader), {"role": "contributor"})
    assert response.status_code == 403
    assert Membership.objects.get(person=leader).role == "leader"


@pytest.mark.parametrize("name", ["role", "remove"])
def test_the_last_lead_is_kept_with_a_banner_that_says_why(
    name: str, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    response = client.post(url(name, partner, lead), {"role": "contributor"})
    assert response["Location"] == url("list", partner)
    page = client.get(response["Location"]).text
    assert "Add another one first" in page
    assert "govuk-notification-banner" in page
    assert Membership.objects.current().get(person=lead).role == "lead"


def test_the_last_lead_is_not_offered_to_be_removed(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    page = client.get(url("detail", partner, lead)).text
    assert "Lee Lead is its last lead or leader" in page
    assert "Invite another lead or make a member one" in page
    assert url("remove", partner, lead) not in page
    make_member(partner, "lead")
    assert url("remove", partner, lead) in client.get(url("detail", partner, lead)).text


def test_a_member_who_was_removed_meanwhile_is_said_on_the_list(
    partner: Partner, lead: User, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    remove = url("remove", partner, contributor)
    client.post(remove)
    page = client.post(remove, follow=True)
    assert page.redirect_chain == [(url("list", partner), 302)]
    assert "Connie Contributor has no role at Braintree District Council any more" in page.text


def test_each_cell_says_its_column_where_they_are_one_below_the_other(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(url("list", partner)).text
    for label in ("Name", "E-mail address", "Role", "Since", "Action"):
        assert f'data-label="{label}"' in page


def test_a_lead_who_leaves_goes_to_the_start(
    partner: Partner, lead: User, leader: User, client_of: ClientOf
) -> None:
    response = client_of(lead).post(url("remove", partner, lead))
    assert response["Location"] == reverse("progress:start")


def test_a_member_of_another_partner_is_404(
    partner: Partner, lead: User, other_partner: Partner, stranger: User, client_of: ClientOf
) -> None:
    pk = Membership.objects.get(person=stranger).pk
    path = reverse("signatories:member-remove", args=[partner.slug, pk])
    assert client_of(lead).post(path).status_code == 404
    assert Membership.objects.get(person=stranger).ended_at is None


def test_staff_look_but_do_not_change(
    partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    page = client.get(url("list", partner))
    assert page.status_code == 200
    assert "Invite a member" not in page.content.decode()
    assert (
        client.get(reverse("signatories:invitation-create", args=[partner.slug])).status_code == 403
    )
    assert client.post(url("remove", partner, lead)).status_code == 403


def test_the_list_costs_the_same_for_3_and_for_30_members_and_invitations(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(url("list", partner)).status_code == 200
        return len(found)

    def add(number: int) -> None:
        for _ in range(number):
            member = make_member(partner, "contributor")
            invited(partner, lead, f"new-{member.email}")

    add(3)
    queries()
    few = queries()
    add(27)
    assert queries() == few <= 10
