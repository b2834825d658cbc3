"""What holds for the roll-up of any answers whatever."""

from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import RATINGS, roll_up

RATED = st.tuples(st.sampled_from(RATINGS), st.just(False))
UNRATED = st.tuples(st.none(), st.booleans())
ANSWERS = st.lists(RATED | UNRATED, max_size=40)


@given(ANSWERS)
def test_counts_add_up(answers: list[tuple[int | None, bool]]) -> None:
    found = roll_up(answers)
    unanswered = sum(answer == (None, False) for answer in answers)
    assert sum(found.counts) == found.rated
    assert found.rated + found.not_applicable + unanswered == found.of == len(answers)


@given(ANSWERS)
def test_the_median_is_a_rating_with_half_on_either_side(
    answers: list[tuple[int | None, bool]],
) -> None:
    ratings = [rating for rating, _ in answers if rating is not None]
    median = roll_up(answers).median
    if median is None:
        assert not ratings
        return
    assert median in ratings
    assert sum(rating < median for rating in ratings) * 2 < len(ratings)
    assert sum(rating > median for rating in ratings) * 2 <= len(ratings)


@given(ANSWERS.flatmap(lambda answers: st.tuples(st.just(answers), st.permutations(answers))))
def test_the_order_makes_no_difference(
    both: tuple[list[tuple[int | None, bool]], list[tuple[int | None, bool]]],
) -> None:
    assert roll_up(both[0]) == roll_up(both[1])
