"""Ratings added up: what is counted, what is left out, and the median."""

import pytest

from assessments.scoring import Movement, movement, roll_up


def test_unanswered_and_not_applicable_are_left_out() -> None:
    found = roll_up([(3, False), (None, False), (None, True), (1, False)])
    assert found.counts == (0, 1, 0, 1, 0)
    assert (found.rated, found.of, found.not_applicable) == (2, 4, 1)
    assert found.words == "2 of 4 rated"


@pytest.mark.parametrize(
    ("ratings", "median"),
    [([], None), ([4], 4), ([1, 4], 1), ([0, 2, 4], 2), ([0, 0, 3, 4], 0)],
)
def test_the_median_is_the_lower_one_and_there_may_be_none(
    ratings: list[int], median: int | None
) -> None:
    assert roll_up((rating, False) for rating in ratings).median == median


def test_a_rating_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="from 0 to 4"):
        roll_up([(5, False)])


@pytest.mark.parametrize(
    ("before", "now", "moved"),
    [
        (None, (2, False), Movement.NEW),
        ((2, False), (2, False), Movement.SAME),
        ((1, False), (2, False), Movement.UP),
        ((4, False), (0, False), Movement.DOWN),
        ((None, True), (None, True), Movement.SAME),
        ((None, True), (0, False), Movement.OTHER),
        ((3, False), (None, True), Movement.OTHER),
        ((None, False), (1, False), Movement.OTHER),
    ],
)
def test_an_answer_moves_up_or_down_or_otherwise(
    before: tuple[int | None, bool] | None, now: tuple[int | None, bool], moved: Movement
) -> None:
    assert movement(before, now) == moved
