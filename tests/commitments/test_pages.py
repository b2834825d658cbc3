"""The Declaration as anybody reads it."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from commitments.models import Edition

pytestmark = pytest.mark.django_db


def test_anybody_reads_the_declaration(
    client: Client, edition: Edition, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        response = client.get("/declaration/")
    assert response.status_code == 200
    assert "keep our communities our safe" in response.text
    for indicator in ("Data projects are sponsored", "common public notice"):
        assert indicator in response.text


def test_nothing_published_yet_is_said(client: Client) -> None:
    response = client.get("/declaration/")
    assert response.status_code == 200
    assert "Nothing is published yet" in response.text
