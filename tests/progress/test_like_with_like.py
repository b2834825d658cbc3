"""What is accepted so far is compared with what the same partners said before, and no others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from progress.dashboards.adding_up import headline
from progress.dashboards.figures import Asked, Counted, Figures, Years


@dataclass(frozen=True)
class Named:
    """A round that needs nothing but its name."""

    name: str


def figures(name: str, said: Mapping[int, tuple[int | None, ...]]) -> Figures:
    """A round with what each partner, by its number, says of each indicator."""
    asked = range(max((len(each) for each in said.values()), default=0))
    round: Any = Named(name)
    return Figures(
        round=round,
        release=None,
        indicators=tuple(Asked(at, f"1.{at + 1}", f"Indicator {at}", 1) for at in asked),
        partners=tuple(Counted(pk, f"Partner {pk}", f"partner-{pk}", "district") for pk in said),
        said={
            (pk, at): (rating, rating is None)
            for pk, each in said.items()
            for at, rating in enumerate(each)
        },
    )


# In both rounds: high on one of two indicators then, and on both now.
SAME = {1: (3, 2), 2: (4, 1), 3: (3, 2)}
NOW = {1: (3, 3), 2: (4, 4), 3: (4, 3)}
# They count in one of the rounds alone, and would turn the comparison round.
OTHERS = dict.fromkeys(range(4, 16), (0, 0))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (
            SAME | OTHERS,
            NOW,
            (
                "Of all 3 partners, most are Established or Leading on 2 of 2 indicators; the same "
                "partners in 2025: 1. Since then their median has risen on 2 indicators."
            ),
        ),
        (
            SAME,
            NOW | {20: (0, 0), 21: (0, 0), 22: (0, 0)},
            (
                "Of the 3 partners that count in both rounds, most are Established or Leading on "
                "2 of 2 indicators; the same partners in 2025: 1. Since then their median has "
                "risen on 2 indicators."
            ),
        ),
        (
            OTHERS,
            NOW,
            "Of all 3 partners, most are Established or Leading on 2 of 2 indicators.",
        ),
        (
            {1: (1, None), 2: (3, 0)} | OTHERS,
            {1: (2, None), 2: (3, 1)},
            (
                "1 of 3 ratings of all 2 partners is Established or Leading; the same partners in "
                "2025: 1 of 3. Since then their median has risen on 2 indicators."
            ),
        ),
        (
            {1: (1, 3)},
            {1: (4, 3)},
            (
                "2 of 2 ratings of the 1 partner accepted so far are Established or Leading; the "
                "same partner in 2025: 1 of 2. Since then their median has risen on 1 indicator."
            ),
        ),
    ],
)
def test_only_partners_that_count_in_both_rounds_are_compared(
    before: Mapping[int, tuple[int | None, ...]],
    now: Mapping[int, tuple[int | None, ...]],
    said: str,
) -> None:
    assert headline(Years(figures("2026", now), figures("2025", before))) == said


def test_without_a_round_before_nothing_is_compared() -> None:
    assert headline(Years(figures("2026", NOW), None)) == (
        "Of all 3 partners, most are Established or Leading on 2 of 2 indicators."
    )
