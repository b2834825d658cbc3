"""Open a partner list, whatever it was saved as, and read it a thousand rows at a time."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice

from declaration.spreadsheets import (
    SEPARATORS,
    UnreadableFileError,
    decode,
    numbered_rows,
    plain_cell,
    safe_cell,
    said_separator,
    separator_of,
)
from declaration.workbooks import Cell, Fault, Limits, OpenSheet, open_workbook
from signatories.actions.partner_lists import Row, Tick
from signatories.resources.rows import PartnerResource, refused
from signatories.resources.tables import (
    HEADER_WITHIN,
    MAX_ROWS,
    Header,
    Numbered,
    find_header,
    no_header,
)

MAX_BYTES = 5 * 1024 * 1024
CHUNK = 1_000
WORKBOOK = b"PK\x03\x04"
# Rows above the header count, too; eight cells are two tags each, and two more for a shared text.
WORKBOOK_LIMITS = Limits(
    rows=MAX_ROWS + HEADER_WITHIN, tags=2_000_000, advice="Split it into smaller files."
)


@dataclass(frozen=True)
class PartnerList:
    """An opened partner list; its rows are read again each time they are asked for."""

    encoding: str
    remarks: tuple[str, ...]
    total: int
    header: Header
    table: Callable[[], Iterator[Numbered]]
    # Whether rows that end early are rows with empty cells, as in a workbook.
    ragged: bool

    @property
    def headers(self) -> tuple[str, ...]:
        """The file's own titles."""
        return self.header.titles

    def rows(self, *, save: bool = False, ticks: AbstractSet[Tick] = frozenset()) -> Iterator[Row]:
        """Compare the rows with the partners there are now, a thousand at a time.

        With `save` each thousand is written before its rows are handed over; the caller has locked
        the partners. Raises UnreadableFileError for what is no table further down, and whatever the
        database says against a row.
        """
        resource = PartnerResource(self.header.columns, ticks)
        lines = self.header.lines(self.table(), ragged=self.ragged)
        while chunk := list(islice(lines, CHUNK)):
            compared = resource.compare([line for line in chunk if not line.problem], save=save)
            broken = [refused(line, line.problem) for line in chunk if line.problem]
            yield from sorted([*compared, *broken], key=lambda row: row.line)


def open_list(content: bytes, file_name: str) -> PartnerList:
    """Open a partner list: CSV in any of the usual encodings, or an Excel workbook.

    Raises UnreadableFileError for a file that is no partner list, in words that say what to do.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(
            f"The file must be {MAX_BYTES // 1024**2} MB or smaller. Split it into smaller files."
        )
    is_workbook = content.startswith(WORKBOOK)
    if is_workbook and not file_name.lower().endswith(".xlsx"):
        raise UnreadableFileError(
            "The file is an Excel workbook or another ZIP file, but its name does not end in "
            ".xlsx. Save it as an Excel workbook (.xlsx) or as CSV (UTF-8)."
        )
    if file_name.lower().endswith(".xlsx"):
        return _open_workbook(content)
    return _open_text(content)


# --- CSV -----------------------------------------------------------------------------------------


def _open_text(content: bytes) -> PartnerList:
    text, encoding = decode(content)
    if not text.strip("\ufeff \t\r\n,;"):
        raise UnreadableFileError("The file is empty.")
    separator, header = _separated(text)
    remarks = []
    if separator != ",":
        called = SEPARATORS.get(separator, f"the sign “{separator}”")
        remarks.append(f"The cells are separated by {called}.")
    if said_separator(text):
        remarks.append("The first line, which says what separates the cells, was left out.")
    remarks += header.remarks()

    def table() -> Iterator[Numbered]:
        rows = numbered_rows(text, separator)
        if not header.is_refused_list:
            return rows
        # Our own apostrophes make nothing acceptable that was refused.
        return ((number, [plain_cell(cell) for cell in cells]) for number, cells in rows)

    total = sum(1 for _ in header.lines(table(), ragged=False))
    _require_rows(total)
    return PartnerList(encoding, _short(remarks), total, header, table, ragged=False)


def _separated(text: str) -> tuple[str, Header]:
    """Find what separates the cells: as the file says, or that with which there is a header."""
    said = said_separator(text)
    likely = separator_of(text)
    refusal: UnreadableFileError | None = None
    for separator in dict.fromkeys([said] if said else [likely, *SEPARATORS]):
        try:
            header = find_header(islice(numbered_rows(text, separator), HEADER_WITHIN))
        except UnreadableFileError as error:
            refusal = refusal or error
        else:
            if header is not None:
                return separator, header
    raise refusal or no_header()


def _require_rows(total: int) -> None:
    if not total:
        raise UnreadableFileError("The file has no rows under its header.")


def _short(remarks: list[str]) -> tuple[str, ...]:
    return tuple(text if len(text) <= 400 else f"{text[:399]}…" for text in remarks)


# --- Excel ---------------------------------------------------------------------------------------


def _open_workbook(content: bytes) -> PartnerList:
    sheets = open_workbook(content, WORKBOOK_LIMITS)
    refusal: UnreadableFileError | None = None
    has_rows = False
    for sheet in sheets:
        try:
            first = list(islice(_table(sheet), HEADER_WITHIN))
            has_rows = has_rows or bool(first)
            header = find_header(first)
        except UnreadableFileError as error:
            refusal = refusal or error
            continue
        if header is not None:
            return _sheet(sheet, header, [each.name for each in sheets if each is not sheet])
    if not has_rows and refusal is None:
        raise UnreadableFileError("The file is empty.")
    raise refusal or no_header()


def _sheet(sheet: OpenSheet, header: Header, others: list[str]) -> PartnerList:
    if next(header.lines(_table(sheet), ragged=True), None) is None:
        _require_rows(0)
    remarks = []
    if others:
        names = ", ".join(f"“{name}”" for name in others)
        remarks.append(f"The sheet “{sheet.name}” was read. Left out: {names}.")
    remarks += header.remarks()
    total = min(max(sheet.total - header.line, 1), MAX_ROWS)

    def table() -> Iterator[Numbered]:
        return _table(sheet, is_refused_list=header.is_refused_list)

    return PartnerList("Excel workbook", _short(remarks), total, header, table, ragged=True)


def _table(sheet: OpenSheet, *, is_refused_list: bool = False) -> Iterator[Numbered]:
    for row in sheet.rows():
        yield row.number, [_text(cell, is_refused_list=is_refused_list) for cell in row.cells]


def _text(cell: Cell, *, is_refused_list: bool) -> str:
    """A cell as CSV would hold it: what is text there is no formula, whatever it begins with.

    An apostrophe that came with a list of refused rows is ours, and no sign of a text.
    """
    text = cell.text.strip().replace("\0", "\ufffd")
    if cell.fault is Fault.FORMULA:
        return text if text.startswith("=") else f"={text}"
    if cell.fault:
        return text
    plain = plain_cell(text)
    return plain if is_refused_list and plain != text else safe_cell(plain)
