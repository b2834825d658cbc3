"""Make long partner lists: clean ones, and ones with bad rows of twelve kinds."""

import csv
import io

from declaration.workbooks import Column, Page, write_workbook
from signatories.resources import COLUMNS

# One row of each kind of fault: which cell to spoil, with what, and the words that are expected.
FAULTS = (
    ("name", "", "Enter the partner’s name"),
    ("name", "x" * 201, "A name must be 200 characters or fewer"),
    ("name", "Hidden\u202ecouncil", "There is a character that cannot be seen: U+202E"),
    ("name", "=HYPERLINK(1)", "is taken for a formula"),
    ("kind", "parish", "Enter one of the kinds"),
    ("gss_code", "E0700", "A GSS code is a letter and eight digits"),
    ("gss_code", "1.23E+05", "Programs such as Excel change codes into numbers"),
    ("website", "javascript:alert(1)", "Enter a full web address"),
    ("email_domains", "not a domain!", "is not an e-mail domain"),
    ("active_from", "2026-02-30", "Enter a real date"),
    ("active_to", "2020-01-01", "A partner cannot end before it begins"),
    ("leads", "somebody", "is not an e-mail address"),
)


def clean_row(number: int, website: str = "https://example.org") -> list[str]:
    """A row that nothing is wrong with, about a partner of its own."""
    return [
        f"Long Council {number}",
        "district",
        f"E{number:08d}",
        f"{website}/{number}",
        f"council{number}.example",
        "2026-04-01",
        "",
        f"Lead {number} <lead{number}@council{number}.example>",
    ]


def rows_of(count: int, *, bad: int = 0, website: str = "https://example.org") -> list[list[str]]:
    """Rows under the header of the template; `bad` of them, evenly spread, have one fault each."""
    rows = [clean_row(number, website) for number in range(count)]
    for turn in range(bad):
        column, value, _ = FAULTS[turn % len(FAULTS)]
        rows[turn * count // bad][COLUMNS.index(column)] = value
    return rows


def as_csv(rows: list[list[str]]) -> bytes:
    """The rows as CSV."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([COLUMNS, *rows])
    return file.getvalue().encode()


def as_workbook(rows: list[list[str]]) -> bytes:
    """The rows as an Excel workbook."""
    page = Page("Partners", tuple(Column(title) for title in COLUMNS), rows)
    return write_workbook([page], title="Partners")
