"""Real threads on real PostgreSQL: two people save one improvement at the same moment."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from assessments.actions.improving import StaleImprovementError, change_improvement
from assessments.models import Improvement
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.models import Partner, User
from tests.assessments.improving import current, make_improvement, post_improvement
from tests.assessments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ClientOf = Callable[[User], Client]
RACES = 40


@pytest.fixture
def improvement(edition: Edition, partner: Partner, lead: User) -> Improvement:
    return make_improvement(partner, lead)


def writing(improvement: Improvement, version: int, what: str, by: User) -> Callable[[], Any]:
    """Save this text under that version, on an improvement of one's own reading."""

    def work() -> Improvement:
        return change_improvement(
            improvement=Improvement.objects.get(pk=improvement.pk),
            version=version,
            what=what,
            owner="",
            due_on=None,
            state="planned",
            by=by,
        )

    return work


def careless(
    improvement: Improvement, version: int, what: str, read: threading.Barrier
) -> Callable[[], Any]:
    """How it would be done without care: read, compare the version, save."""

    def work() -> None:
        row = Improvement.objects.get(pk=improvement.pk)
        read.wait()
        if row.version != version:
            raise RefusedError("stale")
        row.what, row.version = what, version + 1
        row.save(update_fields=["what", "version"])

    return work


def test_of_two_saves_of_one_improvement_exactly_one_wins(
    improvement: Improvement, contributor: User, lead: User
) -> None:
    for number in range(RACES):
        version = number + 1
        results = at_once(
            writing(improvement, version, f"one {number}", contributor),
            writing(improvement, version, f"two {number}", lead),
        )
        won = [result for result in results if isinstance(result, Improvement)]
        lost = [result for result in results if isinstance(result, StaleImprovementError)]
        assert (len(won), len(lost)) == (1, 1), results
        row = current(improvement)
        assert (row.what, row.version) == (won[0].what, version + 1)
        assert lost[0].current.what == row.what
    print(f"\n{RACES} races on one improvement: {RACES} winners, 0 silent overwrites")


def test_reading_comparing_and_saving_would_lose_texts(improvement: Improvement) -> None:
    """The negative control."""
    lost = 0
    for number in range(10):
        read = threading.Barrier(2, timeout=10)
        works = (careless(improvement, number + 1, text, read) for text in ("one", "two"))
        lost += at_once(*works) == [None, None]
    assert lost == 10


def test_of_two_pages_sent_at_once_one_is_saved_and_the_other_asks(
    improvement: Improvement, contributor: User, lead: User, client_of: ClientOf
) -> None:
    clients = [client_of(contributor), client_of(lead)]
    for number in range(RACES // 2):
        seen = current(improvement)
        texts = [f"one {number}", f"two {number}"]
        found: list[Any] = at_once(
            *(
                partial(post_improvement, client, seen, what=text)
                for client, text in zip(clients, texts, strict=True)
            )
        )
        codes = [response.status_code for response in found]
        assert sorted(codes) == [302, 409]
        saved, asked = codes.index(302), codes.index(409)
        assert current(improvement).what == texts[saved]
        assert texts[asked] in found[asked].content.decode()
        assert current(improvement).version == seen.version + 1


def test_of_two_pages_that_change_different_fields_both_are_kept(
    improvement: Improvement, contributor: User, lead: User, client_of: ClientOf
) -> None:
    clients = [client_of(contributor), client_of(lead)]
    for number in range(RACES // 2):
        seen = current(improvement)
        changes = [{"what": f"text {number}"}, {"owner": f"owner {number}"}]
        found: list[Any] = at_once(
            *(
                partial(post_improvement, client, seen, **changed)
                for client, changed in zip(clients, changes, strict=True)
            )
        )
        assert [response.status_code for response in found] == [302, 302]
        kept = current(improvement)
        assert (kept.what, kept.owner) == (f"text {number}", f"owner {number}")
    print(f"\n{RACES // 2} races on different fields: 0 lost")
