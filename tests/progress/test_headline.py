"""One sentence says what has come of the Declaration, and it is counted."""

import pytest

from assessments.scoring import RollUp, roll_up
from progress.dashboards.headline import Standing, headline, is_high, standing


def rated(*ratings: int | None) -> RollUp:
    return roll_up((rating, rating is None) for rating in ratings)


@pytest.mark.parametrize(
    ("rounds", "said"),
    [
        ([], ""),
        (
            [Standing("2026", 0, 0, 13)],
            "Too few partners stand behind the figures of 2026 to show them.",
        ),
        (
            [Standing("2026", 7, 13, 13)],
            "In 2026, most partners were Established or Leading on 7 of 13 indicators.",
        ),
        (
            [Standing("2026", 1, 1, 1)],
            "In 2026, most partners were Established or Leading on 1 of 1 indicator.",
        ),
        (
            [Standing("2026", 13, 13, 13)],
            "In 2026, most partners were Established or Leading on all 13 indicators.",
        ),
        (
            [Standing("2025", 4, 13, 13), Standing("2026", 7, 13, 13)],
            (
                "In 2026, most partners were Established or Leading on 7 of 13 indicators; "
                "in 2025 it was 4."
            ),
        ),
        (
            [Standing("2025", 0, 13, 13), Standing("2026", 1, 13, 13)],
            (
                "In 2026, most partners were Established or Leading on 1 of 13 indicators; "
                "in 2025 it was none."
            ),
        ),
        (
            [
                Standing("2024", 1, 13, 13, high_ratings=29, rated=179, partners=14),
                Standing("2025", 0, 13, 13, high_ratings=49, rated=205, partners=16),
            ],
            (
                "In 2025, 49 of 205 ratings are Established or Leading; in 2024 it was 29 of 179. "
                "16 partners count in 2025, 14 in 2024."
            ),
        ),
        (
            [Standing("2025", 4, 13, 13), Standing("2026", 4, 13, 13)],
            "In 2026, most partners were Established or Leading on 4 of 13 indicators, as in 2025.",
        ),
        (
            [Standing("2025", 4, 13, 13), Standing("2026", 4, 9, 13)],
            (
                "In 2026, most partners were Established or Leading on 4 of the 9 indicators that "
                "are shown; in 2025 it was 4 of 13."
            ),
        ),
        (
            [Standing("2026", 0, 1, 13, high_ratings=1, rated=8)],
            "In 2026, 1 of the 8 ratings that are shown is Established or Leading.",
        ),
        (
            [Standing("2026", 0, 1, 13)],
            "In 2026, no rating is given.",
        ),
        (
            [Standing("2024", 2, 13, 13), Standing("2025", 4, 13, 13), Standing("2026", 0, 0, 13)],
            (
                "In 2025, most partners were Established or Leading on 4 of 13 indicators; "
                "in 2024 it was 2."
            ),
        ),
        (
            [Standing("Trial", 2, 13, 13)],
            (
                "In the round “Trial”, most partners were Established or Leading on 2 of 13 "
                "indicators."
            ),
        ),
    ],
)
def test_it_says_the_newest_round_that_is_shown_and_the_one_before(
    rounds: list[Standing], said: str
) -> None:
    assert headline(rounds) == said


@pytest.mark.parametrize(
    ("ratings", "high"),
    [
        ((3, 4, 0), True),
        ((3, 0), False),
        ((), False),
        ((None, None, 4), True),
        ((2, 2, 2), False),
    ],
)
def test_most_is_more_than_half_of_those_who_are_rated(
    ratings: tuple[int | None, ...], high: bool
) -> None:
    assert is_high(rated(*ratings)) is high


def test_an_indicator_that_is_not_shown_is_not_counted() -> None:
    found = standing("2026", {"a": rated(3, 3), "b": None, "c": rated(1), "d": rated(None)})
    medians = {"a": 3, "c": 1}
    assert found == Standing("2026", 1, 3, 4, medians, high_ratings=2, rated=3)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"a": 2, "b": 2, "new": 4}, ""),
        ({"a": 3, "b": 2}, " Since then the median has risen on 1 indicator."),
        ({"a": 3, "b": 3}, " Since then the median has risen on 2 indicators."),
        (
            {"a": 3, "b": 0},
            " Since then the median has risen on 1 indicator and fallen on 1 indicator.",
        ),
        ({"b": 1}, " Since then the median has fallen on 1 indicator."),
    ],
)
def test_it_says_on_how_many_indicators_the_median_moved(now: dict[str, int], said: str) -> None:
    rounds = [
        Standing("2025", 4, 13, 13, {"a": 2, "b": 2}),
        Standing("2026", 4, 13, 13, now),
    ]
    assert headline(rounds) == (
        "In 2026, most partners were Established or Leading on 4 of 13 indicators, as in "
        f"2025.{said}"
    )
