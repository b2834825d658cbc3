"""Which assessments do not count in figures, and why: only accepted ones do."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.workflow import State

REASONS = {
    State.DRAFT: "still being answered",
    State.AWAITING: "waiting for the leader’s sign-off",
    State.SUBMITTED: "waiting for ecda’s review",
    State.CHANGES: "sent back for changes",
    State.ACCEPTED: "",
}
REOPENED = "accepted before, and reopened by ecda"
NO_ASSESSMENT = "no assessment in this round"


@dataclass(frozen=True)
class LeftOut:
    """Partners that are not in the figures for one reason."""

    reason: str
    partners: tuple[str, ...]


def reason(state: State | None, *, was_accepted: bool) -> str:
    """Say why an assessment in the state is not in the figures; empty when it is."""
    if state is None:
        return NO_ASSESSMENT
    is_reopened = was_accepted and state is not State.ACCEPTED
    return REOPENED if is_reopened else REASONS[state]


def by_reason(found: Iterable[tuple[str, str]]) -> tuple[LeftOut, ...]:
    """Gather pairs of reason and partner; those without a reason are in the figures."""
    groups: dict[str, list[str]] = {}
    for why, partner in found:
        if why:
            groups.setdefault(why, []).append(partner)
    return tuple(LeftOut(why, tuple(names)) for why, names in groups.items())
