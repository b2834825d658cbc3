"""Ratings added up: what is counted, what is left out, and the median."""

import pytest

from assessments.scoring import roll_up


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
