"""Real threads on real PostgreSQL: two people decide or ask about the same thing at one moment."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from assessments.actions import practices
from assessments.actions.asking import ask
from assessments.actions.practices import StalePracticeError, Words
from assessments.dashboards.checks import Filters as CheckFilters
from assessments.dashboards.checks import read_checks
from assessments.models import Assessment, GoodPractice, QualityRequest
from declaration.actions import RefusedError
from signatories.models import Event, User
from tests.assessment_fixtures import assessment, round
from tests.assessments.checking import high, key_of
from tests.assessments.practising import WORDS, offered
from tests.assessments.test_races import at_once

__all__ = ["assessment", "round"]

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 20


def editing(practice: GoodPractice, version: int, title: str, by: User) -> Callable[[], Any]:
    """Save this title under that version."""
    return lambda: practices.edit(
        practice=practice, version=version, words=Words(title, "Text"), by=by
    )


def careless(
    practice: GoodPractice, version: int, title: str, read: threading.Barrier
) -> Callable[[], Any]:
    """How it would be done without care: read, compare the version, save."""

    def work() -> None:
        row = GoodPractice.objects.get(pk=practice.pk)
        read.wait()
        if row.version != version:
            raise RefusedError("stale")
        row.title, row.version = title, version + 1
        row.save(update_fields=["title", "version"])

    return work


def test_of_two_edits_exactly_one_wins(
    assessment: Assessment, lead: User, staff: User, administrator: User
) -> None:
    practice = offered(assessment, lead)
    for number in range(RACES):
        results = at_once(
            editing(practice, number + 1, f"one {number}", staff),
            editing(practice, number + 1, f"two {number}", administrator),
        )
        refused = [result for result in results if isinstance(result, StalePracticeError)]
        (saved,) = [result for result in results if isinstance(result, GoodPractice)]
        assert len(refused) == 1
        stored = GoodPractice.objects.get()
        assert (stored.title, stored.version) == (saved.title, number + 2)
        assert refused[0].current.title == saved.title


def test_without_the_lock_both_would_win(assessment: Assessment, lead: User, staff: User) -> None:
    practice = offered(assessment, lead)
    read = threading.Barrier(2)
    results = at_once(careless(practice, 1, "one", read), careless(practice, 1, "two", read))
    assert results == [None, None]


def test_of_publishing_and_withdrawing_at_once_the_partner_always_has_its_way(
    assessment: Assessment, lead: User, staff: User
) -> None:
    for _ in range(RACES):
        practice = offered(assessment, lead)
        at_once(
            partial(practices.publish, practice=practice, version=1, words=WORDS, by=staff),
            partial(practices.withdraw, practice=practice, reason="", by=lead),
        )
        assert GoodPractice.objects.get(pk=practice.pk).state == GoodPractice.State.WITHDRAWN


def test_two_leads_who_offer_at_once_make_one_offer(
    assessment: Assessment, lead: User, leader: User
) -> None:
    for _ in range(RACES):
        results = at_once(lambda: offered(assessment, lead), lambda: offered(assessment, leader))
        made = [result for result in results if isinstance(result, GoodPractice)]
        waiting = GoodPractice.objects.filter(state=GoodPractice.State.OFFERED)
        assert waiting.count() == len(made) == 1
        practices.withdraw(practice=made[0], reason="", by=lead)


def test_two_who_ask_the_same_at_once_ask_it_once(
    assessment: Assessment, lead: User, staff: User, administrator: User
) -> None:
    keys = [key_of(high(assessment, lead, place)) for place in range(13)]
    for number, key in enumerate(keys):
        outcomes: list[Any] = at_once(
            partial(ask, keys=[key], by=staff), partial(ask, keys=[key], by=administrator)
        )
        assert sorted((one.asked, one.already) for one in outcomes) == [(0, 1), (1, 0)]
        assert QualityRequest.objects.count() == number + 1
        assert Event.objects.filter(verb="asked about an answer").count() == number + 1


def test_without_the_lock_the_second_would_run_into_the_constraint(
    assessment: Assessment, lead: User, staff: User
) -> None:
    key = key_of(high(assessment, lead))
    read = threading.Barrier(2)

    def work() -> None:
        (check,) = read_checks(assessment.round, CheckFilters(), staff)
        read.wait()
        assert check.asked is None
        QualityRequest.objects.create(
            answer_id=key.answer, kind=key.kind, words=check.question.words, asked_by=staff
        )

    results = at_once(work, work)
    assert [type(one).__name__ for one in results if one is not None] == ["IntegrityError"]
