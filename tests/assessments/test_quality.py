"""What a reviewer would ask: every kind of question, asked when it should be and not otherwise."""

from dataclasses import replace
from datetime import date

import pytest

from assessments.quality import ASKED, LEVELS, Kind, Planned, Said, questions
from assessments.scoring import RATINGS
from commitments.models import Rating

TODAY = date(2026, 6, 1)
SOUND = Said(rating=2, not_applicable=False, has_words=True)
PLANNED = Planned("Appoint a sponsor", "Head of data", date(2026, 6, 1), finished=False)


def asked(said: Said) -> list[Kind]:
    return [question.kind for question in questions(said, TODAY)]


def planned(**change: object) -> Said:
    return replace(SOUND, improvements=(replace(PLANNED, **change),))  # type: ignore[arg-type]  # one field at a time


# One answer that raises each question, and no other.
RAISED = {
    Kind.HIGH_WITHOUT_EVIDENCE: replace(SOUND, rating=3),
    Kind.NO_NARRATIVE: replace(SOUND, has_words=False),
    Kind.RATING_JUMPED: replace(SOUND, previous=0),
    Kind.NO_LONGER_APPLICABLE: Said(None, not_applicable=True, has_words=False, previous=2),
    Kind.IMPROVEMENT_WITHOUT_OWNER: planned(owner=" "),
    Kind.IMPROVEMENT_OVERDUE: planned(due_on=date(2026, 5, 31)),
    Kind.SUPPORT_AT_THE_TOP: replace(SOUND, rating=4, evidence=1, asks_support=True),
}


def test_every_kind_of_question_is_raised_here() -> None:
    assert set(RAISED) == set(Kind)
    assert len(ASKED) == len(Kind) - 1  # one looks at owners and due dates


@pytest.mark.parametrize("kind", Kind)
def test_each_question_is_raised_alone_and_in_plain_words(kind: Kind) -> None:
    [question] = questions(RAISED[kind], TODAY)
    assert question.kind == kind
    assert "?" in question.words
    assert question.words[0].isupper()


def test_a_sound_answer_raises_nothing() -> None:
    assert asked(SOUND) == []
    assert asked(planned()) == []


def test_an_answer_not_given_yet_raises_nothing() -> None:
    blank = Said(None, not_applicable=False, has_words=False, previous=4, asks_support=True)
    assert asked(blank) == []


@pytest.mark.parametrize("rating", RATINGS)
def test_evidence_is_asked_for_from_established_upwards(rating: int) -> None:
    without = replace(SOUND, rating=rating)
    assert (Kind.HIGH_WITHOUT_EVIDENCE in asked(without)) == (rating >= 3)
    assert Kind.HIGH_WITHOUT_EVIDENCE not in asked(replace(without, evidence=1))


@pytest.mark.parametrize("rating", RATINGS)
@pytest.mark.parametrize("previous", RATINGS)
def test_a_jump_is_two_levels_or_more_up_or_down(rating: int, previous: int) -> None:
    said = replace(SOUND, rating=rating, previous=previous, evidence=1)
    assert (Kind.RATING_JUMPED in asked(said)) == (abs(rating - previous) >= 2)


@pytest.mark.parametrize("rating", RATINGS)
def test_support_is_asked_about_at_the_top_level_only(rating: int) -> None:
    said = replace(SOUND, rating=rating, evidence=1, asks_support=True)
    assert (Kind.SUPPORT_AT_THE_TOP in asked(said)) == (rating == 4)


def test_not_applicable_needs_no_narrative_and_no_evidence() -> None:
    assert asked(Said(None, not_applicable=True, has_words=False)) == []


def test_an_improvement_due_today_is_not_overdue_and_one_without_a_date_never_is() -> None:
    assert asked(planned(due_on=TODAY)) == []
    assert asked(planned(due_on=None)) == []


def test_a_finished_improvement_is_not_asked_about() -> None:
    assert asked(planned(owner="", due_on=date(2020, 1, 1), finished=True)) == []


def test_an_improvement_can_raise_two_questions_and_each_one_is_asked_about() -> None:
    late = replace(PLANNED, owner="", due_on=date(2026, 5, 1))
    said = replace(SOUND, improvements=(late, replace(late, what="Train people")))
    pair = [Kind.IMPROVEMENT_WITHOUT_OWNER, Kind.IMPROVEMENT_OVERDUE]
    assert asked(said) == pair * 2


def test_improvements_are_asked_about_before_the_answer_is_given() -> None:
    blank = Said(None, not_applicable=False, has_words=False)
    late = replace(blank, improvements=(replace(PLANNED, due_on=date(2026, 5, 31)),))
    assert asked(late) == [Kind.IMPROVEMENT_OVERDUE]


def test_a_long_improvement_is_named_at_a_glance() -> None:
    [question] = questions(planned(owner="", what="Train\nall people " * 20), TODAY)
    assert "\n" not in question.words
    assert len(question.words) < 150
    assert "…”" in question.words


def test_questions_say_what_they_are_about() -> None:
    words = {kind: questions(said, TODAY)[0].words for kind, said in RAISED.items()}
    assert "3 Established" in words[Kind.HIGH_WITHOUT_EVIDENCE]
    assert "Last round this was 0 Not started, now it is 2" in words[Kind.RATING_JUMPED]
    assert "“Appoint a sponsor”" in words[Kind.IMPROVEMENT_WITHOUT_OWNER]
    assert "was due on 31 May 2026" in words[Kind.IMPROVEMENT_OVERDUE]


def test_the_levels_have_the_ratings_own_names() -> None:
    assert list(LEVELS) == Rating.labels
