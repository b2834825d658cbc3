"""What has changed in the form of the open data, for those whose programs read it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Change:
    """One change of columns, addresses or the API, and since when it holds."""

    since: date
    version: str
    words: str


# The newest first. A column is never taken away or given another meaning within a version.
CHANGES = (
    Change(
        date(2026, 11, 23),
        "1",
        "The first version: signatories, commitments and indicators, results and published "
        "ratings of each release as CSV files with descriptions, and the API.",
    ),
)
