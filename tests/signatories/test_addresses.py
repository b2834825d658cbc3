"""E-mail addresses: plain letters only, and two that look alike are never taken for one."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declaration.forms import AddressField
from signatories.actions.moving import Move, move_roles
from signatories.actions.people import appoint
from signatories.dashboards.people import read_person
from signatories.models import Invitation, Membership, Partner, User
from signatories.resources.cells import people_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
DOTLESS = "zed@bra\u0131ntree.example"
PLAIN = "zed@braintree.example"
ODD = {
    "grows in small letters": "x@" + ("\u0130" * 40 + ".") * 4 + "example.org",
    "kelvin": "x@\u212aent.example",
    "dotted capital": "x@bra\u0130ntree.example",
    "dotless": DOTLESS,
    "umlaut": "x@m\u00fcnchen.example",
    "literal": "x@[127.0.0.1]",
}
WORDS = ("has only the letters a to z", "ends in a domain’s name")
odd = pytest.mark.parametrize("address", ODD.values(), ids=ODD.keys())


@odd
def test_an_odd_address_is_refused_in_words_when_inviting(
    partner: Partner, lead: User, client_of: ClientOf, address: str
) -> None:
    path = reverse("signatories:invitation-create", args=[partner.slug])
    typed = {"email": address, "name": "Nia", "role": "contributor"}
    page = client_of(lead).post(path, typed)
    assert page.status_code == 200
    assert any(words in page.text for words in WORDS)
    assert not Invitation.objects.exists()


@odd
def test_an_odd_address_is_refused_in_words_when_appointing(
    administrator: User, client_of: ClientOf, address: str
) -> None:
    typed = {"email": address, "name": "Nia", "office": "staff"}
    page = client_of(administrator).post(reverse("signatories:person-add"), typed)
    assert page.status_code == 200
    assert any(words in page.text for words in WORDS)
    assert User.objects.count() == 1


@odd
@pytest.mark.parametrize("cell", ["{}", "Nia N <{}>"])
def test_an_odd_address_is_refused_in_words_in_a_partner_list(address: str, cell: str) -> None:
    with pytest.raises(ValueError, match="|".join(WORDS)):
        people_in(cell.format(address))


def test_an_address_is_kept_in_small_letters_and_no_longer_than_it_may_be() -> None:
    assert AddressField().clean(" Nia.N+x@Example.ORG ") == "nia.n+x@example.org"
    page = AddressField()
    assert page.max_length == 254


def test_an_office_goes_to_the_address_and_not_to_one_that_looks_alike(
    administrator: User,
) -> None:
    alike = make_user("Aaa Alike", email=DOTLESS)
    meant = make_user("Zed Real", email=PLAIN)
    office = User.Office.ADMINISTRATOR
    assert appoint(email=f" {PLAIN.upper()}", name="", office=office, by=administrator) == meant
    alike.refresh_from_db()
    assert alike.office == ""


def test_somebody_new_is_not_taken_for_one_who_looks_alike(administrator: User) -> None:
    alike = make_user("Aaa Alike", email=DOTLESS)
    person = appoint(email=PLAIN, name="Zed", office=User.Office.STAFF, by=administrator)
    assert person != alike


def test_signing_in_finds_the_address_and_not_one_that_looks_alike() -> None:
    make_user("Aaa Alike", email=DOTLESS)
    meant = make_user("Zed Real", email=PLAIN)
    assert User.objects.get_by_natural_key(PLAIN.upper()) == meant


def test_a_persons_page_shows_no_invitation_of_one_who_looks_alike(
    partner: Partner, administrator: User
) -> None:
    person = make_user("Zed Real", email=PLAIN)
    Invitation.objects.create(
        partner=partner,
        email=DOTLESS,
        role="lead",
        invited_by=administrator,
        expires_at=timezone.now(),
    )
    assert read_person(person).invitations == ()


def test_an_import_changes_no_role_of_one_who_looks_alike(
    partner: Partner, administrator: User
) -> None:
    alike = make_user("Aaa Alike", email=DOTLESS)
    held = Membership.objects.create(person=alike, partner=partner, role="contributor")
    missing = Move(partner=partner, email=PLAIN, before="contributor", after="lead")
    assert move_roles(moves=[missing], by=administrator) == [missing]
    held.refresh_from_db()
    assert held.role == "contributor"
