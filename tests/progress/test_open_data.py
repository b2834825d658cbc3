"""Open data as files: each is as its own description says, and says what the page says."""

import csv
import json
import warnings
from io import StringIO
from pathlib import Path
from typing import Any

import csvw
import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from assessments.models import Publication, Release
from commitments.models import Edition
from progress.opendata import tables
from progress.opendata.describing import APOSTROPHE, RATE
from signatories.models import Partner, User
from tests.assessments.posting import text_of
from tests.factories import make_signature
from tests.progress.regions import make_region, newest

pytestmark = pytest.mark.django_db

BOM = "\ufeff"


@pytest.fixture
def released(edition: Edition, staff: User, settings: Any) -> Release:
    """The release of a round with eight partners, of which one shows its ratings."""
    settings.DEMO = True
    cache.clear()
    make_region(edition, staff)
    return newest()


def body(client: Client, address: str) -> str:
    found: Any = client.get(address)
    assert found.status_code == 200, address
    return b"".join(found).decode()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix(BOM))))


def faults(client: Client, address: str, folder: Path, text: str = "") -> list[str]:
    """What is wrong with a file, by its own description; with other content where it is given."""
    described = client.get(f"{address}-metadata.json").json()
    assert described["url"].endswith(address)
    described["url"] = "table.csv"
    (folder / "table.csv").write_text(text or body(client, address), encoding="utf-8", newline="")
    path = folder / "table.csv-metadata.json"
    path.write_text(json.dumps(described), encoding="utf-8")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = csvw.CSVW(str(path), validate=True)
        is_valid = found.is_valid
    return [] if is_valid else ["not valid", *(str(each.message) for each in warned)]


def test_every_file_is_as_its_description_says(
    client: Client, released: Release, tmp_path: Path
) -> None:
    release = f"/data/{released.round.slug}/release-1"
    addresses = (
        "/data/signatories.csv",
        "/data/essex/commitments.csv",
        "/data/essex/indicators.csv",
        f"{release}/results.csv",
        f"{release}/ratings.csv",
    )
    assert [faults(client, each, tmp_path) for each in addresses] == [[]] * 5
    # The negative control: a number that is none, and a key that is there twice.
    results = body(client, f"{release}/results.csv")
    broken = results.replace(",1.2,false,", ",1.2,perhaps,")
    assert faults(client, f"{release}/results.csv", tmp_path, broken) != []
    twice = results + results.splitlines()[1] + "\r\n"
    with pytest.raises(ValueError, match="duplicate primary key"):
        faults(client, f"{release}/results.csv", tmp_path, twice)


def test_a_file_names_its_description_its_licence_and_is_not_sent_twice(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    make_signature(partner, edition, leader)
    found: Any = client.get("/data/signatories.csv")
    text = b"".join(found).decode()
    assert text.startswith(BOM)
    [row] = read(text)
    assert list(row) == tables.SIGNATORIES.header
    assert (row["partner"], row["state"], row["gss_code"]) == (partner.slug, "valid", "")
    assert leader.name not in text
    assert found.headers["Link"] == (
        '</data/signatories.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
    )
    tag = {"if-none-match": found.headers["ETag"]}
    assert client.get("/data/signatories.csv", headers=tag).status_code == 304
    described = client.get("/data/signatories.csv-metadata.json").json()
    assert "open-government-licence/version/3" in described["dc:license"]["@id"]
    assert described["tableSchema"]["primaryKey"] == ["signature"]
    for column in described["tableSchema"]["columns"]:
        is_text = column["datatype"] == "string"
        assert column["dc:description"].endswith(APOSTROPHE) == is_text


def test_a_name_that_a_spreadsheet_could_take_for_a_formula_is_said_to_have_an_apostrophe(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    Partner.objects.filter(pk=partner.pk).update(name="=1+1 Council")
    make_signature(Partner.objects.get(pk=partner.pk), edition, leader)
    [row] = read(body(client, "/data/signatories.csv"))
    assert row["name"] == "'=1+1 Council"
    assert client.get("/api/v1/signatories").json()["results"][0]["name"] == "=1+1 Council"
    assert APOSTROPHE in text_of(client.get("/open-data/"))


def test_files_are_counted_with_the_api_and_refused_in_words(client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, RATE: "2/5m/ip"}
    body(client, "/data/signatories.csv")
    assert client.get("/data/signatories.csv-metadata.json").status_code == 200
    refused = client.get("/data/signatories.csv")
    assert refused.status_code == 429
    assert 295 <= int(refused.headers["Retry-After"]) <= 300
    assert refused.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "wait 5 minutes, then ask again" in refused.text
    assert client.get("/api/v1/editions").status_code == 429
    assert client.get("/open-data/").status_code == 200


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_can_only_be_read_says_so_to_whoever_has_no_token(method: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in (
        "/data/signatories.csv",
        "/data/essex/indicators.csv-metadata.json",
        "/open-data/",
        "/open-data/api/",
        "/progress/",
        "/",
    ):
        found = strict.generic(method, address)
        assert (found.status_code, found.headers["Allow"]) == (405, "GET, HEAD"), address
    # The control: where something can be changed, the token is asked for.
    assert strict.post("/accounts/login/").status_code == 403


def test_results_in_the_file_the_api_and_the_page_are_the_same(
    client: Client, released: Release
) -> None:
    slug = released.round.slug
    rows = read(body(client, f"/data/{slug}/release-1/results.csv"))
    api = client.get(f"/api/v1/releases/{slug}/1/results").json()["results"]
    said = [{name: written(value) for name, value in row.items()} for row in api]
    assert rows == said
    assert len(rows) == 13
    page = text_of(client.get("/progress/"))
    shown = [row for row in rows if row["suppressed"] == "false"]
    assert len(shown) > 6
    for row in shown:
        assert f"{row['rated']} of {row['of']} rated" in page


def written(value: Any) -> str:
    """A value of the API as a file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def test_published_ratings_are_in_their_file_and_nobody_elses(
    client: Client, released: Release
) -> None:
    rows = read(body(client, f"/data/{released.round.slug}/release-1/ratings.csv"))
    publishers = set(Publication.objects.live().values_list("partner__slug", flat=True))
    assert {row["partner"] for row in rows} == publishers
    assert len(rows) == 13 * len(publishers)


def test_a_superseded_release_keeps_its_address_and_names_the_one_that_counts(
    client: Client, released: Release, staff: User
) -> None:
    slug = released.round.slug
    address = f"/data/{slug}/release-1/results.csv"
    before = body(client, address)
    again = Release.objects.create(
        round=released.round, number=2, sha256="1" * 64, released_by=staff
    )
    again.sealed = True
    again.save(update_fields=["sealed"])
    found: Any = client.get(address)
    assert b"".join(found).decode() == before
    for rel in ("latest-version", "successor-version"):
        assert f'</data/{slug}/release-2/results.csv>; rel="{rel}"' in found.headers["Link"]
    described = client.get(f"{address}-metadata.json").json()
    assert described["dc:isReplacedBy"]["@id"].endswith(f"/data/{slug}/release-2/results.csv")
    page = text_of(client.get("/open-data/"))
    assert "release 1, superseded by a later one" in " ".join(page.split())
    assert "It supersedes release 1, whose files stay where they are" in page


@pytest.mark.parametrize(
    "address",
    [
        "/data/nothing/commitments.csv",
        "/data/nothing/indicators.csv-metadata.json",
        "/data/2026/release-1/results.csv",
        "/data/2026/release-99999999999999999999/ratings.csv",
    ],
)
def test_what_there_is_not_is_not_found(client: Client, edition: Edition, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_page_says_what_there_is_under_which_licence_and_what_has_changed(
    client: Client, released: Release, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        found = client.get("/open-data/")
    page = text_of(found)
    assert "Open Government Licence v3.0" in page
    assert "Contains information from the Essex Data Declaration" in page
    assert f"Release 1 of the round {released.round.name}." in page
    assert "Version 1. The first version" in page
    for address in ("/data/signatories.csv", "/data/essex/indicators.csv", "/open-data/api/"):
        assert f'href="{address}"' in found.text
    assert f'href="/data/{released.round.slug}/release-1/results.csv"' in found.text


def test_before_the_first_release_the_page_says_so(client: Client, edition: Edition) -> None:
    assert "No round’s figures are released yet" in text_of(client.get("/open-data/"))
