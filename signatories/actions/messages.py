"""Gather notices into messages, and hand messages over to the mail server."""

from contextlib import suppress
from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from declaration import jobs
from declaration.actions import RefusedError, action
from signatories.access import unsubscribe_token
from signatories.actions.events import record
from signatories.actions.handing_over import connecting, sending
from signatories.emails import address, can_turn_off, digest, new_message_id
from signatories.models import Message, Notice, User
from signatories.verbs import Verb

# How many people one run writes to; the next run, seconds later, writes to the others.
PEOPLE = 200
# More than so many are left to the sweep: it rings for all of them in one go.
RUNG = 100
ON_THEIR_WAY = (Message.State.QUEUED, Message.State.RUNNING)
CLOSED = "The account of this person is closed, so this e-mail was not sent."


@action
def gather_notices() -> list[Message]:
    """Make one message for each person with a notice that is due, of all that waits for them.

    What a person is not to be told any more is deleted: see `NoticeQuerySet.stale`. Whoever has
    had such a message within TURN_GAP_SECONDS, or has one on its way, waits. Safe to run twice at
    once: each run takes the people whom no other run holds. The same queries for 3 and for 300.
    """
    held = _to_tell().select_for_update(skip_locked=True, no_key=True, of=("self",))
    people = list(held.order_by("pk").values_list("pk", flat=True)[:PEOPLE])
    if not people:
        return []
    Notice.objects.filter(message=None, person__in=people).stale().delete()
    # Asked again now that nobody else may tell them: another run may just have done so.
    waiting = Notice.objects.filter(message=None, person__in=_to_tell().filter(pk__in=people))
    notices = waiting.select_related("person", "event__partner").order_by("person_id", "pk")
    by_person = groupby(notices, key=lambda notice: notice.person)
    return _keep([(_message(person, told), told) for person, told in _lists(by_person)])


def _lists(groups: "groupby[User, Notice]") -> list[tuple[User, list[Notice]]]:
    return [(person, list(group)) for person, group in groups]


def _to_tell() -> QuerySet[User]:
    mine = {"person": OuterRef("pk")}
    gap = Now() - timedelta(seconds=settings.TURN_GAP_SECONDS)
    # What could not be sent told nobody anything, so nobody waits for it.
    sent = Q(state=Message.State.DONE, finished_at__gt=gap)
    # What is put off for hours gets no siblings: the next one tells what comes meanwhile.
    on_its_way = Q(state__in=ON_THEIR_WAY)
    lately = Message.objects.filter(sent | on_its_way, **mine, kind=Message.Kind.DIGEST)
    due = Notice.objects.filter(**mine, message=None, due_at__lte=Now())
    return User.objects.filter(Exists(due), ~Exists(lately), is_active=True)


def _message(person: User, notices: list[Notice]) -> Message:
    written = digest(person, notices)
    return Message(
        key=f"digest-{person.pk}-{notices[0].pk}",
        person=person,
        to=person.email,
        subject=written.subject,
        body=written.body,
        html=written.html,
        message_id=new_message_id(),
    )


def _keep(made: list[tuple[Message, list[Notice]]]) -> list[Message]:
    """Save the messages, note in the notices which one tells them, and ring."""
    messages = Message.objects.bulk_create([message for message, _ in made])
    told = [notice.pk for _, notices in made for notice in notices]
    ours = Message.objects.filter(pk__in=[message.pk for message in messages])
    theirs = ours.filter(person=OuterRef("person")).values("pk")
    Notice.objects.filter(pk__in=told).update(message=Subquery(theirs))
    ring(messages)
    return messages


def ring(messages: list[Message]) -> None:
    """Ring for the messages once they are committed; many are left to the sweep."""
    if len(messages) <= RUNG:
        for message in messages:
            jobs.ring(message)


@action
def retry_message(*, message: Message, by: User) -> None:
    """Queue an e-mail again that could not be sent; RefusedError when it has not failed."""
    if not jobs.retry(message):
        raise RefusedError("This e-mail has not failed, so there is nothing to try again.")
    record(verb=Verb.MESSAGE_RETRIED, by=by, subject=message, note=message.to)


@action
def retry_messages(*, by: User) -> int:
    """Queue every e-mail again that could not be sent, but for closed accounts; return how many.

    RefusedError when there is none.
    """
    failed = Message.objects.filter(state=Message.State.FAILED).exclude(person__is_active=False)
    if failed.count() > RUNG:
        tried = jobs.retry_all(failed)
    else:
        waiting = failed.defer("body", "html").order_by("pk")
        tried = sum(jobs.retry(message) for message in waiting)
    if not tried:
        raise RefusedError("No e-mail has failed that can be sent, so there is nothing to try.")
    record(verb=Verb.MESSAGE_RETRIED, by=by, note=f"all {tried} that had failed")
    return tried


def send_message(message: Message) -> dict[str, str]:
    """Hand one message over to the mail server, under its own Message-ID.

    JobFailedError when the person's account has been closed meanwhile or the mail server refuses
    the address; LaterError while it cannot be reached or asks to wait. Raises what else the mail
    server's client raises; that counts as an attempt, and the job is then tried again.
    """
    if message.person is not None and not message.person.is_active:
        raise jobs.JobFailedError(CLOSED)
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        reply_to=[message.letter.by.email] if message.letter else None,
        headers=_headers(message),
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    _hand_over(message, mail)
    return {}


def _hand_over(message: Message, mail: EmailMultiAlternatives) -> None:
    mail.connection = connection = get_connection()
    try:
        with connecting(message):
            connection.open()
        with sending(message):
            mail.send()
    finally:
        # It has gone, or has not, whatever the server says to our goodbye.
        with suppress(OSError):
            connection.close()


def _headers(message: Message) -> dict[str, str]:
    """What mail programs read; of a digest also how to turn it off with one press (RFC 8058)."""
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    person = message.person
    if message.kind == Message.Kind.DIGEST and person is not None and can_turn_off(person):
        link = address("signatories:unsubscribe-confirm", unsubscribe_token(person))
        headers["List-Unsubscribe"] = f"<{link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
