"""Find the table of a partner list: under which headers its columns stand, and its lines."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from declaration.spreadsheets import UnreadableFileError, plain_cell, shown
from signatories.actions.partner_lists import Problem
from signatories.dashboards.imports import is_refused_list

COLUMNS = (
    "name", "kind", "gss_code", "website", "email_domains", "active_from", "active_to", "leads",
)  # fmt: skip
NEEDED = ("name", "kind")
# How the publisher of the list of English authorities calls them.
ALIASES = {"official_name": "name", "local_authority_type_name": "kind"}
MAX_ROWS = 10_000
MAX_COLUMNS = 200
# How far down the header may stand.
HEADER_WITHIN = 10
# A numbered row of cells as they stand in the file.
Numbered = tuple[int, list[str]]


@dataclass(frozen=True)
class Line:
    """A row of the file: its cells by column, and as they stand there; or why it is none."""

    number: int
    values: dict[str, str]
    cells: tuple[str, ...]
    problem: Problem | None = None


@dataclass(frozen=True)
class Header:
    """The row of titles: on which line it stands, and which column is at which place."""

    line: int
    titles: tuple[str, ...]
    places: dict[str, int]
    # Titles above it, and titles that are no columns, both left out.
    above: int = 0
    unknown: tuple[str, ...] = ()

    @property
    def is_refused_list(self) -> bool:
        """Whether the file is a list of refused rows that we gave back."""
        return is_refused_list(self.titles)

    @property
    def columns(self) -> dict[str, str]:
        """The file's own title of each column, in the order of the file."""
        places = sorted(self.places.items(), key=lambda item: item[1])
        return {column: self.titles[place] for column, place in places}

    def remarks(self) -> Iterator[str]:
        """Say what was left out, and what stands under another title."""
        if self.above:
            what = "The row" if self.above == 1 else f"The {self.above} rows"
            yield f"{what} above the header {'was' if self.above == 1 else 'were'} left out."
        for column, title in self.columns.items():
            if column in ALIASES.values() and ALIASES.get(_spelt(title)) == column:
                yield f"The column “{shown(title)}” was read as {column}."
        if self.unknown:
            titles = ", ".join(f"“{shown(title)}”" for title in self.unknown if title)
            if "" in self.unknown:
                titles = f"{titles} and " * bool(titles) + "what stands under no title"
            what = "column" if len(self.unknown) == 1 else "columns"
            yield f"Left out, because partner lists have no such {what}: {titles}."

    def lines(self, rows: Iterable[Numbered], *, ragged: bool) -> Iterator[Line]:
        """Yield the lines below the header; with `ragged` short ones are filled up.

        Raises UnreadableFileError when there are more than `MAX_ROWS`.
        """
        found = 0
        for number, cells in rows:
            if number <= self.line:
                continue
            found += 1
            if found > MAX_ROWS:
                words = f"The file has more than {MAX_ROWS:,} rows. Split it into smaller files."
                raise UnreadableFileError(words)
            yield self._line(number, cells, ragged=ragged)

    def _line(self, number: int, cells: list[str], *, ragged: bool) -> Line:
        width = len(self.titles)
        if ragged and len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        values = {
            column: cells[place] for column, place in self.places.items() if place < len(cells)
        }
        problem = None
        if len(cells) < width or any(cells[width:]):
            words = f"The row has {len(cells)} cells, but the header has {width}"
            problem = Problem("", shown(" | ".join(cells)), words)
        return Line(number, values, tuple(cells), problem)


def find_header(rows: Iterable[Numbered]) -> Header | None:
    """Return the header among the first rows, or None where none is one.

    Raises UnreadableFileError for one that has a column twice or lacks one that is needed.
    """
    incomplete: list[str] = []
    for above, (line, row) in zip(range(HEADER_WITHIN), rows, strict=False):
        cells = _until_the_last(row)
        if len(cells) > MAX_COLUMNS:
            raise UnreadableFileError(
                f"Line {line} has more than {MAX_COLUMNS} cells, too many for a row of titles. "
                "Delete the columns that a partner list does not have."
            )
        columns = [_column(title) for title in cells]
        known = [column for column in columns if column]
        # One word may stand in any title; a header has more than one, or nothing else.
        if not known or (len(known) == 1 and len([cell for cell in cells if cell]) > 2):
            continue
        missing = [column for column in NEEDED if column not in known]
        if missing:
            incomplete = incomplete or missing
            continue
        twice = next((column for column in known if known.count(column) > 1), "")
        if twice:
            raise UnreadableFileError(
                f"The column “{twice}” is there twice. Delete one of the two columns."
            )
        return _header(line, cells, columns, above)
    if incomplete:
        raise UnreadableFileError(
            f"The header has no column: {', '.join(incomplete)}. Add it and upload the file again."
        )
    return None


def no_header() -> UnreadableFileError:
    """The refusal of a table whose first rows are no header."""
    return UnreadableFileError(
        f"The file has no header. Its first row names the columns: {', '.join(COLUMNS)}. "
        f"Only {' and '.join(NEEDED)} must be there."
    )


def _header(line: int, cells: list[str], columns: list[str], above: int) -> Header:
    return Header(
        line,
        tuple(plain_cell(title) for title in cells) if is_refused_list(cells) else tuple(cells),
        {column: place for place, column in enumerate(columns) if column},
        above,
        tuple(title for title, column in zip(cells, columns, strict=False) if not column),
    )


def _until_the_last(cells: list[str]) -> list[str]:
    """The cells without the blank ones at the end, of which there may be millions."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)
    return cells[:last]


def _spelt(title: str) -> str:
    text = unicodedata.normalize("NFKC", title).strip("\ufeff \t\r\n").lower()
    return re.sub(r"[\s_-]+", "_", text).replace("e_mail", "email")


def _column(title: str) -> str:
    spelt = _spelt(title)
    column = ALIASES.get(spelt, spelt)
    return column if column in COLUMNS else ""
