"""Which assessments do not count in figures, gathered by the reason why."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LeftOut:
    """Partners that are not in the figures for one reason."""

    reason: str
    partners: tuple[str, ...]
    # The partners' kinds, in the same order; empty where nobody asks for one kind.
    kinds: tuple[str, ...] = field(default=(), compare=False, repr=False)


def by_reason(found: Iterable[tuple[str, str] | tuple[str, str, str]]) -> tuple[LeftOut, ...]:
    """Gather reasons and partners, with or without their kinds; one without reason is counted."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for why, *partner in found:
        if why:
            groups.setdefault(why, []).append(tuple(partner))
    return tuple(
        LeftOut(
            why,
            tuple(each[0] for each in some),
            tuple(kind for _, *kinds in some for kind in kinds),
        )
        for why, some in groups.items()
    )


def of_kind(lines: Iterable[LeftOut], kind: str) -> tuple[LeftOut, ...]:
    """Only the partners of one kind, of lines that know the kinds; all for an empty one."""
    if not kind:
        return tuple(lines)
    return by_reason(
        (line.reason, name)
        for line in lines
        for name, its in zip(line.partners, line.kinds, strict=True)
        if its == kind
    )
