"""The API of the open data: read-only JSON that says what it is, and refuses in words."""

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import validate

from assessments.actions.closing import close_round
from assessments.models import Round
from commitments.models import Edition
from progress.opendata.describing import RATE
from signatories.models import Partner, User
from tests.factories import make_member, make_partner, make_signature
from tests.progress.regions import make_region, newest

pytestmark = pytest.mark.django_db

LISTS = ("editions", "commitments", "indicators", "signatories", "rounds", "releases")
PROBLEM = "application/problem+json"


def refusal(response: Any) -> tuple[int, str]:
    """The status and the words of a refusal, which is no page."""
    said = response.json()
    assert response.headers["Content-Type"] == PROBLEM
    assert set(said) == {"type", "title", "status", "detail"}
    assert said["status"] == response.status_code
    return said["status"], said["detail"]


def test_its_description_is_openapi_and_names_every_address(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    validate(described)
    for name in LISTS:
        assert f"/api/v1/{name}" in described["paths"]
    assert len(described["paths"]) == 8
    assert "Open Government Licence" in described["info"]["license"]["name"]


def test_its_description_says_every_status_and_the_headers_that_come_with_it(
    client: Client, edition: Edition
) -> None:
    described = client.get("/api/v1/openapi.json").json()
    page = client.get("/open-data/api/").text
    for found in described["paths"].values():
        answers = found["get"]["responses"]
        headers = {status: set(each.get("headers", {})) for status, each in answers.items()}
        assert headers == {
            "200": {"ETag"},
            "304": {"ETag"},
            "400": set(),
            "404": set(),
            "405": {"Allow"},
            "429": {"Retry-After"},
        }
    for status in ("400", "404", "405", "429"):
        assert f">{status}</dt>" in page
    for name in ("ETag", "Allow", "Retry-After"):
        assert f">{name}</code>" in page


def test_a_round_has_the_day_it_really_opened_and_the_day_it_really_ended(
    client: Client, edition: Edition, staff: User
) -> None:
    today = timezone.localdate()
    round = Round.objects.create(
        edition=edition,
        name="2026",
        slug="2026",
        opens_on=today - timedelta(days=3),
        due_on=today + timedelta(days=20),
        closes_on=today + timedelta(days=30),
        opened_at=timezone.now() - timedelta(days=2),
    )
    [row] = client.get("/api/v1/rounds").json()["results"]
    assert row["opened_on"] == str(today - timedelta(days=2))
    assert row["closes_on"] == str(today + timedelta(days=30))
    close_round(round=round, by=staff)
    [row] = client.get("/api/v1/rounds").json()["results"]
    assert row["closes_on"] == str(today)


def test_each_list_answers_also_when_there_is_nothing(client: Client) -> None:
    for name in LISTS:
        found = client.get(f"/api/v1/{name}")
        assert found.headers["Content-Type"].startswith("application/json")
        assert found.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_rows_come_in_pages_that_lead_to_one_another(client: Client, edition: Edition) -> None:
    first = client.get("/api/v1/indicators?per_page=5").json()
    assert (first["count"], first["previous"], len(first["results"])) == (13, None, 5)
    codes, address = [], "/api/v1/indicators?per_page=5"
    while address:
        page = client.get(address.removeprefix(portal.PUBLIC_URL)).json()
        codes += [row["indicator"] for row in page["results"]]
        address = page["next"]
    assert codes == [each.code for each in edition_indicators(edition)]
    last = client.get("/api/v1/indicators?per_page=5&page=3").json()
    assert last["previous"] == f"{portal.PUBLIC_URL}/api/v1/indicators?page=2&per_page=5"


def edition_indicators(edition: Edition) -> list[Any]:
    return [each for found in edition.commitments.all() for each in found.indicators.all()]


def test_signatures_are_there_also_withdrawn_ones_and_no_people(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    signature = make_signature(partner, edition, leader)
    other = make_partner("Another Council")
    make_signature(other, edition, make_member(other, "leader"))
    type(signature).objects.filter(pk=signature.pk).update(
        withdrawn_at=signature.signed_at, withdrawn_by=leader, withdrawal_reason="By mistake."
    )
    found = client.get("/api/v1/signatories")
    rows = found.json()["results"]
    assert [(row["name"], row["state"]) for row in rows] == [
        ("Another Council", "valid"),
        ("Braintree District Council", "withdrawn"),
    ]
    assert leader.name not in found.text
    assert "By mistake" not in found.text


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/api/v1/editions?page=0", 400, "“page” has to be a whole number from 1 on"),
        ("/api/v1/editions?per_page=501", 400, "“per_page” has to be a whole number from 1 to 500"),
        ("/api/v1/editions?per_page=all", 400, "“per_page” has to be"),
        ("/api/v1/editions?title__startswith=E", 400, "Not known here: “title__startswith”"),
        ("/api/v1/editions?page=2", 404, "There is one page of these rows"),
        (f"/api/v1/editions?page={10**30}", 404, "There is one page of these rows"),
        ("/api/v1/releases/2026/1/results", 404, "There is no such release"),
        ("/api/v1/releases/2026/99999999999999999999/ratings", 404, "There is no such release"),
        ("/api/v1/releases/2026/one/results", 404, "There is nothing at this address"),
        ("/api/v1/editions/", 404, "There is nothing at this address"),
        ("/api/v2/editions", 404, "There is nothing at this address"),
        ("/api/", 404, "There is nothing at this address"),
        ("/api/v1/openapi.json?page=1", 400, "The parameters are: none"),
        ("/api/v1/editions?page=%00", 400, "cannot be read"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(
    client: Client, address: str, status: int, words: str
) -> None:
    found, said = refusal(client.get(address))
    assert found == status
    assert words in said


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_can_only_be_read(client: Client, method: str) -> None:
    for address in ("/api/v1/editions", "/api/nothing"):
        response = client.generic(method, address)
        assert refusal(response)[0] == 405
        assert response.headers["Allow"] == "GET, HEAD"


def test_what_has_not_changed_is_not_sent_again(client: Client, edition: Edition) -> None:
    found = client.get("/api/v1/editions")
    tag = {"if-none-match": found.headers["ETag"]}
    assert client.get("/api/v1/editions", headers=tag).status_code == 304
    assert client.head("/api/v1/editions").status_code == 200


def test_pages_of_other_sites_may_read_it_and_nothing_else(
    client: Client, edition: Edition
) -> None:
    other = {"origin": "https://elsewhere.example"}
    for address in ("/api/v1/editions", "/data/signatories.csv"):
        found = client.get(address, headers=other)
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in found.headers
    for address in ("/", "/register.csv", "/accounts/login/"):
        found = client.get(address, headers=other)
        assert "Access-Control-Allow-Origin" not in found.headers
    asked = other | {"access-control-request-method": "GET"}
    preflight = client.options("/api/v1/editions", headers=asked)
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert preflight.headers["Access-Control-Allow-Headers"] == "accept, if-none-match"


def test_too_many_requests_are_refused_with_a_time_to_come_back(
    client: Client, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, RATE: "2/5m/ip"}
    assert [client.get("/api/v1/rounds").status_code for _ in range(2)] == [200, 200]
    response = client.get("/api/v1/rounds")
    status, said = refusal(response)
    left = int(response.headers["Retry-After"])
    assert status == 429
    assert 295 <= left <= 300
    assert f"wait {left} seconds" in said


def test_its_page_documents_every_field_and_shows_real_answers(
    client: Client, edition: Edition, staff: User, settings: Any
) -> None:
    settings.DEMO = True
    cache.clear()
    make_region(edition, staff)
    found = client.get("/open-data/api/")
    described = client.get("/api/v1/openapi.json").json()
    for path, operation in described["paths"].items():
        assert path in found.text
        assert operation["get"]["summary"] in found.text
    for schema in described["components"]["schemas"].values():
        for name, field in schema["properties"].items():
            assert f">{name}</code>" in found.text
            assert field["description"] in unescape(found.text)
    results = f"/api/v1/releases/{newest().round.slug}/1/results"
    shown = [json.loads(unescape(each)) for each in answers(found.text)]
    real = [client.get(f"{each}?per_page=1").json() for each in ("/api/v1/editions", results)]
    assert shown == real


def answers(page: str) -> list[str]:
    """The answers that a page shows."""
    parts = page.split('<pre class="app-answer"><code>')[1:]
    return [part.split("</code>")[0] for part in parts]
