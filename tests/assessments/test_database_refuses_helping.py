"""Each constraint and trigger of replies, contacts, connections and good practice, broken once."""

from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from assessments.models import (
    Assessment,
    Connection,
    Contact,
    GoodPractice,
    SupportReply,
    SupportRequest,
)
from signatories.models import Partner, User

pytestmark = pytest.mark.django_db


class World:
    """A partner who asks, one who can help, and good practice that is offered."""

    def __init__(self, assessment: Assessment, helper: Partner, lead: User, staff: User) -> None:
        self.lead, self.staff, self.helper = lead, staff, helper
        self.partner = assessment.partner
        self.first, self.second = assessment.answers.in_order()[:2]
        self.request = SupportRequest.objects.create(
            partner=self.partner, indicator=self.first.indicator, words="Help", asked_by=lead
        )
        made = self.offer("first", indicator=self.second.indicator)
        self.practice = GoodPractice.objects.filter(pk=made.pk)

    def reply(self, words: str = "We can help.") -> SupportReply:
        return SupportReply.objects.create(
            request=self.request, words=words, from_ecda=True, by=self.staff
        )

    def contact(self, name: str = "Connie") -> Contact:
        return Contact.objects.create(
            partner=self.partner, name=name, email="c@a.example", agreed_by=self.lead
        )

    def connect(self, helper: Partner | None = None, contact: str = "Harry") -> Connection:
        return Connection.objects.create(
            request=self.request,
            helper=helper or self.helper,
            asker_contact="Connie",
            helper_contact=contact,
            made_by=self.staff,
        )

    def offer(self, slug: str, **change: Any) -> GoodPractice:
        given = {
            "partner": self.partner,
            "indicator": self.first.indicator,
            "slug": slug,
            "title": "Open data",
            "body": "We publish.",
            "offered_by": self.lead,
        }
        return GoodPractice.objects.create(**(given | change))


@pytest.fixture
def world(assessment: Assessment, other_partner: Partner, lead: User, staff: User) -> World:
    return World(assessment, other_partner, lead, staff)


def _connect_twice(world: World) -> None:
    world.connect()
    world.connect()


def _offer_twice(world: World) -> None:
    world.offer("second")
    world.offer("third")


def _unknown_state(world: World) -> None:
    """The trigger of the moves would refuse it first."""
    with pgtrigger.ignore("assessments.GoodPractice:good_practice_moves"), transaction.atomic():
        world.practice.update(state="lost")


Break = Callable[[World], Any]

CONSTRAINTS: dict[str, Break] = {
    "support_reply_has_words": lambda w: w.reply(""),
    "contact_has_name_and_email": lambda w: w.contact(""),
    "connection_once_per_helper": _connect_twice,
    "connection_has_both_contacts": lambda w: w.connect(contact=""),
    "good_practice_offered_once": _offer_twice,
    "good_practice_state_known": _unknown_state,
    "good_practice_has_words": lambda w: w.practice.update(title=""),
    "good_practice_published_by_and_at": lambda w: w.practice.update(state="published"),
    "good_practice_declined_with_reason": lambda w: w.practice.update(state="declined"),
    "good_practice_version_from_1": lambda w: w.practice.update(version=0),
}

TRIGGERS: dict[str, tuple[Break, str]] = {
    "support_reply_kept": (
        lambda w: SupportReply.objects.filter(pk=w.reply().pk).update(words="Other"),
        "Cannot update or delete rows",
    ),
    "connection_kept": (
        lambda w: Connection.objects.filter(pk=w.connect().pk).update(note="Other"),
        "Cannot update or delete rows",
    ),
    "connection_of_two_partners": (
        lambda w: w.connect(w.partner),
        "nobody is connected with themselves",
    ),
    "good_practice_moves": (
        lambda w: w.practice.update(state="withdrawn") and w.practice.update(state="offered"),
        "Invalid transition",
    ),
    "good_practice_starts_as_offered": (
        lambda w: w.offer("other", state="withdrawn"),
        "a good practice starts as an offer",
    ),
    "good_practice_keeps_its_place": (
        lambda w: w.practice.update(slug="other"),
        "Cannot update rows",
    ),
    "good_practice_never_deleted": (
        lambda w: w.practice._raw_delete("default"),
        "Cannot delete rows",
    ),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_by_constraint(name: str, world: World) -> None:
    with pytest.raises(DatabaseError, match=f'"{name}"'), transaction.atomic():
        CONSTRAINTS[name](world)


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_database_refuses_by_trigger(name: str, world: World) -> None:
    broken, words = TRIGGERS[name]
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        broken(world)
