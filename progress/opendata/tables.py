"""The open tables: their columns, what identifies a row, and how a row stands in a file."""

from dataclasses import Field, dataclass, fields
from datetime import date
from types import NoneType
from typing import Any, get_args, get_type_hints

from declaration.exports import Value
from progress.opendata import rows

# What CSVW calls the types of fields.
DATATYPES = {str: "string", int: "integer", bool: "boolean", date: "date"}


@dataclass(frozen=True)
class Column:
    """One column; `required` means that it is never empty."""

    name: str
    title: str
    description: str
    datatype: str
    required: bool


@dataclass(frozen=True)
class Table:
    """One table: what its rows are, and the columns that identify one."""

    title: str
    row: type[Any]
    key: tuple[str, ...]

    @property
    def description(self) -> str:
        """What one row is, in a sentence."""
        return self.row.__doc__ or ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in their order."""
        types = get_type_hints(self.row)
        return tuple(_column(each, types[each.name]) for each in fields(self.row))

    @property
    def header(self) -> list[str]:
        """The first line of its files."""
        return [each.name for each in fields(self.row)]

    def cells(self, row: Any) -> list[Value]:
        """One row as a line of a file."""
        return [_cell(getattr(row, each.name)) for each in fields(self.row)]


def _column(each: Field[Any], type_: Any) -> Column:
    kinds = [kind for kind in get_args(type_) or (type_,) if kind is not NoneType]
    return Column(
        name=each.name,
        title=each.metadata["title"],
        description=each.metadata["description"],
        datatype=DATATYPES[kinds[0]],
        required=NoneType not in get_args(type_),
    )


def _cell(value: str | int | date | None) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


EDITIONS = Table("Editions", rows.Edition, ("edition",))
COMMITMENTS = Table("Commitments", rows.Commitment, ("edition", "commitment"))
INDICATORS = Table("Indicators", rows.Indicator, ("edition", "indicator"))
SIGNATORIES = Table("Signatories", rows.Signatory, ("signature",))
ROUNDS = Table("Rounds", rows.Round, ("round",))
RELEASES = Table("Releases", rows.Release, ("round", "release"))
RESULTS = Table("Results", rows.Result, ("round", "release", "indicator"))
RATINGS = Table("Published ratings", rows.Rating, ("round", "release", "partner", "indicator"))
