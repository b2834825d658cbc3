"""The blank questions as a PDF to print: a page for each indicator, with room to write."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.documents import read_questions
from assessments.models import Round
from commitments.models import Edition, Indicator, LevelDescription, SupportOffer
from signatories.models import User
from tests.assessment_factories import make_round
from tests.assessments.papers import html_of, make, pages_of, questions_of
from tests.assessments.test_queries import long_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(round: Round, lead: User) -> list[str]:
    """The words of each page."""
    return pages_of(make(questions_of(round, lead)))


def test_the_first_page_says_what_to_do_and_who_has_which_page(
    pages: list[str], round: Round
) -> None:
    said = [
        "The Essex Data Declaration",
        f"Questions of the self-assessment, round {round}",
        "Partner",
        "How to use this sheet",
        f"by {round.due_on.day} {round.due_on:%B %Y}",
        f"at the end of {round.closes_on.day} {round.closes_on:%B %Y}",
        "Given to",
    ]
    assert [words for words in said if words not in pages[0]] == []
    for indicator in Indicator.objects.select_related("commitment"):
        assert f"{indicator.code} {indicator.title}" in pages[0]


def test_each_indicator_has_one_page_with_all_that_can_be_answered(pages: list[str]) -> None:
    indicators = Indicator.objects.order_by("commitment__number", "number")
    found = list(indicators.select_related("commitment").prefetch_related("levels"))
    assert len(pages) == 1 + len(found) == 14
    for indicator, words in zip(found, pages[1:], strict=True):
        assert f"{indicator.code} {indicator.title}" in words
        assert indicator.text in words
        for level in indicator.levels.all():
            assert f"{level.rating} {level.get_rating_display()} {level.description}" in words
        for label in LABELS:
            assert label in words


LABELS = [
    "Not applicable because",
    "Why this rating?",
    "Evidence",
    "Its date",
    "Improvements",
    "Owner",
    "Due on",
    "Support wanted from ecda",
    "We are willing to share this as good practice",
    "This indicator is completed",
    "Answered by",
    "Date",
]


def test_a_commitment_begins_on_a_page_of_its_own_with_its_statement(
    pages: list[str], edition: Edition
) -> None:
    for commitment in edition.commitments.all():
        first = next(words for words in pages[1:] if f"{commitment.number}.1 " in words)
        assert f"Commitment {commitment.number}: {commitment.title}" in first
        assert commitment.statement in first
        assert sum(commitment.statement in words for words in pages) == 1


def test_the_offers_that_fit_the_indicator_can_be_ticked(pages: list[str]) -> None:
    offer = SupportOffer.objects.get(slug="data-ethics")
    assert [number for number, words in enumerate(pages) if offer.name in words] == [12]


def test_nothing_on_the_sheet_is_a_form_field_or_says_not_signed_off(
    round: Round, lead: User
) -> None:
    content = make(questions_of(round, lead))
    assert b"/AcroForm" not in content
    assert b"/Widget" not in content
    assert "igned off" not in " ".join(pages_of(content))


def test_every_page_has_room_to_write(round: Round) -> None:
    rooms = [each.room for chapter in read_questions(round).chapters for each in chapter.questions]
    assert min(rooms) >= 4 * 8
    assert all(room % 8 == 0 for room in rooms)


def test_longer_texts_leave_less_room_and_lose_nothing(round: Round, lead: User) -> None:
    question = read_questions(round).chapters[0].questions[1]
    before = question.room
    question.levels[0].description = "Many words of a later edition. " * 20
    assert 4 * 8 <= question.room < before
    question.levels[0].description *= 40
    assert question.room == 4 * 8


def test_an_edition_with_more_indicators_and_very_long_texts_is_printed_whole(
    lead: User, staff: User
) -> None:
    edition = long_edition()
    long = "Words of {{ a }} <later> edition, ŵyth. " * 120
    levels = LevelDescription.objects.filter(indicator__commitment__edition=edition)
    levels.filter(rating=4, indicator__number=1).update(description=long)
    text = " ".join(pages_of(make(questions_of(make_round(edition, staff), lead))))
    assert text.count("Answered by") == 39
    assert text.count("{{ a }} <later> edition, ŵyth.") == 5 * 120


def test_the_same_questions_have_the_same_digest_and_others_another(round: Round) -> None:
    digest = read_questions(round).digest
    assert read_questions(round).digest == digest
    assert re.fullmatch(r"[0-9a-f]{16}", digest)
    SupportOffer.objects.filter(slug="data-ethics").update(name="Ethics")
    changed = read_questions(round).digest
    assert changed != digest
    round.closes_on = round.closes_on.replace(year=round.closes_on.year + 1)
    assert read_questions(round).digest != changed


def test_reading_needs_the_same_queries_however_many_indicators(
    round: Round, lead: User, staff: User
) -> None:
    def queries(round: Round) -> int:
        document = questions_of(round, lead)
        with CaptureQueriesContext(connection) as found:
            html_of(document)
        return len(found)

    assert queries(round) == queries(make_round(long_edition(), staff)) <= 4
