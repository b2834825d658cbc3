"""The pages that everybody may see."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from commitments.models import Edition
from signatories.models import Partner, Signature, User
from tests.factories import make_member, make_partner, make_signature

pytestmark = pytest.mark.django_db

TEXTS = ["/accessibility/", "/privacy/", "/cookies/"]


def test_home_names_the_commitments_and_who_has_signed(
    client: Client, edition: Edition, partner: Partner, other_partner: Partner, leader: User
) -> None:
    make_signature(partner, edition, leader)
    page = client.get("/").text
    for commitment in edition.commitments.all():
        assert commitment.title in page
    assert "1 of 2 partners have signed" in page
    assert "Braintree District Council" in page
    assert f"{timezone.localdate():%-d %B %Y}" in page
    assert "Maldon" not in page


def test_home_leads_to_the_declaration_the_check_and_the_sign_in(
    client: Client, edition: Edition
) -> None:
    page = client.get("/").text
    for address in ("/declaration/", "/certificates/", "/accounts/login/"):
        assert f'href="{address}"' in page


def test_home_counts_no_withdrawn_signature_and_no_partner_of_the_past(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    make_signature(partner, edition, leader)
    gone = make_partner("Gone Council")
    make_signature(gone, edition, make_member(gone, "leader"))
    Partner.objects.filter(pk=gone.pk).update(active_to="2020-01-01")
    Signature.objects.filter(partner=partner).update(
        withdrawn_at=timezone.now(), withdrawn_by=leader, withdrawal_reason="By mistake."
    )
    page = client.get("/").text
    assert "0 of 1 partners have signed" in page
    assert "Gone Council" not in page


def test_home_without_an_edition_says_so(client: Client) -> None:
    page = client.get("/").text
    assert "The Declaration is not published yet" in page
    assert "No partner is listed yet." in page
    assert "partners have signed" not in page


def test_home_needs_two_queries_before_the_first_release(
    client: Client,
    edition: Edition,
    partner: Partner,
    leader: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_signature(partner, edition, leader)
    client.get("/")
    with django_assert_num_queries(2):
        client.get("/")


def test_an_unchanged_home_page_is_not_sent_again(client: Client, edition: Edition) -> None:
    tag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize("address", TEXTS)
def test_statements_are_public_name_who_is_responsible_and_need_no_query(
    address: str, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        page = client.get(address)
    assert page.status_code == 200
    assert settings.DEFAULT_FROM_EMAIL in page.text
    assert "ecda" in page.text


def test_the_cookies_page_names_every_cookie_that_the_portal_sets(
    client: Client, lead: User, partner: Partner
) -> None:
    page = client.get("/cookies/").text
    client.get("/accounts/login/")
    client.force_login(lead)
    client.get(f"/partners/{partner.slug}/reports/")
    assert set(client.cookies) == {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    for name in client.cookies:
        assert name in page


def test_signed_in_people_are_led_to_their_pages(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert 'href="/start/"' in client.get("/").text


@pytest.mark.parametrize("address", ["/", *TEXTS])
def test_public_pages_are_for_reading_only(address: str, client: Client) -> None:
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
