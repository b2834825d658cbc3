"""Partner by indicator: cells, filters, sorting, and what the ratings add up to."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assessments.actions.answering import save_answer
from assessments.actions.reviewing import accept
from assessments.actions.submitting import send, sign_off
from assessments.models import Assessment, Round
from assessments.workflow import State
from commitments.models import Edition
from progress.dashboards.figures import read_live
from progress.dashboards.heatmap import Filters, Heatmap, heatmap
from progress.forms.heatmap import HeatmapForm
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, make_round, save
from tests.assessments.planning import make_plan
from tests.factories import make_member, make_partner
from tests.progress.conftest import Bring

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
NAMES = {"A": "district", "B": "county", "C": "district", "D": "police"}


@pytest.fixture
def county(edition: Edition) -> dict[str, Partner]:
    """Four partners of three kinds, before the round opens."""
    return {name: make_partner(f"Partner {name}", kind=kind) for name, kind in NAMES.items()}


def accept_with(partner: Partner, round: Round, staff: User, rating: int | None) -> None:
    """Accept an assessment whose 1.1 has the rating, or is not applicable; the rest are 2."""
    leader = make_member(partner, "leader")
    found = Assessment.objects.get(partner=partner, round=round)
    answer_all(found, leader)
    first = found.answers.in_order()[0]
    if rating is None:
        save_answer(
            answer=first,
            version=first.version,
            rating=None,
            not_applicable=True,
            reason="We have no projects.",
            narrative="",
            completed=True,
            by=leader,
        )
    else:
        save(first, leader, rating)
    send(assessment=found, by=leader)
    sign_off(assessment=found, by=leader)
    accept(assessment=found, note="", by=staff)


@pytest.fixture
def rated(county: dict[str, Partner], round: Round, staff: User, bring: Bring) -> Round:
    """A and B rate 1.1 with 4 and 1, for C it is not applicable; D is submitted with 2."""
    accept_with(county["A"], round, staff, 4)
    accept_with(county["B"], round, staff, 1)
    accept_with(county["C"], round, staff, None)
    bring(county["D"], State.SUBMITTED)
    return round


def read(round: Round, **filters: object) -> Heatmap:
    return heatmap(read_live(round), Filters(**filters))  # type: ignore[arg-type]  # by name


def names(found: Heatmap) -> str:
    """The letters of the partners shown, without the persona's own."""
    shown = (row.name.partition("Partner ")[2] for row in found.rows)
    return "".join(shown)


def test_figures_are_those_counted_by_hand(rated: Round) -> None:
    first, second = read(rated).sums[:2]
    assert first.figures.counts == (0, 1, 0, 0, 1)
    assert first.figures.not_applicable == 1
    assert first.figures.words == "2 of 3 rated"
    assert first.median == "1 Exploring"  # the lower of the two in the middle
    assert second.figures.counts == (0, 0, 3, 0, 0)
    assert second.figures.words == "3 of 3 rated"


def test_only_accepted_assessments_are_shown_unless_others_are_asked_for(rated: Round) -> None:
    assert names(read(rated)) == "ABC"
    everything = read(rated, state="all")
    assert names(everything) == "ABCD"
    assert {row.name: row.mark for row in everything.rows if row.mark} == {
        "Braintree District Council": "Draft",
        "Partner D": "Submitted",
    }
    assert everything.sums == read(rated).sums


def test_one_state_can_be_shown_and_the_figures_stay(
    rated: Round, staff: User, client_of: ClientOf
) -> None:
    submitted = read(rated, state="submitted")
    assert names(submitted) == "D"
    assert submitted.sums == read(rated).sums
    assert submitted.counted == 3
    assert names(read(rated, state="awaiting")) == ""
    page = client_of(staff).get("/heatmap/?state=submitted").text
    assert "How many of the 3 accepted assessments" in page
    assert '<span class="govuk-visually-hidden">2 Developing</span>' in page


def test_left_out_assessments_are_named(rated: Round) -> None:
    assert {line.reason: line.partners for line in read(rated).left_out} == {
        "still being answered": ("Braintree District Council",),
        "waiting for ecda’s review": ("Partner D",),
    }


def test_cells_say_rating_not_applicable_and_no_answer(
    rated: Round, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get("/heatmap/?state=all").text
    for piece in (
        'rating-4"><span aria-hidden="true">4</span>',
        '<span class="govuk-visually-hidden">4 Leading</span>',
        '<span class="govuk-visually-hidden">not applicable</span>',
        '<span class="govuk-visually-hidden">no answer</span>',
    ):
        assert piece in page


def test_the_table_can_be_read_without_seeing_it(
    rated: Round, staff: User, client_of: ClientOf, county: dict[str, Partner]
) -> None:
    page = client_of(staff).get("/heatmap/").text
    assert 'role="region" aria-label="Ratings by partner and indicator' in page
    assert 'tabindex="0"' in page
    address = f"/partners/{county['A'].slug}/progress/"
    assert f'<a class="govuk-link" href="{address}">Partner A</a>' in page
    hidden = '<span class="govuk-visually-hidden"> Leaders sponsor data projects</span>'
    assert f"1.1{hidden}" in page


def test_kind_and_commitment_narrow_rows_and_columns(rated: Round) -> None:
    found = read(rated, kind="district", commitment=5)
    assert names(found) == "AC"
    assert [column.code for column in found.columns] == ["5.1", "5.2"]
    assert found.counted == 2


def test_sorting_by_an_indicator_keeps_the_unrated_last(rated: Round) -> None:
    assert names(read(rated, sort="1.1", descending=True)) == "ABC"
    assert names(read(rated, sort="1.1")) == "BAC"
    assert names(read(rated, descending=True)) == "CBA"


def test_headings_sort_and_keep_the_filters(rated: Round, staff: User, client_of: ClientOf) -> None:
    page = client_of(staff).get("/heatmap/?kind=district&sort=-1.1").text
    assert 'aria-sort="descending"' in page
    assert 'href="?kind=district&amp;sort=1.1"' in page
    assert 'href="?kind=district&amp;sort=-1.2"' in page
    assert "Sort by 1.1, ascending" in page
    assert "Sort by 1.2, descending" in page


def test_headings_lead_to_their_commitment_and_indicator(
    rated: Round, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get("/heatmap/").text
    assert f'href="/figures/{rated.slug}/commitments/1/">Commitment 1</a>' in page
    assert f'href="/figures/{rated.slug}/indicators/1.1/"' in page


def test_each_filter_can_be_removed_and_the_order_stays(
    rated: Round, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get("/heatmap/?kind=district&commitment=1&sort=-1.1").text
    assert page.count("Remove the filter ") == 2
    assert 'href="/heatmap/?commitment=1&amp;sort=-1.1"' in page
    assert 'href="/heatmap.csv?kind=district&amp;commitment=1&amp;sort=-1.1"' in page


# What nobody offers, as the end of an address, and what is said of it.
UNKNOWN = {
    "sort=partner__memberships__person__email": "There is no such column to sort by",
    "sort=--1.1": "There is no such column to sort by",
    "sort=9.9": "There is no such column to sort by",
    "commitment=2&sort=-1.1": "Indicator 1.1 is not in this table. Partners are sorted by name.",
    "kind=castle": "There is no such kind",
    "commitment=99": "There is no such commitment",
    "commitment=-1%27": "There is no such commitment",
    "round=1999": "There is no such round",
    "state=burnt": "There is no such state",
    "page=2": "There is no such page",
    "page=id__gt": "There is no such page",
}


def test_unknown_filters_and_sort_keys_are_left_out_in_words(
    rated: Round, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    for query, words in UNKNOWN.items():
        response = client.get(f"/heatmap/?{query}")
        assert response.status_code == 200, query
        assert words in response.text, query
        assert "<title>Error: Heatmap" in response.text, query
        assert "Partner A" in response.text, query


def test_a_round_to_come_is_named_to_those_who_are_told_of_it(
    rated: Round, staff: User, client_of: ClientOf
) -> None:
    planned = make_plan(rated.edition, staff)
    said = f"Round {planned} has not opened yet. The newest one is shown."
    for page in ("heatmap", "overview"):
        assert said in client_of(staff).get(f"/{page}/?round={planned.slug}").text
    public = client_of(staff).get(f"/progress/?round={planned.slug}").text
    assert "There is no such round. The newest one is shown." in public


def test_a_file_of_an_unknown_filter_leads_back_to_the_page(
    rated: Round, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    for name in ("heatmap.csv", "heatmap.xlsx", "heatmap/indicators.csv"):
        response = client.get(f"/{name}?kind=castle")
        assert response.status_code == 302, name
        assert response.url == "/heatmap/?kind=castle", name  # type: ignore[attr-defined]  # a redirect
    response = client.get("/overview.csv?round=castle")
    assert response.url == "/overview/?round=castle"  # type: ignore[attr-defined]  # a redirect


def test_a_column_that_is_filtered_away_does_not_sort(rated: Round) -> None:
    assert names(read(rated, commitment=5, sort="1.1")) == "ABC"


def test_filters_that_fit_nobody_say_so(rated: Round, staff: User, client_of: ClientOf) -> None:
    page = client_of(staff).get("/heatmap/?kind=university").text
    assert "Nothing to show" in page


def test_without_a_round_the_page_says_so(
    edition: Edition, staff: User, client_of: ClientOf
) -> None:
    assert client_of(staff).get("/heatmap.xlsx").status_code == 302
    assert client_of(staff).get("/overview.csv").getvalue()
    for query in ("", "?round=x&sort=y&kind=z"):
        response = client_of(staff).get(f"/heatmap/{query}")
        assert response.status_code == 200
        assert "No round yet" in response.text


def test_a_round_with_nobody_says_so(edition: Edition, staff: User, client_of: ClientOf) -> None:
    empty = make_round(edition, staff)
    assert not empty.assessments.exists()
    response = client_of(staff).get("/heatmap/?state=all")
    assert response.status_code == 200
    assert "Nothing to show" in response.text


def test_a_page_shows_a_hundred_partners() -> None:
    rows: list[Any] = list(range(250))
    form = HeatmapForm({"page": "3"})
    assert list(form.page_of(rows)) == rows[200:]
    assert not form.errors
    form = HeatmapForm({"page": "4"})
    assert list(form.page_of(rows)) == rows[:100]
    assert form.errors
