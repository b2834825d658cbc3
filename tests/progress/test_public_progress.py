"""Progress of all partners together: from releases only, never about a few."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from commitments.models import Edition
from progress.dashboards.headline import headline
from progress.dashboards.public import standings
from progress.dashboards.released import public_figures
from signatories.models import User
from tests.assessments.posting import text_of
from tests.progress.regions import make_region, newest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Made-up partners are for demonstrations only; nothing is remembered from another test."""
    settings.DEMO = True
    cache.clear()


def test_before_the_first_release_it_says_so(client: Client, edition: Edition) -> None:
    page = text_of(client.get("/progress/"))
    assert "The first figures appear here once a round of self-assessment has closed" in page
    assert "The first figures appear here" in text_of(client.get("/"))


def test_it_shows_distribution_median_and_n_of_m_of_each_indicator(
    client: Client, edition: Edition, staff: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_region(edition, staff, partners=12, rounds=3)
    client.get("/progress/")
    with django_assert_num_queries(3):
        found = client.get("/progress/")
    page = text_of(found)
    *_, before, now = public_figures()
    assert f"These are the figures of the round {now.round.name}: release 1" in page
    for each in now.figures.results:
        assert each.roll_up is not None
        assert f"{each.asked.code} {each.asked.title}" in page
        assert each.roll_up.words in page
    assert f"in {before.round.name} it was" in page or f"as in {before.round.name}" in page
    assert "All indicators together, round by round" in page
    counted = f"{now.figures.counted} of {now.figures.of} partners are in the figures"
    assert counted in page
    assert now.figures.of == 12
    declaration = client.get("/declaration/").text
    for commitment in edition.commitments.all():
        assert str(commitment) in page
        assert f'href="/declaration/#commitment-{commitment.number}"' in found.text
        assert f'id="commitment-{commitment.number}"' in declaration
    for each in now.figures.results:
        assert f'href="/declaration/#indicator-{each.asked.code}"' in found.text
        assert f'id="indicator-{each.asked.code}"' in declaration
    assert f"/data/{now.round.slug}/release-1/results.csv" in found.text
    # The same sentence opens the home page, which needs no more queries for it.
    with django_assert_num_queries(3):
        home = client.get("/")
    said = headline(standings(public_figures()))
    assert said in page
    assert said in text_of(home)
    again = client.get("/progress/", headers={"if-none-match": found.headers["ETag"]})
    assert again.status_code == 304


def test_another_round_can_be_chosen_and_an_unknown_one_is_refused_in_words(
    client: Client, edition: Edition, staff: User
) -> None:
    make_region(edition, staff, rounds=3)
    before, now = public_figures()
    chosen = text_of(client.get(f"/progress/?round={before.round.slug}"))
    assert f"These are the figures of the round {before.round.name}" in chosen
    refused = client.get("/progress/?round=nope__in")
    assert refused.status_code == 200
    page = text_of(refused)
    assert "There is no such round. The newest one is shown." in page
    assert f"These are the figures of the round {now.round.name}" in page


def test_too_few_partners_are_not_shown_and_nobody_is_named(
    client: Client, edition: Edition, staff: User
) -> None:
    make_region(edition, staff, partners=5)
    found = client.get("/progress/")
    page = text_of(found)
    assert "Too few partners stand behind the figures" in page
    assert page.count("Not shown: fewer than six partners") == 13
    assert "Made-up Partner" not in page
    assert "<img" not in found.text.split("<main")[1]
    results = client.get(f"/api/v1/releases/{newest().round.slug}/1/results").json()["results"]
    assert {each["suppressed"] for each in results} == {True}
    assert {each["median"] for each in results} == {None}
    assert {each["of"] for each in results} == {None}
