"""One indicator's page: what it adds up to, who said what, and who can help whom."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assessments.models import Assessment, Connection, Contact, GoodPractice, Round, SupportRequest
from commitments.models import Edition
from progress.dashboards.indicator import SHOWN
from signatories.models import Partner, User
from tests.assessment_factories import make_round
from tests.assessments.years import later_edition, move_to_the_past
from tests.factories import make_partner
from tests.progress.answering import say

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def partners(edition: Edition) -> dict[str, Partner]:
    """Four partners of three kinds."""
    kinds = {"A": "district", "B": "county", "C": "district", "D": "police"}
    return {name: make_partner(f"Partner {name}", kind=kind) for name, kind in kinds.items()}


@pytest.fixture
def last(edition: Edition, partners: dict[str, Partner], staff: User) -> Round:
    """A year ago A said 1 and B said 4."""
    found = make_round(edition, staff)
    say(found, partners["A"], staff, 1)
    say(found, partners["B"], staff, 4)
    return move_to_the_past(found)


@pytest.fixture
def this(last: Round, partners: dict[str, Partner], staff: User) -> Round:
    """Now A says 3, B says 2, C says that it does not apply; D is still answering."""
    found = make_round(last.edition, staff)
    say(found, partners["A"], staff, 3, narrative="Every director sponsors a project. " * 12)
    say(found, partners["B"], staff, 2)
    say(found, partners["C"], staff, None)
    return found


@pytest.fixture
def client(staff: User, client_of: ClientOf) -> Client:
    """One of ecda's staff."""
    return client_of(staff)


def address(round: Round, code: str = "1.1", query: str = "") -> str:
    return f"/figures/{round.slug}/indicators/{code}/{query}"


def listed(client: Client, round: Round, query: str = "") -> str:
    """The letters of the partners whose answers the page lists, in its order."""
    page = client.get(address(round, query=query))
    assert page.status_code == 200
    rows = [each.row.name for each in page.context["answers"]]
    return "".join(name.partition("Partner ")[2] for name in rows)


def test_the_page_says_what_the_ratings_add_up_to(this: Round, client: Client) -> None:
    response = client.get(address(this))
    figures = response.context["page"].sum.figures
    assert figures.counts == (0, 0, 1, 1, 0)
    assert "2 of 3 rated, median 2 Developing, 1 not applicable" in response.text
    assert "Leaders sponsor data projects" in response.text
    assert "What each rating means for this indicator" in response.text


def test_the_page_names_who_is_left_out_and_why(this: Round, client: Client) -> None:
    page = client.get(address(this)).text
    assert "Still being answered" in page
    assert "Partner D" in page


def test_movement_is_counted_between_levels(this: Round, last: Round, client: Client) -> None:
    response = client.get(address(this))
    page = response.context["page"]
    counts = {row.level: row.counts for row in page.between}
    assert counts["1 Exploring"] == (0, 0, 0, 1, 0, 0)
    assert counts["4 Leading"] == (0, 0, 1, 0, 0, 0)
    assert page.sum.moves.words == "1 up, 0 the same, 1 down, 1 new"
    assert '<strong class="govuk-tag app-rating rating-3">3 Established</strong>' in response.text
    assert "up from 1 Exploring" in response.text
    assert "down from 4 Leading" in response.text
    assert f"new since round {last}" in response.text


def test_the_rounds_are_beside_one_another(this: Round, last: Round, client: Client) -> None:
    response = client.get(address(this))
    names = [row[0] for row in response.context["over_rounds"].rows]
    assert names == [f"{last}, 2 of 4 partners", f"{this}, 3 of 4 partners"]
    assert f'href="{address(last)}"' in response.text
    earlier = client.get(address(last))
    assert "There is no round before this one to compare with." in earlier.text


def test_an_indicator_that_goes_on_in_a_later_edition_is_found_there(
    last: Round, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    round = make_round(later_edition(), staff)
    say(round, partners["A"], staff, 2)
    # What was 1.2 is 1.1 in the later edition.
    response = client.get(address(round, "1.1"))
    assert f'href="{address(last, "1.2")}"' in response.text
    assert response.context["page"].sum.moves.words == "0 up, 1 the same, 0 down"
    new = client.get(address(round, "1.3"))
    assert "Nobody answered both in round" in new.text
    assert [year.round for year in new.context["page"].history] == [round]


# Which answers are listed, by what is asked for.
LISTED = [
    ("", "ABC"),
    ("?sort=-partner", "CBA"),
    ("?sort=rating", "BAC"),
    ("?sort=-rating", "ABC"),
    ("?sort=movement", "BAC"),
    ("?sort=-movement", "ABC"),
    ("?kind=district", "AC"),
    ("?rating=3", "A"),
    ("?rating=na", "C"),
    ("?moved=down", "B"),
    ("?moved=new", "C"),
    ("?kind=district&rating=2", ""),
]


def test_answers_are_filtered_and_sorted(this: Round, client: Client) -> None:
    assert [(query, listed(client, this, query)) for query, _ in LISTED] == LISTED


def test_filters_are_named_and_can_be_taken_away_one_by_one(this: Round, client: Client) -> None:
    page = client.get(address(this, query="?kind=district&rating=3&sort=-rating")).text
    assert "Kind of partner: District council" in page
    assert "Rating: 3 Established" in page
    assert "?rating=3&amp;sort=-rating#answers" in page
    assert "Order" not in page
    assert 'aria-sort="descending"' in page


def test_answers_that_fit_no_filter_say_so(this: Round, client: Client) -> None:
    page = client.get(address(this, query="?kind=university")).text
    assert "No answer fits" in page


# What is said of what nobody offered.
REFUSED = [
    ("?sort=assessment__partner__name", "There is no such column to sort by"),
    ("?sort=--rating", "There is no such column to sort by"),
    ("?kind=castle", "There is no such kind"),
    ("?rating=9", "There is no such rating"),
    ("?rating=-1'", "There is no such rating"),
    ("?moved=sideways", "There is no such movement"),
]


def test_what_is_not_known_is_said_in_words_and_left_out(this: Round, client: Client) -> None:
    for query, words in REFUSED:
        response = client.get(address(this, query=query))
        assert response.status_code == 200
        assert words in response.text
        assert [each.row.name for each in response.context["answers"]] == [
            "Partner A",
            "Partner B",
            "Partner C",
        ]
        assert client.get(address(this) + "answers.csv" + query).status_code == 302


def test_what_has_no_page_is_not_found(this: Round, client: Client) -> None:
    for code in ("9.9", "1", "1.1.1", "1.x", "-1.1", "commitment__number"):
        assert client.get(address(this, code)).status_code == 404
    Round.objects.create(
        edition=this.edition,
        name="Planned",
        slug="planned",
        opens_on=this.closes_on + timedelta(days=1),
        due_on=this.closes_on + timedelta(days=2),
        closes_on=this.closes_on + timedelta(days=3),
    )
    for slug in ("1999", "planned"):
        assert client.get(f"/figures/{slug}/indicators/1.1/").status_code == 404


def test_a_page_that_is_not_there_is_said_in_words(this: Round, client: Client) -> None:
    words = "There is no such page of answers. The first one is shown."
    for query in ("?page=99", "?page=first", "?page=-1"):
        assert listed(client, this, query) == "ABC"
        assert words in client.get(address(this, query=query)).text
    assert words not in client.get(address(this, query="?page=1")).text


def test_a_round_without_accepted_answers_says_so(
    edition: Edition, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    response = client.get(address(make_round(edition, staff)))
    assert response.status_code == 200
    assert "Nothing to add up yet" in response.text


def test_long_narratives_are_folded_away(this: Round, client: Client) -> None:
    page = client.get(address(this)).text
    assert page.count("Read all of it") == 1
    assert "We have no projects." not in page.partition("Partner C")[0]


def test_who_is_strong_and_willing_is_listed_with_the_contact(
    this: Round, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    assert "no contact agreed yet" in client.get(address(this)).text
    Contact.objects.create(
        partner=partners["A"], name="Ada Able", email="ada@a.example", agreed_by=staff
    )
    response = client.get(address(this))
    assert [each.name for each in response.context["help"].helpers] == ["Partner A"]
    assert "contact agreed: <bdi>Ada Able</bdi>" in response.text
    # Also where the filter shows nobody of them.
    other = client.get(address(this, query="?rating=2"))
    assert [each.name for each in other.context["help"].helpers] == ["Partner A"]


def test_who_asked_for_help_leads_to_where_they_are_connected(
    this: Round, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    first = Assessment.objects.get(partner=partners["B"], round=this).answers.in_order()[0]
    wish = SupportRequest.objects.create(
        partner=partners["B"], indicator=first.indicator, words="Find sponsors", asked_by=staff
    )
    page = client.get(address(this)).text
    assert f'href="/support/{wish.pk}/"' in page
    assert "1 request waits" in page
    assert not Connection.objects.exists()
    assert "No request for help" in client.get(address(this, "1.2")).text


def test_only_the_oldest_requests_are_read_and_all_are_counted(
    this: Round, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    first = Assessment.objects.get(partner=partners["B"], round=this).answers.in_order()[0]
    wishes = SupportRequest.objects.bulk_create(
        SupportRequest(
            partner=make_partner(f"Asker {number:02}"),
            indicator=first.indicator,
            words="Find sponsors",
            asked_by=staff,
        )
        for number in range(SHOWN + 2)
    )
    response = client.get(address(this))
    assert [line.request for line in response.context["help"].requests] == wishes[:SHOWN]
    assert f"{SHOWN + 2} requests wait, the {SHOWN} that have waited longest" in " ".join(
        response.text.replace(";", ",").split()
    )


def test_published_good_practice_is_linked_and_no_other(
    this: Round, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    answer = Assessment.objects.get(partner=partners["A"], round=this).answers.in_order()[0]
    facts = {"partner": partners["A"], "indicator": answer.indicator, "offered_by": staff}
    practice = GoodPractice.objects.create(slug="sponsors", title="Sponsors", body="B", **facts)
    assert "/good-practice/sponsors/" not in client.get(address(this)).text
    practice.state, practice.published_by = "published", staff
    practice.published_at = practice.offered_at
    practice.save()
    assert "/good-practice/sponsors/" in client.get(address(this)).text


def test_the_files_hold_the_same_answers_with_the_same_filter(this: Round, client: Client) -> None:
    text = client.get(address(this) + "answers.csv?kind=district").getvalue().decode("utf-8-sig")
    header, *rows = text.splitlines()
    assert header.startswith("partner,kind,round,indicator,rating,rating_name,not_applicable")
    assert [row.split(",")[0] for row in rows] == ["Partner A", "Partner C"]
    assert ",3,Established,no,1,up,yes,0," in rows[0]
    assert rows[1].endswith(",We have no projects.")
    book = client.get(address(this) + "answers.xlsx?kind=district")
    answers, notes = load_workbook(io.BytesIO(book.getvalue())).worksheets
    assert answers.max_row == 3
    said = {str(row[0]): str(row[1]) for row in notes.iter_rows(values_only=True)}
    assert said["Filters"] == "Kind of partner: District council"
    # D, which is left out, is no district.
    assert said["Left out"] == "No assessment is left out"
    assert said["Listed here"] == "2 of 3 answers of accepted assessments"
    assert said["Adds up to"] == (
        "All of the kind District council: 1 of 2 rated, median 3 Established"
    )
    assert said["new"] == "No answer that counted in the round before"
    book = client.get(address(this) + "answers.xlsx?kind=police")
    notes = load_workbook(io.BytesIO(book.getvalue()))["Notes"]
    said = {str(row[0]): str(row[1]) for row in notes.iter_rows(values_only=True)}
    assert said["Left out: still being answered (1)"] == "Partner D"
    assert said["Adds up to"] == "All of the kind Police force: 0 of 0 rated, median none"


def test_the_file_of_figures_has_a_row_for_each_round(
    this: Round, last: Round, client: Client
) -> None:
    text = client.get(address(this) + "figures.csv").getvalue().decode("utf-8-sig")
    now, then = csv.DictReader(io.StringIO(text))
    assert [now["round"], then["round"]] == [this.name, last.name]
    spread = ["not_started", "exploring", "developing", "established", "leading"]
    assert [now[name] for name in spread] == ["0", "0", "1", "1", "0"]
    facts = ["not_applicable", "no_answer", "rated", "of", "median", "median_name"]
    assert [now[name] for name in facts] == ["1", "0", "2", "3", "2", "Developing"]
    moves = ["up", "same", "down", "new", "to_or_from_not_applicable"]
    assert [now[name] for name in moves] == ["1", "0", "1", "1", "0"]
    # Whatever is answered has moved in one of these ways.
    assert sum(int(now[name]) for name in moves) == int(now["rated"]) + int(now["not_applicable"])
    assert [then[name] for name in moves] == [""] * 5
    book = client.get(address(this) + "figures.xlsx")
    figures, notes = load_workbook(io.BytesIO(book.getvalue())).worksheets
    assert [row[0] for row in figures.values][1:] == [this.name, last.name]
    assert notes["B1"].value.startswith("What indicator 1.1 of the edition")
    said = [(str(row[0]), str(row[1])) for row in notes.iter_rows(values_only=True)]
    rounds = [words.partition(",")[0] for name, words in said if name == "Round"]
    assert rounds == [this.name, last.name]
    by_name = dict(said)
    assert by_name[f"Left out of round {this}: still being answered (1)"] == "Partner D"
    assert by_name[f"Left out of round {last}: still being answered (2)"] == "Partner C, Partner D"
    assert "to_or_from_not_applicable" in by_name


def test_the_page_needs_ten_queries_however_many_answer(
    this: Round, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(address(this))
        return len(found)

    queries()
    few = queries()
    say(this, partners["D"], staff, 4)
    assert (few, queries()) == (10, 10)
