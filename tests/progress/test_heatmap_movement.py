"""How ratings moved since the round before: in the cells, counted, and in words."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from assessments.models import Round
from commitments.models import Edition
from progress.dashboards.figures import Years, before, read_live
from progress.dashboards.heatmap import Filters, heatmap
from progress.dashboards.overview import rounds
from signatories.models import User
from tests.assessment_factories import make_round
from tests.factories import make_partner
from tests.progress.test_heatmap import accept_with

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
# What each partner said of 1.1 in the two rounds: a rating, or not applicable.
SAID: dict[str, tuple[int | None, int | None]] = {
    "Up": (1, 3),
    "Down": (4, 2),
    "Changed": (None, 3),
    "Aside": (None, None),
}


@pytest.fixture
def years(edition: Edition, staff: User) -> Years:
    """Four partners in two rounds; a fifth is accepted in the second one for the first time."""
    partners = {name: make_partner(name, kind="district") for name in SAID}
    past = make_round(edition, staff)
    for name, (rating, _) in SAID.items():
        accept_with(partners[name], past, staff, rating)
    shift = timedelta(days=366)
    Round.objects.filter(pk=past.pk).update(
        opens_on=past.opens_on - shift, due_on=past.due_on - shift, closes_on=past.closes_on - shift
    )
    partners["New"] = make_partner("New", kind="police")
    now = make_round(edition, staff)
    for name, (_, rating) in SAID.items():
        accept_with(partners[name], now, staff, rating)
    accept_with(partners["New"], now, staff, 2)
    every = rounds()
    return read_live(every[0], before(every[0], every))


def cells(years: Years) -> dict[str, tuple[str, str, str]]:
    found = heatmap(years, Filters())
    return {
        row.name: (row.cells[0].text, row.cells[0].change, row.cells[0].words) for row in found.rows
    }


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_cells_and_counts_say_how_each_rating_moved(
    years: Years, staff: User, client_of: ClientOf
) -> None:
    assert years.before is not None
    past = years.before.round
    assert cells(years) == {
        "Aside": ("n/a", "", "not applicable, the same as before"),
        "Changed": ("3", "was n/a", "3 Established, was not applicable"),
        "Down": ("2", "▼", "2 Developing, down from 4 Leading"),
        "New": ("2", "new", f"2 Developing, new since round {past}"),
        "Up": ("3", "▲", "3 Established, up from 1 Exploring"),
    }
    found = heatmap(years, Filters())
    first, second = found.sums[:2]
    assert first.moves is not None
    assert second.moves is not None
    assert found.moves is not None
    words = "1 up, 0 the same, 1 down, 1 new, 2 not applicable then or now"
    assert first.moves.words == words
    assert second.moves.words == "0 up, 4 the same, 0 down, 1 new"
    assert (found.moves.compared, found.moves.new) == (2 + 12 * 4, 13)
    only = heatmap(years, Filters(kind="police"))
    assert only.moves is not None
    assert only.moves.words == "0 up, 0 the same, 0 down, 13 new"

    client = client_of(staff)
    page = client.get("/heatmap/").text
    assert '<span class="govuk-visually-hidden">3 Established, up from 1 Exploring</span>' in page
    assert f"Since round {past}, over all accepted assessments shown: 1 up, 48 the same" in page
    assert words in page
    page = client.get("/overview/").text
    assert (
        "Of the 4 partners that count in both rounds, most are Established or Leading on 1 of 13 "
        f"indicators; the same partners in {past}: none." in page
    )
    assert "5 of 5 assessments are accepted." in page
    assert f"Since round {past}: 1 up, 48 the same, 1 down" in page


def test_files_say_how_each_rating_moved(years: Years, staff: User, client_of: ClientOf) -> None:
    client = client_of(staff)
    rows = table(client.get("/heatmap.csv?sort=-1.1").getvalue())
    assert [row["partner"] for row in rows] == ["Changed", "Up", "Down", "New", "Aside"]
    moved = {
        row["partner"]: (row["rating_1_1"], row["before_1_1"], row["movement_1_1"]) for row in rows
    }
    assert moved == {
        "Aside": ("not applicable", "not applicable", "other"),
        "Changed": ("3", "not applicable", "other"),
        "Up": ("3", "1", "up"),
        "Down": ("2", "4", "down"),
        "New": ("2", "", "new"),
    }
    [sums, *_] = table(client.get("/heatmap/indicators.csv").getvalue())
    assert (sums["rated"], sums["of"], sums["median"], sums["up"]) == ("4", "5", "2", "1")
    # Never more than are rated: not applicable in both rounds is no rating that stayed the same.
    assert (sums["same"], sums["to_or_from_not_applicable"]) == ("0", "2")

    book: Any = load_workbook(io.BytesIO(client.get("/heatmap.xlsx?kind=district").getvalue()))
    assert book.sheetnames == ["Heatmap", "Notes"]
    assert book["Heatmap"].max_row == 5
    notes = {row[0].value: row[1].value for row in book["Notes"].iter_rows()}
    assert notes["Filters"] == "Kind of partner: District council"
    assert notes["Round"].startswith(f"{years.now.round}, from ")
    assert notes["No single score"]
