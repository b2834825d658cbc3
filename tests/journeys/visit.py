"""One page to be looked at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Visit:
    """One page, as one persona of the demonstration ("" is nobody)."""

    name: str
    who: str
    path: str
