"""What a partner list would change, or has changed, page by page, and the rows that are refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, TextChoices

from signatories.models import ImportRow, Membership, Partner, PartnerImport

Kind = ImportRow.Kind


class Shown(TextChoices):
    """Which rows a page shows; what was imported tells apart what was left as it was."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNTICKED = "unticked", "Unticked"
    UNCHANGED = "unchanged", "Unchanged"
    REFUSED = "refused", "Refused"


# Something of the row is written without a tick, or was ticked.
WRITTEN = Q(changes__contains=[{"tick": ""}]) | Q(changes__contains=[{"tick": "given"}])
# The row invites somebody.
INVITES = Q(changes__contains=[{"old": "", "new": "invited as lead"}])
LABELS = {
    "name": "Name",
    "kind": "Kind",
    "gss_code": "GSS code",
    "website": "Website",
    "email_domains": "E-mail domains",
    "active_from": "Active from",
    "active_to": "Active to",
}

PER_PAGE = 100
# Of refused rows the page shows more at once: they are read to be corrected.
REFUSED_PER_PAGE = 500
# The columns that stand before the file's own in the list of refused rows.
ADDED = ("line", "reason")


@dataclass(frozen=True)
class Tally:
    """How many rows of a list are of one kind, and whether they are the ones on the page."""

    kind: Shown
    label: str
    count: int
    is_here: bool


@dataclass(frozen=True)
class Field:
    """One field of a row in words: what stands there now, and what would."""

    label: str
    old: str
    new: str
    tick: str


@dataclass(frozen=True)
class Line:
    """One row of the file: its fields, or the column, value and reason of what is refused."""

    line: int
    name: str
    fields: tuple[Field, ...]
    problems: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Preview:
    """One page of the rows of one kind, and how many there are of each."""

    kind: Shown
    counts: dict[Shown, int]
    rows: tuple[Line, ...]
    page: Page[Any]

    @property
    def total(self) -> int:
        """How many rows the list has."""
        return sum(self.counts.values())

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """The counts as the page shows them; of unticked rows only when there are some."""
        shown = [one for one in Shown if self.counts[one] or one != Shown.UNTICKED]
        return tuple(
            Tally(one, str(one.label), self.counts[one], one == self.kind) for one in shown
        )

    @property
    def written(self) -> dict[str, int]:
        """The same counts by name, for sentences."""
        return {one.value: count for one, count in self.counts.items()}


def preview_of(found: PartnerImport, kind: str, number: str) -> Preview:
    """The rows of a list that was read, three queries; what is not understood shows the first page.

    Without a kind, refused rows come first, then changed, new, unticked and unchanged ones.
    """
    counts = _counts(found)
    order = (Shown.REFUSED, Shown.CHANGED, Shown.NEW, Shown.UNTICKED, Shown.UNCHANGED)
    asked = next((one for one in order if one.value == kind), None)
    here = asked or next((one for one in order if counts[one]), Shown.UNCHANGED)
    size = REFUSED_PER_PAGE if here == Shown.REFUSED else PER_PAGE
    page = Paginator(_rows(found, here), size).get_page(number)
    return Preview(here, counts, tuple(_line(row) for row in page), page)


def consequences(found: PartnerImport) -> dict[str, int]:
    """How many rows ask for a tick (`asks`) and how many would invite somebody (`invites`)."""
    return found.rows.aggregate(
        asks=Count("pk", filter=Q(needs_tick=True)), invites=Count("pk", filter=INVITES)
    )


def _counts(found: PartnerImport) -> dict[Shown, int]:
    """How many rows there are of each kind; of an import, unticked ones are not changed."""
    unticked = _unticked(found).count() if found.confirmed_at else 0
    return {
        Shown.NEW: found.new_count,
        Shown.CHANGED: found.changed_count - unticked,
        Shown.UNTICKED: unticked,
        Shown.UNCHANGED: found.unchanged_count,
        Shown.REFUSED: found.refused_count,
    }


def _unticked(found: PartnerImport) -> QuerySet[ImportRow]:
    """The rows of which nothing was written, because it needed a tick and got none."""
    return found.rows.of_kind(Kind.CHANGED).filter(~WRITTEN, needs_tick=True)


def _rows(found: PartnerImport, shown: Shown) -> QuerySet[ImportRow]:
    if shown == Shown.UNTICKED:
        return _unticked(found) if found.confirmed_at else found.rows.none()
    if shown == Shown.CHANGED and found.confirmed_at:
        return found.rows.of_kind(Kind.CHANGED).filter(Q(needs_tick=False) | WRITTEN)
    return found.rows.of_kind(Kind(shown.value))


def _line(row: ImportRow) -> Line:
    """The row in words; that a new partner is called what it is called is not said again."""
    repeated = [("name", row.name)] if row.kind == Kind.NEW else []
    fields = [_field(**one) for one in row.changes if (one["column"], one["new"]) not in repeated]
    problems = [
        (column or "the whole row", value or (row.name if not column else ""), reason)
        for column, value, reason in row.problems
    ]
    return Line(row.line, row.name, tuple(fields), tuple(problems))


def _field(column: str, old: str, new: str, tick: str, outside: bool = False) -> Field:
    if column not in LABELS:
        roles = {role.value: role.label.lower() for role in Membership.Role}
        label = f"Lead {column.removeprefix('lead ')}"
        said = f"{new} (outside the partner’s e-mail domains)" if outside else roles.get(new, new)
        return Field(label, roles.get(old, old), said, tick)
    kinds = {kind.value: str(kind.label) for kind in Partner.Kind} if column == "kind" else {}
    return Field(LABELS[column], kinds.get(old, old), kinds.get(new, new), tick)


def refused_header(headers: Sequence[str]) -> list[str]:
    """The header of the list of refused rows: the line, the reason, then the file's own."""
    return [*ADDED, *headers[_added(headers) :]]


def refused_rows(found: PartnerImport, headers: Sequence[str]) -> Iterator[list[str]]:
    """The refused rows with line and reason before their cells as they stand in the file."""
    skipped = _added(headers)
    for row in found.rows.of_kind(Kind.REFUSED).iterator(chunk_size=1000):
        reasons = [f"{title}: {why}" if title else why for title, _, why in row.problems]
        yield [str(row.line), "; ".join(reasons), *row.cells[skipped:]]


def is_refused_list(headers: Sequence[str]) -> bool:
    """Whether a file with these headers is a list of refused rows that comes back."""
    return tuple(headers[: len(ADDED)]) == ADDED


def _added(headers: Sequence[str]) -> int:
    return len(ADDED) if is_refused_list(headers) else 0
