"""Nobody finds certificates by trying: lookups, misses and files are counted by address."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from commitments.models import Edition
from signatories.models import Certificate, Partner, User
from tests.factories import make_signature

pytestmark = pytest.mark.django_db

LIMIT = 30


@pytest.fixture
def certificate(partner: Partner, edition: Edition, leader: User) -> Certificate:
    found: Certificate = make_signature(partner, edition, leader).certificate
    return found


def look_up(client: Client) -> Any:
    return client.get("/certificates/", {"number": "ZZZZ-ZZZZ"})


def miss(client: Client) -> Any:
    return client.get("/certificates/unknown/")


def send(client: Client) -> Any:
    return client.post("/certificates/check-file", {"file": SimpleUploadedFile("x.pdf", b"%PDF-")})


@pytest.mark.parametrize("attempt", [look_up, miss, send])
def test_thirty_tries_in_five_minutes_are_answered_and_then_none(
    client: Client, db: None, attempt: Callable[[Client], Any]
) -> None:
    assert {attempt(client).status_code for _ in range(LIMIT)} == {404}
    refused = attempt(client)
    assert refused.status_code == 429
    assert 240 <= int(refused.headers["Retry-After"]) <= 300
    page = refused.content.decode()
    assert "You have tried too often" in page
    assert "So that nobody finds certificates by trying numbers" in page


def test_the_three_ways_are_counted_together(client: Client, db: None) -> None:
    for _ in range(LIMIT // 3):
        look_up(client)
        miss(client)
        send(client)
    assert {one(client).status_code for one in (look_up, miss, send)} == {429}


def test_numbers_that_exist_are_counted_too(client: Client, certificate: Certificate) -> None:
    for _ in range(LIMIT):
        found = client.get("/certificates/", {"number": certificate.number})
        assert found.status_code == 302
    refused = client.get("/certificates/", {"number": certificate.number})
    assert refused.status_code == 429


def test_whoever_has_the_code_is_never_refused(client: Client, certificate: Certificate) -> None:
    for _ in range(LIMIT + 1):
        miss(client)
    assert client.get(f"/certificates/{certificate.code}/").status_code == 200
    assert client.get("/certificates/").status_code == 200


def test_another_address_is_counted_by_itself(client: Client, db: None) -> None:
    for _ in range(LIMIT + 1):
        look_up(client)
    assert look_up(client).status_code == 429
    assert look_up(Client(REMOTE_ADDR="192.0.2.7")).status_code == 404
