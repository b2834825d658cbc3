"""Two administrators at once: one of them stays."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from declaration.actions import RefusedError
from signatories.actions import people
from signatories.actions.people import change_office, close_account
from signatories.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Run the calls at the same moment, each with a connection of its own; say what was refused."""
    barrier = threading.Barrier(len(calls))
    refused: list[str] = []

    def run(call: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            call()
        except RefusedError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return refused


def demote_each_other() -> tuple[list[str], int]:
    one, two = (make_user(office="administrator") for _ in range(2))
    refused = at_once(
        lambda: change_office(person=one, office=User.Office.NONE, by=two),
        lambda: close_account(person=two, by=one),
    )
    left = User.objects.filter(office="administrator", is_active=True)
    count = left.count()
    User.objects.all().update(office="")
    return refused, count


def test_two_administrators_cannot_remove_each_other() -> None:
    for _ in range(TIMES):
        refused, left = demote_each_other()
        assert left == 1
        assert len(refused) == 1
        assert "last administrator" in refused[0]


def test_without_the_lock_both_would_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: who runs the portal is read, and both look before either writes."""
    both_have_looked = threading.Barrier(2)

    def look() -> set[int]:
        administrators = User.objects.filter(office="administrator", is_active=True)
        found = set(administrators.values_list("pk", flat=True))
        both_have_looked.wait(10)
        return found

    monkeypatch.setattr(people, "_lock_administrators", look)
    refused, left = demote_each_other()
    assert (refused, left) == ([], 0)
