"""How ratings moved since the round before, counted and in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from assessments.scoring import Movement
from progress.dashboards.figures import Asked, Years


@dataclass(frozen=True)
class Moves:
    """How many answers of accepted assessments moved which way since the round before.

    `new` had no answer that counted then; `changed` are not applicable in one of the two rounds,
    or in both: up, same and down together are never more than those rated.
    """

    up: int = 0
    same: int = 0
    down: int = 0
    new: int = 0
    changed: int = 0

    @property
    def compared(self) -> int:
        """How many answers are rated in both rounds."""
        return self.up + self.same + self.down

    @property
    def words(self) -> str:
        """The counts in words, such as "3 up, 8 the same, 1 down, 2 new"."""
        parts = [f"{self.up} up", f"{self.same} the same", f"{self.down} down"]
        if self.new:
            parts.append(f"{self.new} new")
        if self.changed:
            parts.append(f"{self.changed} not applicable then or now")
        return ", ".join(parts)


def moves_of(years: Years, *indicators: Asked, kind: str = "") -> Moves | None:
    """Count how the answers to the indicators moved, of all partners or of one kind.

    None where there is no round before to compare with.
    """
    if years.before is None:
        return None
    partners = years.now.of_kind(kind)
    found = Counter(
        moved
        for asked in indicators
        for each in partners
        if (moved := years.movement(each.pk, asked)) is not None
    )
    return Moves(
        up=found[Movement.UP],
        same=found[Movement.SAME],
        down=found[Movement.DOWN],
        new=found[Movement.NEW],
        changed=found[Movement.OTHER],
    )


def total(found: Iterable[Moves | None]) -> Moves | None:
    """Add movements up; None where there is nothing to compare with."""
    known = [each for each in found if each is not None]
    if not known:
        return None
    return Moves(*(sum(counts) for counts in zip(*map(astuple, known), strict=True)))
