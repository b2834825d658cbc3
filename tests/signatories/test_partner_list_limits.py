"""Partner lists that are made to take long are refused soon, in words."""

import time
from collections.abc import Callable

import pytest

from declaration.spreadsheets import UnreadableFileError
from declaration.workbooks import Column, Page, write_workbook
from signatories.actions.partner_lists import Kind, Row
from signatories.models import Partner
from signatories.resources import MAX_BYTES, open_list
from tests.workbook_files import workbook

pytestmark = pytest.mark.django_db

HEADER = b"name,kind"


def rows_of(content: bytes, name: str = "p.csv") -> list[Row]:
    return list(open_list(content, name).rows())


def filled(beginning: bytes, with_: bytes, end: bytes = b"") -> bytes:
    """A file as large as one may be."""
    count = (MAX_BYTES - len(beginning) - len(end)) // len(with_)
    return beginning + with_ * count + end


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_millions_of_blank_titles_are_passed_over_in_no_time(
    spent: Callable[[Callable[[], object]], float],
) -> None:
    rows: list[Row] = []
    content = filled(HEADER, b",", b"\nA,other\n")
    assert spent(lambda: rows.extend(rows_of(content))) < 10
    assert [(row.name, row.kind) for row in rows] == [("A", Kind.NEW)]


@pytest.mark.parametrize(
    "content",
    [
        filled(HEADER, b",ab"), filled(b"", b"a,"), filled(HEADER, b";ab"),
        HEADER + b",x" * 199 + b"\n",
    ],
    ids=["header", "titles", "semicolons", "201"],
)  # fmt: skip
def test_a_header_with_too_many_columns_is_refused_in_words(
    content: bytes, spent: Callable[[Callable[[], object]], float]
) -> None:
    def refused() -> None:
        with pytest.raises(UnreadableFileError, match="Line 1 has more than 200 cells"):
            open_list(content, "p.csv")

    assert spent(refused) < 10


def test_two_hundred_columns_are_read() -> None:
    content = HEADER + b",x" * 198 + b"\nA,other" + b",1" * 198 + b"\n"
    assert [row.name for row in rows_of(content)] == ["A"]


def test_a_workbook_with_too_many_columns_is_refused_in_words() -> None:
    titles = ["name", "kind", *(f"x{number}" for number in range(199))]
    page = Page("Partners", tuple(Column(title) for title in titles), [["A", "other"] * 100 + [""]])
    with pytest.raises(UnreadableFileError, match="further to the right than we read"):
        open_list(write_workbook([page], title="T"), "p.xlsx")


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t></t></is></c></row>',
        f'<row r="1">{text_cell("A1", "z")}</row><row r="1048576"><c r="A1048576"/></row>',
        f'<row r="1">{text_cell("A1", "name")}{text_cell("B1", "kind")}</row>'
        + "<row/>" * 1_000_000,
    ],
    ids=["nothing else", "no header", "a million rows"],
)
def test_a_small_workbook_cannot_keep_the_processor_busy(
    rows: str, spent: Callable[[Callable[[], object]], float]
) -> None:
    content = workbook(rows)
    assert len(content) < 20_000

    def refused() -> None:
        with pytest.raises(UnreadableFileError, match="more than 60,000 blank rows"):
            rows_of(content, "p.xlsx")

    assert spent(refused) < 10


def test_blank_rows_of_a_workbook_are_passed_over() -> None:
    header = f'<row r="1">{text_cell("A1", "name")}{text_cell("B1", "kind")}</row>'
    row = f'<row r="50002">{text_cell("A50002", "A")}{text_cell("B50002", "other")}</row>'
    assert [row.line for row in rows_of(workbook(header + row), "p.xlsx")] == [50_002]


def test_a_row_names_up_to_twenty_people() -> None:
    def row(count: int) -> Row:
        people = ";".join(f"p{number}@x.example" for number in range(count))
        (found,) = rows_of(f'name,kind,leads\nA,other,"{people};p0@x.example"\n'.encode())
        return found

    assert len(row(20).leads) == 20
    refused = row(21)
    assert [(problem.column, problem.reason) for problem in refused.problems] == [
        ("leads", "A row can name up to 20 people. Invite the others on the partner’s page")
    ]
    assert not Partner.objects.exists()


@pytest.fixture
def spent() -> Callable[[Callable[[], object]], float]:
    """The processor time that some work takes."""

    def measured(work: Callable[[], object]) -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return measured
