"""One commitment's page: its indicators, every partner's answers, what is still to be done."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from assessments.models import Improvement, Round, SupportRequest
from commitments.models import Edition, Indicator
from signatories.models import Partner, User
from tests.assessment_factories import make_round
from tests.assessments.years import later_edition, move_to_the_past
from tests.factories import make_partner
from tests.progress.answering import say

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
# Which partners are listed, by what is asked for.
LISTED = [
    ("", "ABC"),
    ("?sort=-partner", "CBA"),
    ("?sort=1.1", "BAC"),
    ("?sort=-1.1", "ABC"),
    ("?kind=district", "AC"),
    ("?kind=university", ""),
]
# What is said of what nobody offered.
REFUSED = [
    ("?sort=2.1", "There is no such column to sort by"),
    ("?sort=partner__name", "There is no such column to sort by"),
    ("?kind=castle", "There is no such kind"),
]


@pytest.fixture
def partners(edition: Edition) -> dict[str, Partner]:
    """Four partners of three kinds."""
    kinds = {"A": "district", "B": "county", "C": "district", "D": "police"}
    return {name: make_partner(f"Partner {name}", kind=kind) for name, kind in kinds.items()}


@pytest.fixture
def last(edition: Edition, partners: dict[str, Partner], staff: User) -> Round:
    """A year ago A said 1 of 1.1 and B said 4, and both said 2 of all others."""
    found = make_round(edition, staff)
    say(found, partners["A"], staff, 1)
    say(found, partners["B"], staff, 4)
    return move_to_the_past(found)


@pytest.fixture
def this(last: Round, partners: dict[str, Partner], staff: User) -> Round:
    """Now A says 3, B says 2, C says that it does not apply; D is still answering."""
    found = make_round(last.edition, staff)
    say(found, partners["A"], staff, 3)
    say(found, partners["B"], staff, 2)
    say(found, partners["C"], staff, None)
    return found


@pytest.fixture
def client(staff: User, client_of: ClientOf) -> Client:
    """One of ecda's staff."""
    return client_of(staff)


def address(round: Round, number: int = 1, query: str = "") -> str:
    return f"/figures/{round.slug}/commitments/{number}/{query}"


def test_the_page_says_what_its_indicators_add_up_to(
    this: Round, last: Round, client: Client
) -> None:
    response = client.get(address(this))
    page = response.context["page"]
    assert [line.sum.asked.code for line in page.lines] == ["1.1", "1.2", "1.3"]
    assert [line.sum.figures.words for line in page.lines] == [
        "2 of 3 rated",
        "3 of 3 rated",
        "3 of 3 rated",
    ]
    assert page.figures.counts == (0, 0, 7, 1, 0)
    assert "8 of 9 rated over 3 indicators and 3 partners, median 2 Developing" in response.text
    assert page.lines[0].sum.moves.words == "1 up, 0 the same, 1 down, 1 new"
    assert page.moves.words == "1 up, 4 the same, 1 down, 3 new"
    assert f"Since round {last}" in response.text
    assert f'href="/figures/{this.slug}/indicators/1.2/"' in response.text


def test_charts_have_their_data_beside_them(this: Round, last: Round, client: Client) -> None:
    response = client.get(address(this))
    spread, moved, over = (response.context[name] for name in ("spread", "moved", "over_rounds"))
    assert spread.rows[0] == (
        "1.1 Leaders sponsor data projects", 0, 0, 1, 1, 0, 1, "2 Developing", "2 of 3 rated",
    )  # fmt: skip
    assert moved.rows[0] == ("1.1 Leaders sponsor data projects", 1, 0, 1)
    assert [row[0] for row in over.rows] == [
        f"{last}, 2 of 4 partners",
        f"{this}, 3 of 4 partners",
    ]
    assert over.headline.startswith(f"In round {this}, 1 of 8 ratings")
    assert response.text.count("The data behind this chart") == 3
    assert response.text.count('href="figures.csv"') == 3


def test_partners_are_filtered_and_sorted(this: Round, client: Client) -> None:
    found = []
    for query, _ in LISTED:
        page = client.get(address(this, query=query))
        names = (row.name.partition("Partner ")[2] for row in page.context["listed"])
        found.append((query, "".join(names)))
        assert ("No partner fits" in page.text) == (not found[-1][1])
    assert found == LISTED


def test_what_is_not_known_is_said_in_words_and_left_out(this: Round, client: Client) -> None:
    for query, words in REFUSED:
        response = client.get(address(this, query=query))
        assert response.status_code == 200
        assert words in response.text
        assert len(response.context["listed"]) == 3
        assert client.get(address(this) + "answers.csv" + query).status_code == 302
    page = client.get(address(this, query="?page=99"))
    assert "There is no such page of partners. The first one is shown." in page.text
    assert len(page.context["listed"]) == 3
    for number in (0, 6, 99):
        assert client.get(address(this, number)).status_code == 404
    assert client.get("/figures/1999/commitments/1/").status_code == 404


def test_cells_say_ratings_and_movement_in_words(this: Round, client: Client) -> None:
    page = client.get(address(this)).text
    assert 'rating-3">3 Established, up from 1 Exploring</td>' in page
    assert 'rating-na">not applicable, new since round' in page


def test_what_is_still_to_be_done_is_counted(
    this: Round, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    first, second = Indicator.objects.order_by("commitment__number", "number")[:2]
    today = timezone.localdate()
    for indicator, due in ((first, -1), (first, 5), (second, -3)):
        Improvement.objects.create(
            partner=partners["A"],
            indicator=indicator,
            what="Do it",
            due_on=today + timedelta(days=due),
            added_by=staff,
        )
    SupportRequest.objects.create(
        partner=partners["B"], indicator=first, words="Help", asked_by=staff
    )
    response = client.get(address(this))
    to_do = [line.to_do for line in response.context["page"].lines]
    assert [(each.open, each.overdue, each.waiting) for each in to_do] == [
        (2, 1, 1),
        (1, 1, 0),
        (0, 0, 0),
    ]
    assert "3 improvements not finished, 2 of them overdue" in response.text
    assert f"/support/?commitment={first.commitment_id}" in response.text
    assert client.get(f"/support/?commitment={first.commitment_id}").text.count("Help") >= 1


def test_who_is_left_out_is_named(this: Round, client: Client) -> None:
    page = client.get(address(this)).text
    assert "Still being answered" in page
    assert "Partner D" in page


def test_a_commitment_goes_on_in_a_later_edition(
    last: Round, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    round = make_round(later_edition(), staff)
    say(round, partners["A"], staff, 3)
    response = client.get(address(round))
    assert [(year.round, year.figures.of) for year in response.context["page"].history] == [
        (round, 3),
        (last, 4),
    ]
    assert f'href="{address(last)}"' in response.text


def test_a_round_without_accepted_answers_says_so(
    edition: Edition, partners: dict[str, Partner], staff: User, client: Client
) -> None:
    response = client.get(address(make_round(edition, staff)))
    assert response.status_code == 200
    assert "Nothing to add up yet" in response.text


def test_the_files_hold_the_same_answers_with_the_same_filter(this: Round, client: Client) -> None:
    text = client.get(address(this) + "answers.csv?kind=district").getvalue().decode("utf-8-sig")
    header, *rows = text.splitlines()
    assert header.startswith("partner,kind,round,indicator,title,rating,rating_name")
    assert len(rows) == 6
    assert rows[0].endswith(",1.1,Leaders sponsor data projects,3,Established,no,1,up")
    assert rows[3].endswith(",1.1,Leaders sponsor data projects,,,yes,,new")
    book = client.get(address(this) + "answers.xlsx?kind=district")
    answers, notes = load_workbook(io.BytesIO(book.getvalue())).worksheets
    assert answers.max_row == 7
    said = {str(row[0]): str(row[1]) for row in notes.iter_rows(values_only=True)}
    assert said["Round"].startswith(this.name)
    assert said["Adds up to"].startswith("All of the kind District council: ")
    assert said["Listed here"] == "2 of 3 partners with an accepted assessment"
    sums = client.get(address(this) + "figures.csv").getvalue().decode("utf-8-sig").splitlines()
    assert [row.split(",")[1] for row in sums[1:]] == ["1.1", "1.2", "1.3"] * 2


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
    assert few == queries() <= 10
