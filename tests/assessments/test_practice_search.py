"""Everybody searches good practice: by its words, its indicator and the kind of its partner."""

from typing import Any

import pytest
from django.test import Client
from django.utils.text import slugify
from pytest_django import DjangoAssertNumQueries

from assessments.actions import practices
from assessments.actions.practices import Words
from assessments.dashboards.practices import (
    BEGIN,
    END,
    Filters,
    find_practices,
    marked,
    read_subjects,
)
from assessments.models import Assessment, Round
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import make_round
from tests.assessments.practising import WORDS, first_answer, offered, published, published_by
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

PAGE = "/good-practice/"


def titles(**asked: str) -> list[str]:
    page = find_practices(Filters(**asked), read_subjects())
    return [practice.title for practice in page]


@pytest.fixture
def several(edition: Edition, staff: User) -> Round:
    """Three partners with something published, about different things."""
    police = make_partner("Essex Police", slug="essex-police", kind="police")
    council = make_partner("Harlow Council", slug="harlow-council")
    county = make_partner("Essex County Council", slug="essex-county-council", kind="county")
    round = make_round(edition, staff)
    published_by(
        council, round, staff, Words("Sharing data", "Agreements about homelessness."), place=0
    )
    published_by(
        police, round, staff, Words("Night patrols", "Officers share what they see."), place=1
    )
    published_by(
        county,
        round,
        staff,
        Words("Open meetings", "Sharing of minutes, sharing of data."),
        place=5,
    )
    return round


def test_nothing_but_what_is_published_is_found(
    client: Client, assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    practice = offered(assessment, lead, Words("CANARY", "CANARY text"))
    assert "CANARY" not in client.get(PAGE, {"q": "text"}).text
    practices.publish(practice=practice, version=1, words=Words("CANARY", "CANARY text"), by=staff)
    page = client.get(PAGE, {"q": "text"}).text
    assert "CANARY" in page
    assert "Braintree District Council" in page
    assert lead.email not in page
    assert lead.name not in page
    practices.withdraw(practice=practice, reason="", by=lead)
    assert "CANARY" not in client.get(PAGE).text


def test_without_words_the_newest_is_first(several: Round) -> None:
    assert titles() == ["Open meetings", "Night patrols", "Sharing data"]


def test_a_title_weighs_more_than_the_text(several: Round) -> None:
    # The second is about an indicator of that title.
    assert titles(q="sharing data")[0] == "Sharing data"
    assert titles(q="meetings or homelessness") == ["Open meetings", "Sharing data"]


def test_words_are_found_in_their_other_forms(several: Round) -> None:
    assert set(titles(q="shared")) == {"Sharing data", "Night patrols", "Open meetings"}


def test_quotation_marks_minus_and_or_mean_what_they_mean_elsewhere(several: Round) -> None:
    assert titles(q='"sharing data"') == ["Sharing data"]
    assert titles(q="sharing -homelessness") == ["Open meetings", "Night patrols"]
    assert set(titles(q="patrols or meetings")) == {"Night patrols", "Open meetings"}


def test_a_partner_is_found_by_its_name(several: Round) -> None:
    assert titles(q="harlow sharing") == ["Sharing data"]


def test_it_is_filtered_by_commitment_indicator_and_kind(several: Round) -> None:
    indicators = read_subjects().indicators
    assert titles(indicator=indicators[0].slug) == ["Sharing data"]
    assert titles(commitment=read_subjects().commitments[0].slug) == [
        "Night patrols",
        "Sharing data",
    ]
    assert titles(kind="police") == ["Night patrols"]
    assert titles(kind="police", q="sharing") == ["Night patrols"]
    assert titles(kind="police", indicator=indicators[0].slug) == []


def test_each_selection_can_be_removed(client: Client, several: Round) -> None:
    page = client.get(PAGE, {"q": "share", "kind": "police"}).text
    assert "1 good practice, the best match first" in page
    assert 'href="/good-practice/?kind=police"' in page
    assert 'href="/good-practice/?q=share"' in page


def test_what_was_found_is_marked_and_everything_else_is_escaped(
    client: Client, assessment: Assessment, lead: User, staff: User
) -> None:
    words = Words("Data <b>bold</b> & more", "<script>alert('data')</script> & data \"quoted\"")
    published(assessment, lead, staff, words)
    page = client.get(PAGE, {"q": "data"}).text
    assert "<mark>Data</mark> &lt;b&gt;bold&lt;/b&gt; &amp; more" in page
    assert "<script>alert" not in page
    assert "<b>bold" not in page
    assert page.count("<mark>") == page.count("</mark>") > 1


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain & <i>", "plain &amp; &lt;i&gt;"),
        (f"a {BEGIN}<b>{END} c", "a <mark>&lt;b&gt;</mark> c"),
        (f"{END}stray{BEGIN}", "stray"),
        (f"{BEGIN}one{BEGIN}two{END}", "one<mark>two</mark>"),
        (f"{BEGIN}{END}", ""),
    ],
)
def test_marks_always_come_in_pairs(text: str, html: str) -> None:
    assert marked(text) == html


def test_somebody_who_types_our_own_marks_marks_nothing(
    client: Client, assessment: Assessment, lead: User, staff: User
) -> None:
    published(assessment, lead, staff, Words(f"{BEGIN}Data", f"{END} bench {BEGIN} data"))
    page = client.get(PAGE, {"q": "bench"}).text
    assert page.count("<mark>") == page.count("</mark>") == 1
    assert BEGIN not in page


def test_a_filter_that_is_not_understood_shows_all_and_says_so(
    client: Client, several: Round
) -> None:
    asked = {"kind": "__class__", "indicator": "x' OR 1=1", "commitment": "9", "q": "x" * 201}
    page = client.get(PAGE, asked).text
    for words in ("no such kind", "no such indicator", "no such commitment", "200 characters"):
        assert words in page
    assert "3 good practices" in page


@pytest.mark.parametrize("words", ["the", "zzzz", "!&|:*", "''", "-", '"', "a" * 200, "数据", "\\"])
def test_any_words_lead_to_a_page(client: Client, several: Round, words: str) -> None:
    page = client.get(PAGE, {"q": words})
    assert page.status_code == 200
    assert "No good practice fits" in page.text


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "x", ""])
def test_any_page_number_leads_to_a_page(client: Client, several: Round, number: str) -> None:
    assert "3 good practices" in client.get(PAGE, {"page": number}).text


def test_an_empty_list_says_so(client: Client, edition: Edition) -> None:
    assert "There is no good practice yet" in client.get(PAGE).text


def test_twenty_make_a_page_and_the_filter_stays(
    client: Client, edition: Edition, staff: User
) -> None:
    partners = [make_partner() for _ in range(21)]
    round = make_round(edition, staff)
    for partner in partners:
        published_by(partner, round, staff)
    page = client.get(PAGE, {"q": "sleeping"}).text
    assert page.count('<h2 class="govuk-heading-m govuk-!-margin-bottom-1">') == 20
    assert "?q=sleeping&amp;page=2" in page
    assert client.get(PAGE, {"q": "sleeping", "page": "2"}).text.count("<mark>sleeping</mark>") == 1


@pytest.mark.parametrize("count", [3, 30])
def test_three_queries_are_enough(
    client: Client,
    edition: Edition,
    staff: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    partners = [make_partner() for _ in range(count)]
    round = make_round(edition, staff)
    for partner in partners:
        published_by(partner, round, staff)
    # Searching for words counts how often somebody does, in the database's cache.
    limit = 12
    for address, queries in ((PAGE, 3), (f"{PAGE}?q=sleeping&kind=district", 3 + limit)):
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_an_unchanged_list_is_not_sent_again(
    client: Client, assessment: Assessment, lead: User, staff: User
) -> None:
    tag = client.get(PAGE).headers["ETag"]
    assert client.get(PAGE, headers={"if-none-match": tag}).status_code == 304
    published(assessment, lead, staff)
    assert client.get(PAGE, headers={"if-none-match": tag}).status_code == 200


def test_an_indicator_of_a_new_edition_continues_the_one_with_its_title(
    assessment: Assessment, lead: User, staff: User, partner: Partner
) -> None:
    practice = published(assessment, lead, staff)
    slug = slugify(first_answer(assessment).indicator.title)
    slugs: list[Any] = [one.slug for one in read_subjects().indicators]
    assert slugs.count(slug) == 1
    assert titles(indicator=slug, q=WORDS.title) == [practice.title]
