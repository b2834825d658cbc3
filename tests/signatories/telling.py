"""Notices for tests: recorded as the portal records them, then moved in time."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from signatories.actions.events import record
from signatories.models import Message, Notice, Partner, User
from signatories.verbs import LEADS, Audience, Topic, Verb

TURN = Audience("{by} asks you: {note}", roles=LEADS, topic=Topic.ESSENTIAL, at_once=True)
NEWS = Audience("{by} did {note} for {partner}.", roles=LEADS)
URGENT = {Verb.SIGNED: TURN}
PLAIN = {Verb.SIGNED: NEWS}


def ask(partner: Partner, by: User, note: str = "Look at this") -> None:
    """Something that makes it the turn of the partner's leads, due already."""
    record(verb=Verb.SIGNED, by=by, partner=partner, note=note, path="/ask/", notices=URGENT)
    make_due(at_once=True)


def happen(partner: Partner, by: User, note: str = "something", times: int = 1) -> None:
    """News for the partner's leads, that waits for the digest."""
    for _ in range(times):
        record(verb=Verb.SIGNED, by=by, partner=partner, note=note, path="/news/", notices=PLAIN)


def make_due(**which: object) -> None:
    """Let what waits be due: all of it, or those that fit."""
    Notice.objects.filter(message=None, **which).update(
        due_at=timezone.now() - timedelta(seconds=1)
    )


def move_back(**by: float) -> None:
    """Every e-mail as if it had been queued, and sent, so long ago."""
    gone = timedelta(**by)
    Message.objects.update(queued_at=F("queued_at") - gone, finished_at=F("finished_at") - gone)


def deliver() -> None:
    """Every e-mail that waits is sent now."""
    Message.objects.filter(state="queued").update(state="done", finished_at=timezone.now())
