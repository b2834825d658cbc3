"""Who belongs to a partner may leave it, but for the last who leads it; and may come back."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from declaration.actions import RefusedError
from signatories.actions.leaving import leave
from signatories.actions.members import add_member
from signatories.models import Event, Membership, Notice, Partner, User
from signatories.verbs import Verb
from tests.factories import make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def page_of(partner: Partner) -> str:
    return reverse("signatories:membership-leave", args=[partner.slug])


def confirm_of(partner: Partner) -> str:
    return reverse("signatories:membership-leave-confirm", args=[partner.slug])


def test_a_contributor_leaves_and_loses_sight_of_the_partner_at_once(
    partner: Partner, lead: User, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    home = client.get(reverse("progress:partner-home", args=[partner.slug]))
    assert f'href="{page_of(partner)}"' in home.text
    assert "what you wrote and signed stays" in client.get(page_of(partner)).text
    done = client.post(confirm_of(partner), follow=True)
    assert done.redirect_chain == [(reverse("progress:start"), 302)]
    assert f"You have left {partner}." in done.text
    assert client.get(reverse("progress:partner-home", args=[partner.slug])).status_code == 404
    assert client.post(confirm_of(partner)).status_code == 404


def test_the_button_and_the_way_back_name_the_partner(
    partner: Partner, contributor: User, client_of: ClientOf
) -> None:
    page = client_of(contributor).get(page_of(partner)).text
    button = (
        page.partition(confirm_of(partner))[2].partition("<button")[2].partition("</button>")[0]
    )
    assert f"Leave {partner}" in button
    back = page.partition('class="govuk-back-link"')[2].partition("</a>")[0]
    assert partner.name in back


def test_those_who_lead_are_told(partner: Partner, lead: User, contributor: User) -> None:
    leave(membership=Membership.objects.get(person=contributor), by=contributor)
    event = Event.objects.get(verb=Verb.MEMBER_LEFT)
    assert (event.partner, event.by, event.note) == (partner, contributor, "contributor")
    notice = Notice.objects.get(event=event)
    assert notice.person == lead
    assert notice.words == f"Connie Contributor left {partner}."


def test_opening_the_page_changes_nothing(
    partner: Partner, contributor: User, client_of: ClientOf
) -> None:
    assert client_of(contributor).get(confirm_of(partner)).status_code == 405
    client_of(contributor).get(page_of(partner))
    assert Membership.objects.get(person=contributor).ended_at is None


def test_the_last_lead_is_told_what_to_do_instead_of_a_button(
    partner: Partner, lead: User, contributor: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(page_of(partner)).text
    assert f"You cannot leave {partner} yet" in page
    assert confirm_of(partner) not in page
    refused = client_of(lead).post(confirm_of(partner))
    assert refused.status_code == 409
    assert "last lead or leader" in refused.text
    assert Membership.objects.get(person=lead).ended_at is None


def test_a_lead_whose_only_fellow_has_a_closed_account_is_the_last(
    partner: Partner, lead: User, disabled: User, client_of: ClientOf
) -> None:
    assert "You cannot leave" in client_of(lead).get(page_of(partner)).text
    with pytest.raises(RefusedError, match="last lead or leader"):
        leave(membership=Membership.objects.get(person=lead), by=lead)


def test_a_leader_leaves_while_a_lead_stays(
    partner: Partner, lead: User, leader: User, client_of: ClientOf
) -> None:
    client_of(leader).post(confirm_of(partner))
    assert Membership.objects.get(person=leader).ended_at is not None


def test_who_left_comes_back_and_the_first_time_stays_in_the_history(
    partner: Partner, lead: User, contributor: User
) -> None:
    leave(membership=Membership.objects.get(person=contributor), by=contributor)
    add_member(partner=partner, email=contributor.email, name="", role="lead", by=lead)
    roles = Membership.objects.filter(person=contributor).order_by("pk")
    assert [(role.role, role.ended_at is None) for role in roles] == [
        ("contributor", False),
        ("lead", True),
    ]


def test_a_role_that_has_changed_meanwhile_is_not_left_unseen(
    partner: Partner, lead: User, contributor: User
) -> None:
    seen = Membership.objects.get(person=contributor)
    Membership.objects.filter(pk=seen.pk).update(role="lead")
    with pytest.raises(RefusedError, match="by now"):
        leave(membership=seen, by=contributor)


def test_people_of_ecda_leave_only_what_they_belong_to(
    partner: Partner, lead: User, staff: User, staff_member: User, client_of: ClientOf
) -> None:
    assert client_of(staff).post(confirm_of(partner)).status_code == 403
    client_of(staff_member).post(confirm_of(partner))
    assert Membership.objects.get(person=staff_member).ended_at is not None


def test_leaving_one_partner_keeps_the_other(
    partner: Partner, other_partner: Partner, lead: User, client_of: ClientOf
) -> None:
    make_member(partner, "lead")
    Membership.objects.create(person=lead, partner=other_partner, role="contributor")
    done = client_of(lead).post(confirm_of(partner), follow=True)
    home = reverse("progress:partner-home", args=[other_partner.slug])
    assert done.redirect_chain[-1][0] == home
