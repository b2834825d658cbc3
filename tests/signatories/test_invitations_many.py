"""Many addresses are invited at once, each one time."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declaration.actions import RefusedError
from signatories.actions.invitations import Wanted, accept, invite_many
from signatories.models import Event, Invitation, Membership, Message, Partner, User
from tests.factories import make_partner, make_user
from tests.signatories.inviting import invited, letters

pytestmark = pytest.mark.django_db


def wanted(partner: Partner, *emails: str, role: str = "lead") -> list[Wanted]:
    return [Wanted(partner, email, "", role) for email in emails]


def test_each_gets_one_invitation_and_one_email(
    partner: Partner, other_partner: Partner, administrator: User
) -> None:
    rows = [
        *wanted(partner, "a@example.org", "b@example.org"),
        *wanted(other_partner, "A@example.org"),
    ]
    made = invite_many(wanted=rows, by=administrator)
    assert [(one.partner, one.email, one.role) for one in made] == [
        (partner, "a@example.org", "lead"),
        (partner, "b@example.org", "lead"),
        (other_partner, "a@example.org", "lead"),
    ]
    assert [len(letters(email)) for email in ("a@example.org", "b@example.org")] == [2, 1]
    assert f"/invitations/{made[0].code}/" in letters("a@example.org")[0].body
    assert "\nHello,\n" in "\n" + letters("b@example.org")[0].body
    assert not Event.objects.exists()


def test_an_address_twice_in_a_list_is_invited_once(partner: Partner, administrator: User) -> None:
    rows = wanted(partner, "a@example.org", "A@Example.org", " a@example.org ")
    assert len(invite_many(wanted=rows, by=administrator)) == 1


def test_members_and_those_who_wait_are_left_out(
    partner: Partner, lead: User, contributor: User, administrator: User
) -> None:
    waiting = invited(partner, lead)
    rows = wanted(partner, contributor.email.upper(), waiting.email, "new@example.org")
    assert [one.email for one in invite_many(wanted=rows, by=administrator)] == ["new@example.org"]
    assert Membership.objects.get(person=contributor).role == "contributor"
    waiting.refresh_from_db()
    assert waiting.role == "contributor"


def test_a_closed_account_refuses_the_whole_list(partner: Partner, administrator: User) -> None:
    make_user(email="closed@example.org", is_active=False)
    rows = wanted(partner, "new@example.org", "Closed@example.org")
    with pytest.raises(RefusedError, match=r"accounts are closed: closed@example.org"):
        invite_many(wanted=rows, by=administrator)
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_what_was_sent_so_is_accepted_like_any_other(
    partner: Partner, administrator: User, stranger: User
) -> None:
    made = invite_many(wanted=wanted(partner, stranger.email), by=administrator)
    assert letters(stranger.email)[0].person == stranger
    assert accept(invitation=made[0], by=stranger).role == "lead"


def test_nobody_wanted_is_nobody_invited(administrator: User) -> None:
    assert invite_many(wanted=[], by=administrator) == []


def test_the_queries_do_not_grow_with_the_list(administrator: User) -> None:
    def queries(number: int) -> int:
        partners = [make_partner() for _ in range(number)]
        rows = [row for one in partners for row in wanted(one, f"{one.slug}@example.org")]
        with CaptureQueriesContext(connection) as found:
            assert len(invite_many(wanted=rows, by=administrator)) == number
        return len(found)

    assert queries(3) == queries(30) <= 10


def test_ten_thousand_are_invited_in_seconds(administrator: User) -> None:
    partner = make_partner()
    rows = wanted(partner, *(f"person{number}@many.example" for number in range(10_000)))
    began = time.process_time()
    assert len(invite_many(wanted=rows, by=administrator)) == 10_000
    spent = time.process_time() - began
    print(f"10,000 invitations: {spent:.1f} s of this process")
    assert spent < 15
    assert Message.objects.filter(to__endswith="@many.example").count() == 10_000
