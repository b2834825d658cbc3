"""What a round adds up to on the overview, and the partners' standings as files."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from assessments.models import Round
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Partner, User
from tests.factories import make_partner
from tests.progress.conftest import Bring

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def county(edition: Edition) -> list[Partner]:
    """Three partners, before the round opens."""
    return [make_partner(f"Partner {letter}", kind="police") for letter in "ABC"]


def test_without_an_accepted_assessment_there_is_nothing_to_add_up(
    county: list[Partner], round: Round, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get("/overview/").text
    assert "0 of 4 assessments are accepted." in page
    assert "No assessment is accepted yet, so there is nothing to add up." in page
    assert "<img" not in page.partition("What the round adds up to")[2]


def test_the_overview_says_what_the_round_adds_up_to_and_draws_it(
    county: list[Partner], round: Round, bring: Bring, staff: User, client_of: ClientOf
) -> None:
    bring(county[0], State.ACCEPTED)
    bring(county[1], State.SUBMITTED)
    page = client_of(staff).get("/overview/").text
    assert "1 of 4 assessments is accepted." in page
    assert (
        "None of the 13 ratings of the 1 partner accepted so far is Established or Leading." in page
    )
    assert "There is no round before it to compare with." in page
    assert 'src="data:image/svg+xml' in page
    assert "3 of 3 rated" in page
    assert f'href="/figures/{round.slug}/commitments/1/">Commitment 1</a>' in page
    assert f'href="/heatmap/?round={round.slug}">The heatmap' in page
    assert f'href="/overview/commitments.csv?round={round.slug}"' in page


def test_what_the_commitments_add_up_to_is_handed_out(
    county: list[Partner], round: Round, bring: Bring, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    bring(county[0], State.ACCEPTED)
    text = client.get("/overview/commitments.csv").getvalue().decode("utf-8-sig")
    first, *others = csv.DictReader(io.StringIO(text))
    assert len(others) == 4
    assert (first["commitment"], first["developing"], first["median"]) == ("1", "3", "2")
    assert (first["rated"], first["of"], first["up"]) == ("3", "3", "")
    book: Any = load_workbook(io.BytesIO(client.get("/overview/commitments.xlsx").getvalue()))
    notes = {row[0].value: row[1].value for row in book["Notes"].iter_rows()}
    assert notes["Assessments counted"] == "1 of 4 assessments is accepted."
    assert notes["Left out: still being answered (3)"]
    assert client.get("/overview/commitments.csv?round=castle").status_code == 302


def test_the_partners_standings_are_handed_out(
    county: list[Partner], round: Round, bring: Bring, staff: User, client_of: ClientOf
) -> None:
    bring(county[0], State.ACCEPTED)
    bring(county[1], State.SUBMITTED)
    client = client_of(staff)
    response = client.get(f"/overview.csv?round={round.slug}")
    name = f'filename="essex-data-declaration-overview-{round.slug}.csv"'
    assert name in response.headers["Content-Disposition"]
    text = response.getvalue().decode("utf-8-sig")
    rows = {row["partner"]: row for row in csv.DictReader(io.StringIO(text))}
    assert list(rows) == ["Braintree District Council", "Partner A", "Partner B", "Partner C"]
    assert rows["Partner A"]["counts_in_figures"] == "yes"
    assert rows["Partner A"]["kind"] == "Police force"
    assert rows["Partner B"]["whose_turn"] == "ecda"
    assert rows["Partner B"]["left_out_because"] == "waiting for ecda’s review"
    assert rows["Partner C"]["started"] == "no"
    assert rows["Partner C"]["due_on"] == round.due_on.isoformat()
    book: Any = load_workbook(io.BytesIO(client.get("/overview.xlsx").getvalue()))
    assert book.sheetnames == ["Partners", "Notes"]
    assert book["Partners"].max_row == 5
    notes = {row[0].value: row[1].value for row in book["Notes"].iter_rows()}
    assert notes["Round"].startswith(f"{round.name}, from ")
