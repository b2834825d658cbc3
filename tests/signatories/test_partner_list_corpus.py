"""Files as people save them, and as they should not: one verdict for each."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from declaration.spreadsheets import UnreadableFileError
from signatories.actions.partner_lists import ASKED, Change, Kind, Lead, Row
from signatories.models import Partner
from signatories.resources import MAX_BYTES, MAX_ROWS, open_list
from tests.signatories.corpus_world import make_world
from tests.signatories.long_lists import as_workbook, rows_of

pytestmark = pytest.mark.django_db

CORPUS = Path(__file__).parent / "corpus"
VERDICTS: dict[str, dict[str, Any]] = yaml.safe_load(
    (CORPUS / "verdicts.yaml").read_text(encoding="utf-8")
)
# Too large to be kept: how each is made, and its verdict.
LARGE: dict[str, tuple[bytes, dict[str, Any]]] = {
    "blank_rows.csv": (
        b"name,kind\n" + b",\n" * 50_000 + b"A,other\n",
        {"encoding": "UTF-8", "new": ["A"]},
    ),
    "blank_rows_at_the_end.csv": (
        b"name,kind\nA,other\n" + b"\r\n" * 50_000,
        {"encoding": "UTF-8", "new": ["A"]},
    ),
    "rows_100000.csv": (
        b"name,kind\n" + b"".join(b"P %d,other\n" % number for number in range(100_000)),
        {"unreadable": f"The file has more than {MAX_ROWS:,} rows. Split it"},
    ),
    "rows_10001.csv": (
        b"name,kind\n" + b"".join(b"P %d,other\n" % number for number in range(MAX_ROWS + 1)),
        {"unreadable": f"The file has more than {MAX_ROWS:,} rows. Split it"},
    ),
    "too_large.csv": (
        b"name,kind\n" + b"A" * MAX_BYTES,
        {"unreadable": "The file must be 5 MB or smaller. Split it"},
    ),
    "rows_10001.xlsx": (
        as_workbook(rows_of(MAX_ROWS + 1)),
        {"unreadable": f"The file has more than {MAX_ROWS:,} rows. Split it"},
    ),
}
HERE = sorted(path.name for path in CORPUS.iterdir() if path.suffix not in {".yaml", ""})


def test_every_file_has_its_verdict() -> None:
    assert [name for name in HERE if not name.startswith(".")] == sorted(VERDICTS)


@pytest.mark.parametrize("name", [*VERDICTS, *LARGE])
def test_the_verdict_on(name: str) -> None:
    make_world()
    before = list(Partner.objects.values())
    if name in LARGE:
        content, expected = LARGE[name]
    else:
        content, expected = (CORPUS / name).read_bytes(), VERDICTS[name]
    verdict = verdict_on(content, name)
    assert verdict.keys() == expected.keys()
    # Of what is said in sentences, how it begins.
    assert begins_as(verdict.pop("refused", []), expected.get("refused", []))
    assert verdict.pop("unreadable", "").startswith(expected.get("unreadable", ""))
    assert verdict == {key: expected[key] for key in verdict}
    assert list(Partner.objects.values()) == before


def test_what_is_known_of_people_is_said() -> None:
    make_world()
    (row,) = rows_in("leads_held.csv")
    assert row.leads == (
        Lead("contributor@essex.example", "", "contributor"),
        Lead("half@essex.example", "", "contributor", is_invited=True),
        Lead("new@essex.example", ""),
    )
    assert [change.tick for change in row.changes] == [ASKED, ASKED, ""]


def test_people_are_named_in_every_way_that_addresses_are_written() -> None:
    row, _ = rows_in("leads.csv")
    assert row.leads == (
        Lead("ann@a.example", "Ann Other"),
        Lead("bob@a.example", ""),
        Lead("cy@a.example", "Jones, Cy"),
    )


def test_another_name_for_a_code_is_a_rename_that_asks() -> None:
    make_world()
    (row,) = rows_in("rename_by_code.csv")
    assert row.changes == (
        Change("name", "Maldon District Council", "Maldon Unitary Council", ASKED),
        Change("kind", "district", "unitary"),
    )


def rows_in(name: str) -> list[Row]:
    return list(open_list((CORPUS / name).read_bytes(), name).rows())


def verdict_on(content: bytes, name: str) -> dict[str, Any]:
    """What was made of a file, in the shape of `verdicts.yaml`."""
    try:
        opened = open_list(content, name)
        rows = list(opened.rows())
    except UnreadableFileError as error:
        return {"unreadable": str(error)}
    verdict: dict[str, Any] = defaultdict(list, encoding=opened.encoding)
    if opened.remarks:
        verdict["remarks"] = list(opened.remarks)
    for row in rows:
        if row.kind == Kind.REFUSED:
            assert row.cells, "a refused row is given back"
            verdict["refused"] += [[row.line, p.column, p.reason] for p in row.problems]
        else:
            verdict[row.kind.value].append(row.name)
    return dict(verdict)


def begins_as(found: list[list[Any]], expected: list[list[Any]]) -> bool:
    return [place[:2] for place in found] == [place[:2] for place in expected] and all(
        reason.startswith(words) for (*_, reason), (*_, words) in zip(found, expected, strict=True)
    )
