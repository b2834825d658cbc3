"""Workbooks of text: every cell comes back as it was, is no formula, and is read as it is seen."""

import io
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from declaration.cells import as_seen, decoded, encoded
from declaration.workbooks import Column, Fault, Page, read_workbook, write_workbook
from tests.workbook_files import DATE_STYLE, PERCENT_STYLE, SPREADSHEET, unpacked, workbook

TEXTS = {
    "formula": "=1+1",
    "command": '=cmd|" /C calc"!A0',
    "plus": "+1",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "full width": "＝1+1 ＋ － ＠",
    "tab": "\t=1+1",
    "error": "#N/A",
    "number": "007",
    "yes": "TRUE",
    "date": "1/2",
    "apostrophe": "'=1+1",
    "edges": "  \n\t a \n\n ",
    "control": "a\x01\x0b\x0c\x1f\x7fb",
    "returns": "a\r\nb\rc\n\rd",
    "escape": "_x0041_ _x000B_ _x005F_ _x005F_x0041_",
    "escape and control": "_x0041\x01 _\x01 \x01x0041_",
    "beyond XML": "\ufffe\uffff\x85\u2028",
    "emoji family": "👨‍👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "right to left": "abc\u202edef\u202c نشارك",
    "decomposed": "e\u0301 é",
    "markup": "<b>&amp; ]]> <!-- --> &#10;",
    "ten thousand": "é" * 10_000,
    "ten thousand controls": "\x01" * 10_000,
}


def page(*texts: str, **column: Any) -> Page:
    return Page("Texts", (Column("Text", is_input=True, **column),), [[text] for text in texts])


def read_back(*texts: str) -> list[str]:
    """The texts after writing and reading; blank rows are left out."""
    [found] = read_workbook(write_workbook([page(*texts)], title="T"))
    assert found.rows[0].cells[0].text == "Text"
    return [row.cells[0].text for row in found.rows[1:]]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_comes_back_exactly(name: str) -> None:
    assert read_back(TEXTS[name]) == [TEXTS[name]]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=5))
def test_any_text_comes_back_exactly(texts: list[str]) -> None:
    assert read_back(*texts) == [text for text in texts if text.strip()]


@given(st.text(st.sampled_from("_x0041\x01\x0bAF5\n\r=")))
def test_texts_that_look_like_escapes_come_back(text: str) -> None:
    assert decoded(encoded(text)) == text
    assert "\x01" not in encoded(text)


def test_nothing_is_written_as_a_formula() -> None:
    content = write_workbook([page(*TEXTS.values())], title="=1+1")
    sheet = unpacked(content)["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in sheet
    assert b"<f " not in sheet
    assert b't="inlineStr"' in sheet
    cells = load_workbook(io.BytesIO(content)).worksheets[0]["A"]
    assert {cell.data_type for cell in cells} == {"s"}
    # So that a program keeps it as text, too, after somebody has gone into the cell.
    assert {cell.number_format for cell in cells} == {"@"}


def test_columns_to_fill_in_have_lists_and_are_not_locked() -> None:
    columns = (Column("Read", 10), Column("Choose", 20, is_input=True, choices=("Yes", "No")))
    pages = [
        Page("Answers", columns, [["a", "Yes"], ["b", ""]], frozen=1),
        Page("Secret", (Column("S"),), [["x"]], hidden=True),
    ]
    book = load_workbook(io.BytesIO(write_workbook(pages, title="T")))
    sheet: Any = book["Answers"]
    assert (sheet["A2"].protection.locked, sheet["B2"].protection.locked) == (True, False)
    assert sheet["A2"].fill.start_color.rgb != sheet["B2"].fill.start_color.rgb
    [rule] = sheet.data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref), rule.errorStyle) == ('"Yes,No"', "B2:B3", "warning")
    assert sheet.freeze_panes == "B2"
    assert sheet.column_dimensions["B"].width == 20
    assert sheet["A2"].alignment.wrap_text
    assert book["Secret"].sheet_state == "hidden"


def test_a_long_text_is_warned_of() -> None:
    content = write_workbook([page("a", longest=10)], title="T")
    sheet: Any = load_workbook(io.BytesIO(content)).worksheets[0]
    [rule] = sheet.data_validations.dataValidation
    assert (rule.type, rule.formula1, rule.errorStyle) == ("textLength", "10", "warning")


# --- As other programs write ---------------------------------------------------------------------

STRINGS = """
<si><t xml:space="preserve"> shared </t></si>
<si><r><rPr><b/></rPr><t>Bold</t></r><r><t xml:space="preserve"> and plain</t></r></si>
<si><t>課</t><rPh sb="0" eb="1"><t>カ</t></rPh></si>
<si><t>line_x000D_
two _x005F_x0041_</t></si>
<si><t/></si>
"""


def first(rows: str, *, strings: str = "") -> Any:
    """The first cell of a workbook with these rows."""
    return read_workbook(workbook(rows, strings=strings))[0].rows[0].cells[0]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, " shared "), (1, "Bold and plain"), (2, "課"), (3, "line\r\ntwo _x0041_")],
)
def test_shared_texts_are_read_as_excel_writes_them(number: int, text: str) -> None:
    cell = first(f'<row r="1"><c r="A1" t="s"><v>{number}</v></c></row>', strings=STRINGS)
    assert (cell.place, cell.text, cell.fault) == ("A1", text, Fault.NONE)


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c r="A1"><v>3</v></c>', "3"),
        ('<c r="A1"><v>3.0</v></c>', "3"),
        ('<c r="A1"><v>0.30000000000000004</v></c>', "0.3"),
        (f'<c r="A1" s="{PERCENT_STYLE}"><v>0.05</v></c>', "5%"),
        (f'<c r="A1" s="{DATE_STYLE}"><v>46113</v></c>', "01/04/2026"),
        ('<c r="A1" t="d"><v>2026-04-01T00:00:00</v></c>', "01/04/2026"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="str"><v>text _x0041_</v></c>', "text A"),
        ('<c r="A1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>', "inline"),
        # No addresses at all, as some programs save room.
        ("<c><v>7</v></c>", "7"),
    ],
)
def test_cells_are_read_as_a_person_sees_them(xml: str, text: str) -> None:
    assert first(f"<row>{xml}</row>").text == text


@pytest.mark.parametrize(
    ("xml", "fault"),
    [
        ('<c r="A1"><f>1+1</f><v>2</v></c>', Fault.FORMULA),
        ('<c r="A1" t="str"><f>CONCAT("a")</f><v>a</v></c>', Fault.FORMULA),
        ('<c r="A1"><f t="shared" si="0"/><v>2</v></c>', Fault.FORMULA),
        ('<c r="A1"><f t="array" ref="A1:A2">1+1</f><v>2</v></c>', Fault.FORMULA),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Fault.ERROR),
        (f'<c r="A1" s="{DATE_STYLE}"><v>99999999</v></c>', Fault.ERROR),
    ],
)
def test_formulas_and_errors_are_told_apart(xml: str, fault: Fault) -> None:
    assert first(f'<row r="1">{xml}</row>').fault == fault


def test_blank_rows_and_gaps_are_passed_over() -> None:
    rows = '<row r="3"><c r="C3"><v>1</v></c></row><row r="90"/><row r="60003"><c r="A60003"/>'
    [found] = read_workbook(workbook(f"{rows}</row>"))[0].rows
    assert found.number == 3
    assert [cell.text for cell in found.cells] == ["", "", "1"]
    assert [found.cell(column).place for column in (0, 2, 9)] == ["A3", "C3", "J3"]


def test_a_wrong_dimension_hides_nothing() -> None:
    sheet = (
        f'<worksheet xmlns="{SPREADSHEET}"><dimension ref="A1"/><sheetData><row r="1">'
        '<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row></sheetData></worksheet>'
    )
    content = workbook("", parts={"xl/worksheets/sheet1.xml": sheet})
    assert [cell.text for cell in read_workbook(content)[0].rows[0].cells] == ["1", "2"]


def test_names_with_a_prefix_are_read() -> None:
    sheet = (
        f'<x:worksheet xmlns:x="{SPREADSHEET}"><x:sheetData><x:row r="1">'
        '<x:c r="A1" t="inlineStr"><x:is><x:t>here</x:t></x:is></x:c></x:row></x:sheetData>'
        "</x:worksheet>"
    )
    content = workbook("", parts={"xl/worksheets/sheet1.xml": sheet})
    assert read_workbook(content)[0].rows[0].cells[0].text == "here"


def test_what_openpyxl_saves_itself_is_read() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["text", 3.0, date(2026, 4, 1), datetime(2026, 4, 1, 9, 30), time(9, 30), True])  # noqa: DTZ001  cells have no zone
    sheet.append(["=A1"])
    file = io.BytesIO()
    book.save(file)
    [found] = read_workbook(file.getvalue())
    texts = [cell.text for cell in found.rows[0].cells]
    assert texts == ["text", "3", "01/04/2026", "01/04/2026 09:30", "09:30", "TRUE"]
    assert found.rows[1].cells[0].fault == Fault.FORMULA


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        (-0.0, "General", "0"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, "[$£-809]#,##0.00", "£1,234.50"),
        (12.5, "_-£* #,##0.00_-", "£12.50"),
        (-2.5, "0", "-3"),
        (0.055, "0.0%", "5.5%"),
        (1.5e-7, "General", "0.00000015"),
        (1e300, "General", "1e+300"),
        (10**30, "#,##0", str(10**30)),
        (1 / 3, "General", "0.333333333333333"),
    ],
)
def test_numbers_look_as_in_the_program(value: float, number_format: str, seen: str) -> None:
    assert as_seen(value, number_format) == seen


@given(st.floats(), st.sampled_from(["General", "0%", "#,##0.00", "0.000000000", "junk", "[$x"]))
def test_every_number_can_be_shown(value: float, number_format: str) -> None:
    assert as_seen(value, number_format)
