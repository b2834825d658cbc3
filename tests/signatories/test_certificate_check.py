"""Anyone checks a certificate by number or code, and learns nothing else."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.actions import load_edition
from commitments.models import Edition
from signatories.actions.editions import publish_edition
from signatories.models import Certificate, Partner, Signature, User
from tests.factories import EDITION_DATA, make_signature

pytestmark = pytest.mark.django_db

CHECK = "/certificates/"


@pytest.fixture
def certificate(partner: Partner, edition: Edition, leader: User) -> Certificate:
    return make_signature(partner, edition, leader).certificate


def page_of(client: Client, certificate: Certificate) -> str:
    path = reverse("signatories:certificate-detail", args=[certificate.code])
    return client.get(path).content.decode()


def test_the_form_is_public(client: Client) -> None:
    page = client.get(CHECK).content.decode()
    assert "Check a certificate" in page
    assert "There is a problem" not in page


@pytest.mark.parametrize("change", [str, str.lower, lambda text: text.replace("-", " "), str.strip])
def test_a_number_is_found_however_it_is_typed(
    client: Client, certificate: Certificate, change: object
) -> None:
    typed = change(f" {certificate.number.replace('-', '')} ")  # type: ignore[operator]  # str -> str
    response = client.get(CHECK, {"number": typed})
    assert response["Location"] == f"/certificates/{certificate.code}/"


def test_a_code_and_its_whole_address_are_found(client: Client, certificate: Certificate) -> None:
    for typed in (certificate.code, f"https://anywhere.example/certificates/{certificate.code}/"):
        response = client.get(CHECK, {"number": typed})
        assert response["Location"] == f"/certificates/{certificate.code}/"


def test_the_page_says_who_signed_what_and_when(client: Client, certificate: Certificate) -> None:
    page = page_of(client, certificate)
    for words in ["Braintree District Council", "The Essex Data Declaration", "Lara Leader"]:
        assert words in page
    assert "Chief Executive" in page
    assert "This certificate is valid" in page
    assert certificate.number in page


def test_the_page_says_nothing_else(client: Client, certificate: Certificate, leader: User) -> None:
    page = page_of(client, certificate)
    assert leader.email not in page
    assert certificate.signature.authority not in page
    assert "SHA-256" not in page


def test_the_hash_is_there_as_soon_as_the_pdf_is(client: Client, certificate: Certificate) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(
        state="done", file="x.pdf", sha256="a" * 64
    )
    assert "a" * 64 in page_of(client, certificate)


def test_the_name_is_the_one_that_was_signed(
    client: Client, certificate: Certificate, partner: Partner
) -> None:
    Partner.objects.filter(pk=partner.pk).update(name="Greater Essex Council")
    page = page_of(client, certificate)
    assert "Braintree District Council" in page
    assert "Greater Essex Council" not in page


def test_a_withdrawn_signature_shows_at_once(
    client: Client, certificate: Certificate, leader: User
) -> None:
    Signature.objects.update(
        withdrawn_at=timezone.now(), withdrawn_by=leader, withdrawal_reason="SECRET REASON"
    )
    page = page_of(client, certificate)
    assert "This certificate is withdrawn" in page
    assert "SECRET REASON" not in page


def test_signing_a_newer_edition_supersedes(
    client: Client, certificate: Certificate, partner: Partner, leader: User
) -> None:
    draft = load_edition(data=EDITION_DATA | {"slug": "second", "title": "The second edition"})
    newer = publish_edition(edition=draft, by=None)
    assert "This certificate is valid" in page_of(client, certificate)
    make_signature(partner, newer, leader)
    assert "This certificate is superseded" in page_of(client, certificate)


def test_the_answer_for_what_is_unknown_is_always_the_same(
    client: Client, certificate: Certificate
) -> None:
    codes = ["x", "a" * 24, certificate.code.swapcase(), "é", "%2e%2e", "<b>", "{{ 7*7 }}"]
    by_code = [client.get(reverse("signatories:certificate-detail", args=[c])) for c in codes]
    typed = ["ZZZZ-ZZZZ", "nothing", "-"]
    by_number = [client.get(CHECK, {"number": number}) for number in typed]
    assert {answer.status_code for answer in by_code + by_number} == {404}
    # But for the navigation, which marks the page with the form, and for what was typed, which
    # comes back to be corrected, they are the same throughout.
    pages = [answer.content.decode() for answer in by_number]
    for number, page in zip(typed, pages, strict=True):
        assert f'value="{number}"' in page
    blank = {
        page.replace(f'value="{number}"', "") for number, page in zip(typed, pages, strict=True)
    }
    assert len(blank) == 1
    assert len({answer.content for answer in by_code}) == 1
    assert "No such certificate" in by_code[0].content.decode()
    assert "No such certificate" in pages[0]


def test_nothing_typed_is_an_error_beside_the_field(client: Client) -> None:
    page = client.get(CHECK, {"number": "  "}).content.decode()
    assert page.count("Enter a certificate’s number or code") == 2


def test_it_is_only_read(client: Client, certificate: Certificate) -> None:
    assert client.post(CHECK).status_code == 405
    assert client.post(f"/certificates/{certificate.code}/").status_code == 405
