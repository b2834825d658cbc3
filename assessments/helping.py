"""The states of requests for support and of good practices as tables: no ORM.

As for assessments in `workflow`, triggers and refusals are made from these tables.
"""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who makes a move: the partner’s people, or ecda."""

    PARTNER = "partner"
    ECDA = "ecda"


@dataclass(frozen=True)
class Step:
    """One move from one state to another, and whose it is."""

    move: str
    source: str
    target: str
    side: Side


# A request may be connected with several partners, one after another.
SUPPORT = (
    Step("take", "new", "with_ecda", Side.ECDA),
    Step("give_back", "with_ecda", "new", Side.ECDA),
    Step("connect", "new", "connected", Side.ECDA),
    Step("connect", "with_ecda", "connected", Side.ECDA),
    Step("connect", "connected", "connected", Side.ECDA),
    Step("finish", "new", "done", Side.ECDA),
    Step("finish", "with_ecda", "done", Side.ECDA),
    Step("finish", "connected", "done", Side.ECDA),
    Step("decline", "new", "declined", Side.ECDA),
    Step("decline", "with_ecda", "declined", Side.ECDA),
    Step("reopen", "done", "with_ecda", Side.ECDA),
    Step("reopen", "declined", "with_ecda", Side.ECDA),
    Step("withdraw", "new", "withdrawn", Side.PARTNER),
    Step("withdraw", "with_ecda", "withdrawn", Side.PARTNER),
    Step("withdraw", "connected", "withdrawn", Side.PARTNER),
)
PRACTICES = (
    Step("publish", "offered", "published", Side.ECDA),
    Step("decline", "offered", "declined", Side.ECDA),
    Step("withdraw", "offered", "withdrawn", Side.PARTNER),
    Step("withdraw", "published", "withdrawn", Side.PARTNER),
    Step("withdraw", "declined", "withdrawn", Side.PARTNER),
    Step("unpublish", "published", "declined", Side.ECDA),
    Step("reconsider", "declined", "offered", Side.ECDA),
)


def transitions(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    """Each pair of different states that some move connects, for the database trigger."""
    return sorted({(step.source, step.target) for step in steps if step.source != step.target})


def target(steps: tuple[Step, ...], move: str, state: str) -> str | None:
    """Where the move leads from the state; None when it is not possible there."""
    found = (step.target for step in steps if (step.move, step.source) == (move, state))
    return next(found, None)
