"""Read a spreadsheet that somebody brings back: find its table, match, check and merge each row."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assessments.actions import moves
from assessments.actions.uploading import BadCell, SheetPreview, SheetRow
from assessments.dashboards import NOT_APPLICABLE, read_opening, values_of
from assessments.dashboards.offline import read_bases
from assessments.dashboards.sheets import Opening
from assessments.merging import Values, merge
from assessments.models import Answer, Assessment
from assessments.sheets.cells import BadCellError, bad_cell, read_cell
from assessments.sheets.columns import CODE, INDICATOR, TITLES, code_of, column_of, plain
from assessments.sheets.stamps import AGAIN, find_stamp
from assessments.sheets.writing import ANSWERS
from declaration.actions import RefusedError
from declaration.spreadsheets import UnreadableFileError, shown
from declaration.workbooks import Cell, ReadPage, ReadRow, read_workbook

# Among how many rows from the top the titles are looked for.
TOP_ROWS = 20


@dataclass(frozen=True)
class Table:
    """The answers in a spreadsheet: its columns by name, with their place, and the rows below."""

    columns: Mapping[str, int]
    rows: Sequence[ReadRow]
    ignored: tuple[str, ...]

    def cell(self, row: ReadRow, column: str) -> Cell:
        """The row's cell in that column; a blank one where the table has no such column."""
        if column in self.columns:
            return row.cell(self.columns[column])
        return Cell(f"row {row.number}")

    def inputs(self, row: ReadRow) -> dict[str, Cell]:
        """The row's cells that people fill in, by the names of the values."""
        return {name: self.cell(row, name) for name in TITLES if name in self.columns}


@dataclass
class Found:
    """What has been read so far."""

    rows: dict[int, SheetRow] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    bad_cells: list[BadCell] = field(default_factory=list)


def read_sheet(content: bytes, assessment: Assessment) -> SheetPreview:
    """Read the spreadsheet and merge it with what is stored now; five queries at most.

    UnreadableFileError when the file as a whole cannot be taken. Cells that cannot are in the
    preview, and what they say is left out of its rows.
    """
    return compare_pages(read_workbook(content), assessment)


class ReadOnce:
    """Reads like `read_sheet`, and parses a spreadsheet once however often it is compared."""

    def __init__(self) -> None:
        self.content: bytes | None = None
        self.pages: list[ReadPage] = []

    def __call__(self, content: bytes, assessment: Assessment) -> SheetPreview:
        """What `read_sheet` returns and raises; the stored answers are read each time."""
        if content != self.content:
            self.pages = read_workbook(content)
            self.content = content
        return compare_pages(self.pages, assessment)


def compare_pages(pages: Sequence[ReadPage], assessment: Assessment) -> SheetPreview:
    """What `read_sheet` returns and raises, of a workbook that was parsed before."""
    stamp = find_stamp(pages, assessment)
    table = _find_table(pages)
    opening = read_opening(assessment)
    answers = list(assessment.answers.in_order().select_related("updated_by"))
    older = {pk: number for pk, number in stamp.versions.items() if _is_other(answers, pk, number)}
    bases = read_bases(older)
    closed = _closed(assessment, opening)
    found = Found()
    matching = Matching(answers)
    for row in table.rows:
        try:
            answer = matching.match(table, row)
            if answer is None:
                continue
            _require_once(found, table, row, answer)
            known = answer.version == stamp.versions.get(answer.pk)
            base = values_of(answer) if known else bases.get(answer.pk)
            read = _read_row(table.inputs(row), answer, base, found.bad_cells)
        except BadCellError as error:
            found.bad_cells.append(error.bad_cell)
            continue
        found.rows[answer.pk] = read
        if not closed and not read.is_unchanged and not opening.includes(answer.indicator_id):
            found.bad_cells.append(_not_open(table, row, answer))
    rows = tuple(found.rows[answer.pk] for answer in answers if answer.pk in found.rows)
    return SheetPreview(rows, tuple(found.bad_cells), table.ignored, closed)


def _is_other(answers: list[Answer], pk: int, version: int) -> bool:
    """Whether the answer was saved since it was downloaded in that version."""
    return any(answer.pk == pk and answer.version != version for answer in answers)


def _closed(assessment: Assessment, opening: Opening) -> str:
    """Why nothing of the assessment can be written now; empty when something can."""
    try:
        moves.refuse_when_closed(assessment)
    except RefusedError as error:
        return str(error)
    if opening.every or opening.indicators:
        return ""
    return (
        "You cannot write now, because the assessment is "
        f"“{assessment.get_state_display()}”. It is the turn of {assessment.turn}."
    )


# --- Finding the table ---------------------------------------------------------------------------


def _find_table(pages: Sequence[ReadPage]) -> Table:
    """The table on the sheet “Answers”, else on the first one that has its titles."""
    named = [page for page in pages if plain(page.name) == plain(ANSWERS)]
    others = [page for page in pages if page not in named]
    for page in [*named, *others]:
        for place, row in enumerate(page.rows[:TOP_ROWS]):
            titles = [column_of(cell.text) for cell in row.cells]
            if {CODE, INDICATOR} & set(titles) and set(TITLES) & set(titles):
                return _table(page, place, row, titles)
    raise UnreadableFileError(
        f"No sheet has a row with the titles “{CODE}” and “{TITLES['rating']}”, so we cannot tell "
        f"what is in its columns. {AGAIN}"
    )


def _table(page: ReadPage, place: int, header: ReadRow, titles: list[str | None]) -> Table:
    counted = Counter(title for title in titles if title in {CODE, INDICATOR, *TITLES})
    twice = next((title for title, count in counted.items() if count > 1), None)
    if twice is not None:
        title = TITLES.get(twice, twice)
        raise UnreadableFileError(
            f"The column “{title}” is there twice. Delete or rename the one that does not count."
        )
    columns = {title: number for number, title in enumerate(titles) if title is not None}
    unknown = (
        shown(cell.text.strip())
        for cell, title in zip(header.cells, titles, strict=True)
        if title is None and not cell.is_blank
    )
    return Table(columns, page.rows[place + 1 :], tuple(unknown))


# --- Matching rows with indicators ---------------------------------------------------------------


class Matching:
    """Finds the answer that a row is about: by its code, without one by its title."""

    def __init__(self, answers: list[Answer]) -> None:
        self.by_code = {answer.indicator.code: answer for answer in answers}
        titles = Counter(plain(answer.indicator.title) for answer in answers)
        self.by_title = {
            plain(answer.indicator.title): answer
            for answer in answers
            if titles[plain(answer.indicator.title)] == 1
        }

    def match(self, table: Table, row: ReadRow) -> Answer | None:
        """The row's answer; None for a row that says nothing. BadCellError when it is unclear."""
        code, title = table.cell(row, CODE), table.cell(row, INDICATOR)
        by_title = self.by_title.get(plain(title.text))
        if code.is_blank:
            return by_title or self._unknown(table, row, code, "", "has no code")
        if code.fault:
            raise BadCellError(bad_cell(code, CODE, *_no_code("holds a formula")))
        found = self.by_code.get(code_of(code.text))
        if found is None:
            return self._unknown(table, row, code, code.text, "is of no indicator in this round")
        if by_title is not None and by_title != found:
            reason = f"The row has the code of {found.indicator.code} and another one’s title."
            advice = "Put the row’s own code and title back, or delete the row."
            raise BadCellError(bad_cell(code, CODE, reason, advice))
        return found

    @staticmethod
    def _unknown(table: Table, row: ReadRow, code: Cell, text: str, what: str) -> None:
        """Pass over a heading or a note; refuse answers that would be lost."""
        said = [cell for cell in table.inputs(row).values() if not cell.is_blank]
        if not said:
            return
        raise BadCellError(BadCell(code.place, CODE, shown(text), *_no_code(what)))


def _no_code(what: str) -> tuple[str, str]:
    reason = f"The row {what}, so we cannot tell which indicator it is about."
    return reason, "Enter the indicator’s code as text, like 2.3, or delete the row."


def _require_once(found: Found, table: Table, row: ReadRow, answer: Answer) -> None:
    before = found.lines.setdefault(answer.pk, row.number)
    if before != row.number:
        place, code = table.cell(row, CODE).place, answer.indicator.code
        reason = f"Indicator {code} is already in row {before}."
        raise BadCellError(BadCell(place, CODE, code, reason, "Delete one of the two rows."))


def _not_open(table: Table, row: ReadRow, answer: Answer) -> BadCell:
    return BadCell(
        table.cell(row, CODE).place,
        CODE,
        answer.indicator.code,
        "This indicator is closed: only those that ecda commented on can be changed now.",
        "Delete the row. Its answer stays as it is.",
    )


# --- One row -------------------------------------------------------------------------------------


def _read_row(
    cells: Mapping[str, Cell], answer: Answer, base: Values | None, bad_cells: list[BadCell]
) -> SheetRow:
    """Merge what the cells say; a cell that cannot be taken says what was there before."""
    theirs = values_of(answer)
    before = base or theirs
    mine = dict(before)
    bad = []
    for name, cell in cells.items():
        try:
            mine[name] = read_cell(name, cell, before[name])
        except BadCellError as error:
            bad.append(error.bad_cell)
    asks_again = _hold_back_completed(mine, before, theirs)
    if not bad:
        bad = list(_incomplete(mine, before, cells))
    bad_cells += bad
    merged = merge(base, mine, theirs)
    return SheetRow(answer, mine, merged, asks_again and "rating" not in merged.conflicts)


def _hold_back_completed(mine: dict[str, object], before: Values, theirs: Values) -> bool:
    """Take "completed" back where it was said of another rating; whether to ask about the new one.

    The spreadsheet came with "Yes" in that cell: leaving it says nothing of the new rating.
    """
    if not before["completed"] or mine["rating"] in {before["rating"], theirs["rating"]}:
        return False
    said = bool(mine["completed"])
    mine["completed"] = False
    return said and bool(mine["rating"])


def _incomplete(mine: Values, before: Values, cells: Mapping[str, Cell]) -> Iterator[BadCell]:
    """What cells say that can be read and yet not be saved together."""
    if mine == before:
        return
    if mine["rating"] == NOT_APPLICABLE and not str(mine["reason"]).strip():
        yield bad_cell(
            cells.get("reason") or cells["rating"],
            TITLES["reason"],
            "Not applicable needs a reason.",
            "Say why this indicator is not applicable.",
        )
    if mine["completed"] and not mine["rating"]:
        yield bad_cell(
            cells["completed"],
            TITLES["completed"],
            "The indicator is said to be completed, but has no rating.",
            "Enter a rating or not applicable, or change this cell to No.",
        )
