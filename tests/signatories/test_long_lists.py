"""Ten thousand rows: every bad one listed, few queries, and memory that does not grow with them."""

import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signatories.actions.partner_lists import Kind, Row, digest
from signatories.models import Partner
from signatories.resources import open_list
from tests.signatories.long_lists import FAULTS, as_csv, as_workbook, rows_of

pytestmark = pytest.mark.django_db

ROWS, BAD = 10_000, 300


def test_all_bad_rows_of_ten_thousand_are_listed_with_line_column_value_and_reason() -> None:
    content = as_csv(rows_of(ROWS, bad=BAD))
    found = [row for row in open_list(content, "long.csv").rows() if row.kind == Kind.REFUSED]
    assert [row.line for row in found] == [turn * ROWS // BAD + 2 for turn in range(BAD)]
    for turn, row in enumerate(found):
        column, value, words = FAULTS[turn % len(FAULTS)]
        (problem,) = row.problems
        assert problem.column == column
        assert problem.value.startswith(value[:6])
        assert words in problem.reason
        assert len(row.cells) == 8
    assert not Partner.objects.exists()


def test_ten_thousand_rows_are_compared_and_written_in_seconds() -> None:
    figures: dict[str, float] = {}
    first = as_csv(rows_of(ROWS))
    changed = as_csv(rows_of(ROWS, website="https://example.net"))
    new = timed(figures, "preview of new rows", lambda: kinds(first))
    assert new == {Kind.NEW: ROWS}
    timed(figures, "save of new rows", lambda: kinds(first, save=True))
    assert Partner.objects.count() == ROWS
    before = digest(open_list(changed, "c.csv").rows())
    seen = timed(figures, "preview of changed rows", lambda: kinds(changed))
    assert seen == {Kind.CHANGED: ROWS}
    timed(figures, "save of changed rows", lambda: kinds(changed, save=True))
    assert Partner.objects.filter(website__startswith="https://example.net").count() == ROWS
    assert before != digest(open_list(changed, "c.csv").rows())
    for what, seconds in figures.items():
        print(f"\n10,000 rows, {what}: {seconds:.2f} s of processor time", end="")
    # Generous: a busy machine is no failure, a query for each row would be.
    assert max(figures.values()) < 20


def test_a_workbook_of_ten_thousand_rows_is_read() -> None:
    figures: dict[str, float] = {}
    content = as_workbook(rows_of(ROWS))
    seen = timed(figures, "workbook", lambda: kinds(content, name="long.xlsx"))
    assert seen == {Kind.NEW: ROWS}
    print(f"\n10,000 rows, preview of a workbook: {figures['workbook']:.2f} s", end="")


def test_queries_are_as_many_as_there_are_thousands_of_rows() -> None:
    def asked(count: int, *, save: bool = False) -> int:
        with CaptureQueriesContext(connection) as queries:
            kinds(as_csv(rows_of(count)), save=save)
        return len(queries)

    # Names in small letters, partners and closed accounts; where there are partners, their members
    # and invitations, too.
    assert asked(10) == asked(1_000) == 3
    assert asked(3_000) == 9
    # The slugs that are taken, asked once, and one statement for each thousand.
    assert asked(3_000, save=True) == 9 + 1 + 3
    assert asked(3_000) == asked(3_000, save=True) == 15


def test_memory_does_not_grow_with_the_rows() -> None:
    kinds(as_csv(rows_of(10)))
    peaks = {count: peak(as_csv(rows_of(count))) for count in (1_000, ROWS)}
    for count, size in peaks.items():
        print(f"\n{count:,} rows: {size / 1024**2:.1f} MB at the most", end="")
    # The file's text and which partner stood on which line, but no row.
    assert peaks[ROWS] - peaks[1_000] < 600 * (ROWS - 1_000)
    kept = peak(as_csv(rows_of(ROWS)), keep=True)
    print(f"\n{ROWS:,} rows, all kept: {kept / 1024**2:.1f} MB", end="")
    assert kept - peaks[1_000] > 1_200 * (ROWS - 1_000)


def kinds(content: bytes, *, name: str = "long.csv", save: bool = False) -> Counter[Kind]:
    return Counter(row.kind for row in open_list(content, name).rows(save=save))


def timed(figures: dict[str, float], what: str, work: Callable[[], Any]) -> Any:
    begun = time.process_time()
    result = work()
    figures[what] = time.process_time() - begun
    return result


def peak(content: bytes, *, keep: bool = False) -> int:
    kept: list[Row] = []
    tracemalloc.start()
    try:
        for row in open_list(content, "long.csv").rows():
            kept += [row] * keep
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
