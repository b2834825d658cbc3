"""Administrators see every partner."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.models import Edition
from signatories.models import Partner, User
from tests.factories import make_member, make_partner, make_signature

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def client(administrator: User, client_of: ClientOf) -> Client:
    return client_of(administrator)


def text(response: Any) -> str:
    """The words of the page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_list_shows_partners_members_and_signatures(
    client: Client, partner: Partner, edition: Edition, leader: User
) -> None:
    make_signature(partner, edition, leader)
    page = text(client.get(reverse("signatories:partner-list")))
    assert "Braintree District Council District council None Signed 1" in page


def test_the_list_is_in_the_order_of_names(client: Client) -> None:
    for name in ("Maldon", "Basildon", "Tendring", "Colchester"):
        make_partner(name)
    page = text(client.get(reverse("signatories:partner-list")))
    places = [page.index(f" of {n}") for n in ("Basildon", "Colchester", "Maldon", "Tend")]
    assert places == sorted(places)


def test_the_list_costs_the_same_for_3_and_for_30_partners(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("signatories:partner-list"))
        return len(found)

    def add(count: int) -> None:
        for _ in range(count):
            make_member(make_partner(), "lead")

    add(3)
    queries()
    few = queries()
    add(27)
    assert queries() == few <= 5
