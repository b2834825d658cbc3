"""Two gatherers at once: each person gets one message, and none of their notices is lost."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, models

from signatories.actions import messages
from signatories.actions.messages import gather_notices
from signatories.models import Message, Notice, Partner, User
from tests.factories import make_member
from tests.signatories.telling import ask

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 10
PEOPLE = 8
GATHERERS = 4


@pytest.fixture
def many(partner: Partner, settings: object) -> list[User]:
    """Leads of the partner."""
    settings.TURN_GAP_SECONDS = 3600  # type: ignore[attr-defined]  # pytest-django's settings
    return [make_member(partner, "lead") for _ in range(PEOPLE)]


def at_once(call: Callable[[], object], times: int = GATHERERS) -> list[Exception]:
    """Run it at the same moment, each with a connection of its own; say what was raised."""
    barrier = threading.Barrier(times)
    raised: list[Exception] = []

    def run() -> None:
        try:
            barrier.wait(10)
            call()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def test_each_person_gets_one_message_with_everything(
    partner: Partner, many: list[User], leader: User
) -> None:
    for _ in range(TIMES):
        Notice.objects.update(message=None)
        Notice.objects.all().delete()
        Message.objects.all().delete()
        for number in range(3):
            ask(partner, leader, f"turn {number}")
        assert at_once(gather_notices) == []
        assert Notice.objects.filter(message=None).count() == 0
        sent = Message.objects.values("person").annotate(messages=models.Count("pk"))
        assert {row["person"]: row["messages"] for row in sent} == {one.pk: 1 for one in many}
        assert all(message.body.count("\n* ") == 3 for message in Message.objects.all())


def test_without_the_lock_people_are_written_to_twice(
    partner: Partner, many: list[User], leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: two runs look before either writes, and nobody is held."""
    both_have_looked = threading.Barrier(2)
    to_tell = messages._to_tell

    class Unlocked(models.QuerySet[User]):
        def select_for_update(self, *args: object, **kwargs: object) -> "Unlocked":
            return self.all()

    def look() -> models.QuerySet[User]:
        found = to_tell()
        found.__class__ = Unlocked
        return found

    kept = messages._message

    def write(person: User, notices: list[Notice]) -> Message:
        if person == many[0]:
            both_have_looked.wait(10)
        message = kept(person, notices)
        # Only the key is unique, and it would catch this particular race.
        message.key = f"{message.key}-{threading.get_ident()}"
        return message

    monkeypatch.setattr(messages, "_to_tell", look)
    monkeypatch.setattr(messages, "_message", write)
    ask(partner, leader)
    assert at_once(gather_notices, 2) == []
    assert Message.objects.count() == 2 * PEOPLE
