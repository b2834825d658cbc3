"""The public search is counted by address: a person never notices, a robot is told to wait."""

import pytest
from django.test import Client

from assessments.views import practices

pytestmark = pytest.mark.django_db

LIMIT = 300


def test_three_hundred_searches_in_five_minutes_are_answered_and_then_none(client: Client) -> None:
    codes = {client.get("/good-practice/", {"q": "data"}).status_code for _ in range(LIMIT)}
    assert codes == {200}
    refused = client.get("/good-practice/", {"q": "data"})
    assert refused.status_code == 429
    assert 200 <= int(refused.headers["Retry-After"]) <= 300
    assert practices.WHY_LIMITED in refused.content.decode()
    assert client.get("/good-practice/").status_code == 200
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.get("/good-practice/", {"q": "data"}).status_code == 200
