"""Whatever people type comes back as text or as an error at the field, never as a fault."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from signatories.models import Invitation, Membership, Partner, Signature, User
from tests.factories import EDITION_DATA

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]

REFUSED = {
    "blank": "",
    "spaces": "   ",
    "NUL": "a\0b",
    "1 MB": "x" * 1_000_000,
    "one too many": "x" * 201,
    "RTL override": "abc\u202edef",
    "a picture and no letter": "👨‍👩‍👧‍👦",
}
KEPT = {
    "emoji family": "Ana 👨‍👩‍👧‍👦",
    "Welsh": "Siân Ŵyn ŷ",
    "Arabic": "ليلى",
    "markup": "<script>alert(1)</script>",
    "template": "{{ 7*7 }} {% csrf_token %}",
    "SQL": "'; DROP TABLE signatories_user; --",
    "as long as may be": "x" * 200,
}
SIGNED = {
    "job_title": "Mayor",
    "authority": "decision of Cabinet",
    "confirmed": "on",
    "edition": EDITION_DATA["slug"],
}


def sign(client: Client, partner: Partner, **typed: str) -> str:
    path = reverse("signatories:signature-confirm", args=[partner.slug])
    return client.post(path, SIGNED | typed, follow=True).content.decode()


@pytest.mark.parametrize("field", ["signatory_name", "job_title", "authority"])
@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_a_signature_refuses_what_says_nothing_or_too_much(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf, field: str, text: str
) -> None:
    page = sign(client_of(leader), partner, **({"signatory_name": "L"} | {field: text}))
    assert "There is a problem" in page
    assert not Signature.objects.exists()


@pytest.mark.parametrize("text", KEPT.values(), ids=list(KEPT))
def test_a_signature_keeps_every_name_as_it_was_typed(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf, text: str
) -> None:
    page = sign(client_of(leader), partner, signatory_name=text)
    assert Signature.objects.get().signatory_name == text
    assert "<script>alert" not in page
    assert "49" not in page.partition("signed The Essex")[0].rpartition("<p")[2]


@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_an_invitation_needs_a_name_that_says_something(
    partner: Partner, lead: User, client_of: ClientOf, text: str
) -> None:
    path = reverse("signatories:invitation-create", args=[partner.slug])
    typed = {"name": text, "email": "n@example.org", "role": "lead"}
    page = client_of(lead).post(path, typed).content.decode()
    assert "There is a problem" in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "email", ["", "no address", "a@b", "a\0@example.org", "x" * 300 + "@example.org", "a@b@c.org"]
)
def test_an_invitation_needs_an_address(
    partner: Partner, lead: User, client_of: ClientOf, email: str
) -> None:
    path = reverse("signatories:invitation-create", args=[partner.slug])
    typed = {"name": "Nia", "email": email, "role": "lead"}
    page = client_of(lead).post(path, typed).content.decode()
    assert "There is a problem" in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["", "king", "leader", "0", "<script>"])
def test_a_role_is_one_that_was_offered(
    partner: Partner, lead: User, contributor: User, client_of: ClientOf, role: str
) -> None:
    pk = Membership.objects.get(person=contributor).pk
    path = reverse("signatories:member-role", args=[partner.slug, pk])
    page = client_of(lead).post(path, {"role": role}).content.decode()
    assert "There is a problem" in page
    assert Membership.objects.get(pk=pk).role == "contributor"


@pytest.mark.parametrize("typed", [*KEPT.values(), "x" * 301, "-", "/", "////", "%00", "ⅧⅧⅧⅧ"])
def test_a_number_may_be_anything(client: Client, typed: str) -> None:
    response = client.get("/certificates/", {"number": typed})
    assert response.status_code in {200, 404}
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("path", ["/certificates/%00/", "/certificates/?number=a%00"])
def test_nul_in_an_address_is_400(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999999", "-1", "x", "1e3"])
def test_members_that_cannot_be_are_404(
    partner: Partner, lead: User, client_of: ClientOf, pk: str
) -> None:
    path = f"/partners/{partner.slug}/members/{pk}/"
    assert client_of(lead).get(path).status_code == 404


@pytest.mark.parametrize("slug", ["nowhere", "x" * 300, "maldon-district-council"])
@pytest.mark.parametrize("page", ["members/", "members/invite/", "sign/", "signatures/"])
def test_partners_that_are_not_theirs_are_404(
    partner: Partner,
    other_partner: Partner,
    leader: User,
    client_of: ClientOf,
    slug: str,
    page: str,
) -> None:
    assert client_of(leader).get(f"/partners/{slug}/{page}").status_code == 404
