"""What a partner list would change, or has changed, page by page, and the rows that are refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from signatories.models import ImportRow, PartnerImport

Kind = ImportRow.Kind

PER_PAGE = 100
# Of refused rows the page shows more at once: they are read to be corrected.
REFUSED_PER_PAGE = 500
# The columns that stand before the file's own in the list of refused rows.
ADDED = ("line", "reason")


@dataclass(frozen=True)
class Tally:
    """How many rows of a list are of one kind, and whether they are the ones on the page."""

    kind: Kind
    label: str
    count: int
    is_here: bool


@dataclass(frozen=True)
class Preview:
    """One page of the rows of one kind."""

    kind: Kind
    tallies: tuple[Tally, ...]
    rows: tuple[ImportRow, ...]
    page: Page[Any]

    @property
    def total(self) -> int:
        """How many rows the list has."""
        return sum(tally.count for tally in self.tallies)


def preview_of(found: PartnerImport, kind: str, number: str) -> Preview:
    """The rows of a list that was read, two queries; what is not understood shows the first page.

    Without a kind, refused rows come first, then changed, new and unchanged ones.
    """
    counts = {
        Kind.REFUSED: found.refused_count,
        Kind.CHANGED: found.changed_count,
        Kind.NEW: found.new_count,
        Kind.UNCHANGED: found.unchanged_count,
    }
    asked = next((one for one in counts if one.value == kind), None)
    here = asked or next((one for one, count in counts.items() if count), Kind.UNCHANGED)
    size = REFUSED_PER_PAGE if here == Kind.REFUSED else PER_PAGE
    page = Paginator(found.rows.of_kind(here).select_related("partner"), size).get_page(number)
    tallies = tuple(
        Tally(one, str(one.label), counts[one], one == here)
        for one in (Kind.NEW, Kind.CHANGED, Kind.UNCHANGED, Kind.REFUSED)
    )
    return Preview(here, tallies, tuple(page), page)


def refused_header(headers: Sequence[str]) -> list[str]:
    """The header of the list of refused rows: the line, the reason, then the file's own."""
    return [*ADDED, *headers[_added(headers) :]]


def refused_rows(found: PartnerImport, headers: Sequence[str]) -> Iterator[list[str]]:
    """The refused rows with line and reason before their cells as they stand in the file."""
    skipped = _added(headers)
    for row in found.rows.of_kind(Kind.REFUSED).iterator(chunk_size=1000):
        reasons = [f"{title}: {why}" if title else why for title, _, why in row.problems]
        yield [str(row.line), "; ".join(reasons), *row.cells[skipped:]]


def _added(headers: Sequence[str]) -> int:
    """How many columns are ours, when a list of refused rows comes back."""
    return len(ADDED) if tuple(headers[: len(ADDED)]) == ADDED else 0
