"""What a partner list says, row by row, and how whoever reads one hands it over."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from signatories.models import ImportRow

Kind = ImportRow.Kind

# A change that needs a tick of its own, as the page names it: line and column.
Tick: TypeAlias = tuple[int, str]

ASKED = "asked"
GIVEN = "given"


@dataclass(frozen=True)
class Change:
    """One field of a row: what stands there now, and what would.

    `tick` is ASKED for a new name of a partner and another role of a person: without a tick of
    its own this change is left out, and the rest of the row is written.
    """

    column: str
    old: str
    new: str
    tick: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a row is refused: the file's own header ("" for the whole row), the value, the reason."""

    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Lead:
    """Somebody the row names as a lead, by an address in small letters.

    `held` is the role they have at the partner now, or were invited to; "" for neither.
    """

    email: str
    name: str
    held: str = ""
    is_invited: bool = False

    @property
    def column(self) -> str:
        """How the change of this person's role is called in the row's changes."""
        return f"lead {self.email}"


@dataclass(frozen=True)
class Row:
    """One row of the file: what confirming would do with it.

    `cells` are those of a refused row as they stand in the file; `leads` those whom confirming
    would invite, or give another role where it is ticked. `partner_pk` is the partner the row was
    matched with, and once saved the one it was written to.
    """

    line: int
    kind: Kind
    name: str
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    cells: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()
    partner_pk: int | None = None

    @property
    def needs_tick(self) -> bool:
        """Whether something in it changes only where it is ticked."""
        return any(change.tick for change in self.changes)


class Reading(Protocol):
    """An opened partner list: how it was read, and its rows."""

    @property
    def encoding(self) -> str:
        """In words: "UTF-8", "Windows-1252", "UTF-16", "Excel workbook"."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was noticed and left out, in sentences."""

    @property
    def headers(self) -> tuple[str, ...]:
        """The file's own headers, for the refused rows that are given back."""

    @property
    def total(self) -> int:
        """About how many rows there are, to say how far the reading is."""

    def rows(self, *, save: bool = False, ticks: AbstractSet[Tick] = frozenset()) -> Iterator[Row]:
        """Compare the rows with the partners there are now, a thousand at a time.

        With `save` each thousand is written before its rows are handed over (partners only; who is
        invited is the action's). Raises UnreadableFileError for what is no table further down.
        """


class Opener(Protocol):
    """Opens a file; `signatories.resources.open_list` is the one there is."""

    def __call__(self, content: bytes, file_name: str) -> Reading:
        """Return the reading; UnreadableFileError for a file that is no partner list."""


def digest(rows: Iterable[Row]) -> str:
    """A hash of what each row would do, whatever was written; another one means a change."""
    sha256 = hashlib.sha256()
    for row in rows:
        parts = (*row.changes, *row.problems, *row.leads)
        # Ten thousand rows of eight changes: `asdict` would take longer than comparing them.
        said = (row.line, row.kind, row.name, row.cells, [[*vars(part).items()] for part in parts])
        sha256.update(json.dumps(said, ensure_ascii=True).encode("ascii"))
    return sha256.hexdigest()
