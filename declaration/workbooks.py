"""Write and read Excel workbooks of text: every cell comes back exactly as it was; no formulas.

A workbook that people send is a ZIP container of XML, and is not trusted: it is measured before it
is parsed, and what is read of it are texts, as a person sees them.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from declaration.cells import as_seen, decoded, encoded
from declaration.spreadsheets import UnreadableFileError
from declaration.weighing import MAX_TAGS, damaged, measure

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AUTHOR = "Essex Data Declaration"

# --- Limits of what is read ----------------------------------------------------------------------

MAX_PAGES = 20
MAX_ROWS = 2_000
MAX_COLUMNS = 60
# Excel's own last row: parsers count up to the number that a row says it has.
LAST_ROW = 1_048_576
# Of all sheets together; a row counts as one cell at least.
MAX_CELLS = 2_000_000
# Gaps cost nothing in the file, and time for each row when it is read.
MAX_GAP = 60_000

COPY_ADVICE = "Copy what you wrote into a new download and upload that."


# --- Writing -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column of a new page: its width in characters, and for one to be filled in, how.

    `choices` are offered as a list; `longest` is how many characters a text may have, with a
    warning. Both only help: what comes back is checked in any case.
    """

    title: str
    width: int = 20
    is_input: bool = False
    choices: tuple[str, ...] = ()
    longest: int = 0
    hint: str = ""


@dataclass(frozen=True)
class Page:
    """A new sheet of texts under a row of titles that stays in sight."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    hidden: bool = False
    # How many columns stay in sight at the left.
    frozen: int = 0


DARK, PALE, WHITE = "FF1D3557", "FFF0F1F3", "FFFFFFFF"
TITLE = Font(bold=True, color=WHITE)
TITLE_FILL = PatternFill("solid", start_color=DARK)
READ_ONLY_FILL = PatternFill("solid", start_color=PALE)
WRAPPED = Alignment(wrap_text=True, vertical="top")
# Makes a program keep what is typed as text, too: 3 stays 3, 1/2 is no date, =1+1 no formula.
TEXT_FORMAT = "@"


def write_workbook(pages: Sequence[Page], *, title: str) -> bytes:
    """Write a workbook whose every cell is text, whatever it begins with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = encoded(title)
    book.properties.creator = AUTHOR
    for page in pages:
        _write_page(book.create_sheet(page.name), page)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# The second sheet of a table: what stands in the first one.
NOTES = "Notes"
NOTE_WIDTHS = (30, 100)


def write_rows(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    file: IO[bytes],
    notes: Sequence[tuple[str, str]] = (),
) -> None:
    """Write a workbook row by row, in memory that stays flat; every cell is text.

    Notes, each a name and a text, become a second sheet that says what is in the first one.
    """
    book = Workbook(write_only=True)
    book.properties.title = encoded(title)
    book.properties.creator = AUTHOR
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    titles = [_text_cell(sheet, column.title) for column in columns]
    for cell in titles:
        cell.font, cell.fill = TITLE, TITLE_FILL
    sheet.append(titles)
    for row in rows:
        sheet.append([_text_cell(sheet, text) for text in row])
    if notes:
        _append_notes(book.create_sheet(NOTES), notes)
    book.save(file)


def _append_notes(sheet: Any, notes: Sequence[tuple[str, str]]) -> None:
    for letter, width in zip("AB", NOTE_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for name, text in notes:
        cells = [_text_cell(sheet, name), _text_cell(sheet, text)]
        cells[0].font = Font(bold=True)
        sheet.append(cells)


def _text_cell(sheet: Any, text: str) -> Any:
    cell: Any = WriteOnlyCell(sheet)
    _write_cell(cell, text)
    return cell


def _write_page(sheet: Worksheet, page: Page) -> None:
    sheet.sheet_state = "hidden" if page.hidden else "visible"
    sheet.freeze_panes = f"{get_column_letter(page.frozen + 1)}2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    for place, column in enumerate(page.columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        _write_cell(sheet.cell(1, place), column.title)
        sheet[f"{letter}1"].font = TITLE
        sheet[f"{letter}1"].fill = TITLE_FILL
        for number, row in enumerate(page.rows, start=2):
            cell = sheet.cell(number, place)
            _write_cell(cell, row[place - 1])
            if column.is_input:
                cell.protection = Protection(locked=False)
            else:
                cell.fill = READ_ONLY_FILL
        if page.rows and (rule := _rule(column)):
            rule.add(f"{letter}2:{letter}{len(page.rows) + 1}")
            sheet.add_data_validation(rule)


def _write_cell(cell: Any, text: str) -> None:
    cell.number_format = TEXT_FORMAT
    cell.alignment = WRAPPED
    if text:
        # Set past openpyxl, which would guess: a formula, an error, or cut after 32,767 characters.
        cell._value = encoded(text)
        cell.data_type = "s"


def _rule(column: Column) -> DataValidation | None:
    """The help that programs give while somebody fills in a cell: it warns, and refuses nothing."""
    if column.choices:
        rule = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"')
        rule.error = "This is not in the list. You can keep it, but we may not understand it."
    elif column.longest:
        rule = DataValidation(
            type="textLength", operator="lessThanOrEqual", formula1=str(column.longest)
        )
        rule.error = f"We take up to {column.longest:,} characters. You can go on and shorten it."
    else:
        return None
    rule.allow_blank = rule.showErrorMessage = True
    rule.errorStyle = "warning"
    rule.errorTitle = rule.promptTitle = column.title
    rule.prompt = column.hint or None
    rule.showInputMessage = bool(column.hint)
    return rule


# --- What is read --------------------------------------------------------------------------------


class Fault(StrEnum):
    """Why a cell says nothing that can be taken."""

    NONE = ""
    FORMULA = "formula"
    ERROR = "error"


@dataclass(frozen=True)
class Cell:
    """One cell: where it is, like E7, and its text as a person sees it."""

    place: str
    text: str = ""
    fault: Fault = Fault.NONE

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to be seen in it."""
        return not self.text.strip() and not self.fault


BLANK = Cell("")


@dataclass(frozen=True)
class ReadRow:
    """A row that has something in it, with its number in the sheet; cells from column A on."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell in a column, counted from 0; blank cells know where they are, too."""
        found = self.cells[column] if column < len(self.cells) else BLANK
        return found if found.place else Cell(f"{get_column_letter(column + 1)}{self.number}")


@dataclass(frozen=True)
class ReadPage:
    """A sheet of a workbook, hidden or not, without its blank rows."""

    name: str
    rows: tuple[ReadRow, ...]


@dataclass(frozen=True)
class Limits:
    """How much of a workbook is read, and what to do about one that is larger."""

    rows: int = MAX_ROWS
    tags: int = MAX_TAGS
    advice: str = COPY_ADVICE


ORDINARY = Limits()


def read_workbook(content: bytes, limits: Limits = ORDINARY) -> list[ReadPage]:
    """Read all sheets of a workbook.

    UnreadableFileError says in one sentence what is wrong with a file that is no workbook, is too
    large, broken, locked or has macros, and what to do.
    """
    return [ReadPage(sheet.name, tuple(sheet.rows())) for sheet in open_workbook(content, limits)]


@dataclass(frozen=True)
class OpenSheet:
    """A sheet whose rows are read one by one, as often as they are asked for."""

    name: str
    sheet: Any
    limits: Limits
    # About how many rows it has, as the file says itself.
    total: int
    # How many cells of each sheet were looked at: one table for all sheets of the workbook.
    spent: dict[int, int]
    place: int = 0

    def rows(self) -> Iterator[ReadRow]:
        """Read the rows that are not blank; UnreadableFileError as `read_workbook`."""
        with _in_words():
            yield from _rows(self, self.sheet)


def open_workbook(content: bytes, limits: Limits = ORDINARY) -> list[OpenSheet]:
    """Open all sheets of a workbook without reading their rows; raises like `read_workbook`."""
    measure(content, limits.tags)
    with _in_words():
        reader = _Reader(io.BytesIO(content), read_only=True, keep_links=False)
        reader.read()
        sheets = reader.wb.worksheets
        if not sheets:
            raise damaged()
        if len(sheets) > MAX_PAGES:
            raise UnreadableFileError(f"The workbook has more than {MAX_PAGES} sheets.")
        spent: dict[int, int] = {}
        return [
            OpenSheet(sheet.title, sheet, limits, sheet.max_row or 0, spent, place)
            for place, sheet in enumerate(sheets)
        ]


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except UnreadableFileError:
        raise
    except Exception as error:  # openpyxl has no errors of its own: broken XML raises any.
        raise damaged() from error


class _Reader(ExcelReader):
    """Leaves shared texts as they stand in the file, for `decoded`."""

    def read_strings(self) -> None:
        """Read the shared texts, runs of one text joined, notes on pronunciation left out."""
        manifest: Any = self.package
        part = manifest.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = list(_shared(source))


def _shared(source: Any) -> Iterator[str]:
    tag = f"{{{SHEET_MAIN_NS}}}"
    for _, node in iterparse(source):
        if node.tag == f"{tag}si":
            found = [*node.findall(f"{tag}t"), *node.findall(f"{tag}r/{tag}t")]
            yield "".join(text.text or "" for text in found)
            node.clear()


def _rows(opened: OpenSheet, sheet: Any) -> Iterator[ReadRow]:
    # What a file says of its own size is not to be trusted; without it, gaps are empty rows.
    sheet.reset_dimensions()
    name, spent = opened.name, opened.spent
    left = MAX_CELLS - sum(cells for place, cells in spent.items() if place != opened.place)
    found = looked_at = last = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        looked_at += max(len(cells), 1)
        if number > LAST_ROW or looked_at > left:
            raise UnreadableFileError(f"The sheet “{name}” is too large. {opened.limits.advice}")
        spent[opened.place] = max(looked_at, spent.get(opened.place, 0))
        row = tuple(_cell(cell, number, place) for place, cell in enumerate(cells, start=1))
        if all(cell.is_blank for cell in row):
            _refuse_gap(name, last, number)
            continue
        found, last = found + 1, number
        _refuse_beyond(name, row, found, opened.limits)
        yield ReadRow(number, row[:MAX_COLUMNS])


def _refuse_gap(name: str, last: int, number: int) -> None:
    if number - last > MAX_GAP:
        raise UnreadableFileError(
            f"The sheet “{name}” has more than {MAX_GAP:,} blank rows from row {last + 1:,} on. "
            "Delete them and upload the workbook again."
        )


def _refuse_beyond(name: str, row: tuple[Cell, ...], number: int, limits: Limits) -> None:
    if number > limits.rows:
        raise UnreadableFileError(
            f"The sheet “{name}” has more than {limits.rows:,} rows with something in them. "
            f"{limits.advice}"
        )
    beyond = next((cell.place for cell in row[MAX_COLUMNS:] if not cell.is_blank), "")
    if beyond:
        raise UnreadableFileError(
            f"The sheet “{name}” has something in cell {beyond}, further to the right than we "
            "read. Delete it and upload the workbook again."
        )


def _cell(cell: Any, row: int, column: int) -> Cell:
    if cell.value is None:
        return BLANK
    place = f"{get_column_letter(column)}{row}"
    if cell.data_type == "f":
        formula = cell.value if isinstance(cell.value, str) else ""
        return Cell(place, formula, Fault.FORMULA)
    if cell.data_type == "e":
        return Cell(place, str(cell.value), Fault.ERROR)
    if isinstance(cell.value, str):
        return Cell(place, decoded(cell.value))
    return Cell(place, as_seen(cell.value, cell.number_format or ""))
