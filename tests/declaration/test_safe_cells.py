"""No text of ours is a formula in somebody's spreadsheet, and each comes back as it was."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from declaration.exports import BOM, CHUNK_BYTES, csv_lines, write_table
from declaration.spreadsheets import decode, plain_cell, safe_cell
from declaration.workbooks import Column, read_workbook

# Signs that begin something, on their own and after what hides them.
BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
HIDDEN = [f"{before}{sign}" for before in (" ", "\u00a0", "'", "''", " '") for sign in BEGINNINGS]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30) | st.builds(
    "{}{}".format, st.sampled_from(BEGINNINGS + HIDDEN), st.text(max_size=10)
)
# What a workbook can hold: XML has no lone surrogates.
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_what_would_be_a_formula_gets_an_apostrophe(beginning: str) -> None:
    assert safe_cell(f"{beginning}1+1") == f"'{beginning}1+1"
    assert safe_cell(f"  {beginning}1+1").startswith("'")


@pytest.mark.parametrize(
    "text", ["", "Braintree District Council", "E07000067", "a=b", "1-2", "'tis", "x@example.org"]
)
def test_what_would_not_be_one_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
    assert plain_cell(text) == text


@given(TEXTS)
def test_each_text_comes_back(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text


@given(TEXTS, TEXTS)
def test_two_texts_have_two_safe_forms(first: str, second: str) -> None:
    assert (safe_cell(first) == safe_cell(second)) == (first == second)


@given(TEXTS)
def test_no_safe_form_begins_dangerously(text: str) -> None:
    assert not safe_cell(text).lstrip(" \u00a0").startswith(tuple(BEGINNINGS))


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_a_csv_file_comes_back(rows: list[list[str]]) -> None:
    content = b"".join(csv_lines(["one", "two"], rows))
    assert content.startswith(BOM)
    text, encoding = decode(content)
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert encoding == "UTF-8"
    assert [[plain_cell(cell) for cell in row] for row in found] == [["one", "two"], *rows]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=3))
def test_a_workbook_comes_back(rows: list[list[str]]) -> None:
    with write_table("Sheet", [Column("one"), Column("two")], rows) as file:
        (page,) = read_workbook(file.read())
    found = {
        row.number: [plain_cell(row.cell(place).text) for place in range(2)] for row in page.rows
    }
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            assert found[number] == row


def test_a_workbook_holds_texts_and_no_formulas() -> None:
    with write_table("Sheet", [Column("one")], [["=1+1"], ["E07000067"], ["00123"]]) as file:
        sheet = load_workbook(file).worksheets[0]
    cells = [cell for (cell,) in sheet.iter_rows()]
    assert [cell.value for cell in cells] == ["one", "'=1+1", "E07000067", "00123"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}


def test_numbers_dates_and_nothing_are_written_as_they_are() -> None:
    content = b"".join(csv_lines(["a", "b", "c"], [[-5, date(2026, 4, 1), None]]))
    assert content.decode("utf-8-sig") == "a,b,c\r\n-5,2026-04-01,\r\n"


def test_a_long_file_comes_in_pieces_and_no_row_waits_for_the_last() -> None:
    taken = 0

    def rows() -> object:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield [f"Partner {number}", "x" * 50]

    pieces = csv_lines(["name", "text"], rows())  # type: ignore[arg-type]  # an iterator of rows
    assert next(pieces) == BOM
    assert taken == 0
    first = next(pieces)
    assert CHUNK_BYTES <= len(first) < CHUNK_BYTES + 200
    assert taken < 2_000
    assert sum(len(piece) for piece in pieces) > 50 * 98_000


def test_a_workbook_has_a_sheet_of_notes_where_there_are_any() -> None:
    notes = [("What this shows", "=1+1"), ("Left out", "A, B")]
    with write_table("Sheet", [Column("one")], [["a"]], notes) as file:
        table, told = read_workbook(file.read())
    assert [cell.text for row in table.rows for cell in row.cells] == ["one", "a"]
    assert told.name == "Notes"
    said = [[plain_cell(cell.text) for cell in row.cells] for row in told.rows]
    assert said == [list(note) for note in notes]
    with write_table("Sheet", [Column("one")], [["a"]]) as file:
        assert load_workbook(file).sheetnames == ["Sheet"]
