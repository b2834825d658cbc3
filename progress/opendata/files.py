"""The open files: where each is, what it holds, and which one supersedes it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from declaration.exports import Value
from progress.opendata import reading, results, tables
from progress.opendata.describing import describe
from progress.opendata.tables import Table

NAME = "essex-data-declaration"


@dataclass(frozen=True)
class OpenFile:
    """One file, kept under `name` and its ending; `newer` is the path of what supersedes it."""

    table: Table
    name: str
    path: str
    title: str
    rows: Sequence[Any]
    newer: str = ""

    @property
    def lines(self) -> list[list[Value]]:
        """Its rows as lines."""
        return [self.table.cells(row) for row in self.rows]

    @property
    def tag(self) -> str:
        """What is another one when the file is, for those who ask whether it has changed."""
        said = repr((self.table.header, self.lines, self.newer))
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    @property
    def metadata_path(self) -> str:
        """Where its description is, as CSV on the Web has it."""
        return f"{self.path}-metadata.json"

    @property
    def description(self) -> Any:
        """Its description, to be written as JSON."""
        return describe(
            self.table,
            address=in_full(self.path),
            title=self.title,
            source=in_full(reverse("progress:open-data")),
            newer=in_full(self.newer) if self.newer else "",
        )


def in_full(path: str) -> str:
    """The path with the portal’s public address before it."""
    return f"{settings.PUBLIC_URL}{path}"


def signatories() -> OpenFile:
    """Every signature."""
    path = reverse("progress:data-signatories")
    title = "Signatories of the Essex Data Declaration"
    return OpenFile(
        tables.SIGNATORIES, f"{NAME}-signatories", path, title, reading.read_signatories()
    )


def commitments(edition: str) -> OpenFile | None:
    """The commitments of an edition; None where there is none of that name."""
    found = reading.read_commitments(edition)
    path = reverse("progress:data-commitments", args=[edition])
    title = f"Commitments of the edition “{edition}”"
    name = f"{NAME}-{edition}-commitments"
    return OpenFile(tables.COMMITMENTS, name, path, title, found) if found else None


def indicators(edition: str) -> OpenFile | None:
    """The indicators of an edition; None where there is none of that name."""
    found = reading.read_indicators(edition)
    path = reverse("progress:data-indicators", args=[edition])
    title = f"Success indicators of the edition “{edition}”"
    name = f"{NAME}-{edition}-indicators"
    return OpenFile(tables.INDICATORS, name, path, title, found) if found else None


def results_of(round: str, number: int) -> OpenFile | None:
    """What all partners said in a release; None where there is no such release."""
    found = results.read_results(round, number)
    if found is None:
        return None
    title = f"Results of the round {found.round}, release {number}"
    return _of_release(tables.RESULTS, "results", round, number, title, found.rows, found.newest)


def ratings_of(round: str, number: int) -> OpenFile | None:
    """The ratings in a release that partners chose to publish; None without such a release."""
    found = results.read_ratings(round, number)
    if found is None:
        return None
    title = f"Published ratings of the round {found.round}, release {number}"
    return _of_release(tables.RATINGS, "ratings", round, number, title, found.rows, found.newest)


def _of_release(
    table: Table,
    what: str,
    round: str,
    number: int,
    title: str,
    found: Sequence[Any],
    newest: int,
) -> OpenFile:
    view = f"progress:data-{what}"
    return OpenFile(
        table,
        f"{NAME}-{round}-release-{number}-{what}",
        reverse(view, args=[round, number]),
        title,
        found,
        newer=reverse(view, args=[round, newest]) if newest != number else "",
    )
