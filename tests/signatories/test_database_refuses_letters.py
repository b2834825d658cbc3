"""Each constraint and trigger of letters, their messages and notices, broken once by its name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from signatories.models import Event, Letter, Message, Notice, User

pytestmark = pytest.mark.django_db


class World:
    """A letter to one person."""

    def __init__(self, staff: User, lead: User) -> None:
        self.staff, self.lead = staff, lead
        self.letter = self.write("first")

    def write(self, key: str, subject: str = "Hello") -> Letter:
        return Letter.objects.create(
            key=key, subject=subject, body="Text", chosen="All partners", by=self.staff
        )

    def message(self, key: str, **change: Any) -> Message:
        given = {"person": self.lead, "to": self.lead.email, "subject": "Hello", "body": "Text"}
        given |= {"key": key, "message_id": key, "kind": "letter", "letter": self.letter}
        return Message.objects.create(**(given | change))

    def notice(self, **change: Any) -> Notice:
        event = Event.objects.create(verb="signed")
        return Notice.objects.create(
            person=self.lead, event=event, words="x", due_at=timezone.now(), **change
        )


@pytest.fixture
def world(staff: User, lead: User) -> World:
    return World(staff, lead)


def _send_twice(world: World) -> None:
    world.message("a")
    world.message("b")


Break = Callable[[World], Any]

CONSTRAINTS: dict[str, Break] = {
    "letter_has_words": lambda w: w.write("second", subject=""),
    "message_kind_known": lambda w: w.message("a", kind="other", letter=None),
    "message_of_a_letter": lambda w: w.message("a", letter=None),
    "message_once_per_letter_and_person": _send_twice,
    "notice_topic_known": lambda w: w.notice(topic="gossip"),
    "notice_told_as_known": lambda w: w.notice(told_as="stranger"),
}

WORDS = {
    "letter_has_words": "A letter has a subject and says something.",
    "message_kind_known": "This is not one of the kinds of an e-mail.",
    "message_of_a_letter": "A letter’s e-mail names its letter, and no other does.",
    "message_once_per_letter_and_person": "This person has this letter already.",
    "notice_topic_known": "This is not one of the topics of a notice.",
    "notice_told_as_known": "A person is told as a member, as ecda or by name.",
}

TRIGGERS: dict[str, tuple[Break, str]] = {
    "letter_kept": (
        lambda w: Letter.objects.filter(pk=w.letter.pk).update(subject="Other"),
        "Cannot update or delete rows",
    ),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_by_constraint(name: str, world: World) -> None:
    with pytest.raises(DatabaseError, match=f'"{name}"'), transaction.atomic():
        CONSTRAINTS[name](world)


def test_each_refusal_has_its_words() -> None:
    models = (Letter, Message, Notice)
    ours = [constraint for model in models for constraint in model._meta.constraints]
    said = {constraint.name: constraint.violation_error_message for constraint in ours}
    assert {name: said[name] for name in WORDS} == WORDS
    assert set(WORDS) == set(CONSTRAINTS)


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_database_refuses_by_trigger(name: str, world: World) -> None:
    broken, words = TRIGGERS[name]
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        broken(world)


def test_a_letter_is_made_once_for_its_key(world: World) -> None:
    with pytest.raises(DatabaseError, match="letter_key"), transaction.atomic():
        world.write("first")


def test_what_waited_before_there_were_topics_is_essential_and_by_name(world: World) -> None:
    notice = world.notice()
    notice.refresh_from_db()
    assert (notice.topic, notice.told_as) == ("essential", "named")
