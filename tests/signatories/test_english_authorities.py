"""The 380 English authorities under their publisher's own headers."""

from pathlib import Path

import pytest

from signatories.actions.partner_lists import ASKED, Change, Kind
from signatories.models import Partner
from signatories.resources import open_list
from tests.factories import FIXTURES

pytestmark = pytest.mark.django_db

CONTENT = (Path(__file__).parent / "data" / "english_authorities.csv").read_bytes()


def test_all_authorities_are_read_under_the_publishers_headers() -> None:
    reading = open_list(CONTENT, "english_authorities.csv")
    rows = list(reading.rows(save=True))
    assert len(rows) == reading.total == 380
    assert {row.kind for row in rows} == {Kind.NEW}
    assert Partner.objects.count() == 380
    assert reading.remarks == (
        "The column “official-name” was read as name.",
        "The column “local-authority-type-name” was read as kind.",
        "Left out, because partner lists have no such columns: “nice-name”, “region”.",
    )


def test_the_publishers_types_become_kinds() -> None:
    list(open_list(CONTENT, "a.csv").rows(save=True))
    assert {kind: Partner.objects.filter(kind=kind).count() for kind in Partner.Kind.values} == {
        "county": 27,
        "unitary": 65,
        "district": 204,
        "metropolitan": 36,
        "london": 33,
        "combined": 15,
        "police": 0,
        "fire": 0,
        "commissioner": 0,
        "health": 0,
        "university": 0,
        "other": 0,
    }
    kinds = dict(Partner.objects.values_list("name", "kind"))
    assert kinds["City of London Corporation"] == "london"
    assert kinds["Greater London Authority"] == "combined"


def test_over_the_sixteen_partners_two_renames_ask_and_nothing_else_changes() -> None:
    list(open_list((FIXTURES / "partners.csv").read_bytes(), "partners.csv").rows(save=True))
    rows = list(open_list(CONTENT, "a.csv").rows())
    assert [row.changes for row in rows if row.kind == Kind.CHANGED] == [
        (Change("name", "Basildon Council", "Basildon Borough Council", ASKED),),
        (Change("name", "Southend City Council", "Southend-on-Sea Borough Council", ASKED),),
    ]
    assert sum(row.kind == Kind.UNCHANGED for row in rows) == 11
    assert sum(row.kind == Kind.NEW for row in rows) == 367
    assert not any(row.kind == Kind.REFUSED for row in rows)


def test_once_written_the_list_changes_nothing() -> None:
    list(open_list(CONTENT, "a.csv").rows(save=True))
    assert {row.kind for row in open_list(CONTENT, "a.csv").rows()} == {Kind.UNCHANGED}
