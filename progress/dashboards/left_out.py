"""Which assessments do not count in figures, gathered by the reason why."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class LeftOut:
    """Partners that are not in the figures for one reason."""

    reason: str
    partners: tuple[str, ...]


def by_reason(found: Iterable[tuple[str, str]]) -> tuple[LeftOut, ...]:
    """Gather pairs of reason and partner; those without a reason are in the figures."""
    groups: dict[str, list[str]] = {}
    for why, partner in found:
        if why:
            groups.setdefault(why, []).append(partner)
    return tuple(LeftOut(why, tuple(names)) for why, names in groups.items())
