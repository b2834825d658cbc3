"""Gather notices into messages, and hand messages over to the mail server."""

from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage

from declaration import jobs
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.emails import new_message_id
from signatories.models import Message, Notice, User
from signatories.verbs import Verb


@action
def gather_notices() -> list[Message]:
    """Make one message for each person with notices that are due, and ring for it.

    Safe to run twice at once: each run takes the notices that no other run holds.
    """
    due = Notice.objects.due().select_for_update(skip_locked=True, of=("self",))
    notices = list(due.select_related("person").order_by("person_id", "pk"))
    by_person = groupby(notices, key=lambda notice: notice.person)
    return [_gather(person, list(group)) for person, group in by_person]


def _gather(person: User, notices: list[Notice]) -> Message:
    message = Message.objects.create(
        key=f"digest-{person.pk}-{notices[0].pk}",
        person=person,
        to=person.email,
        subject=_subject(notices),
        body=_body(person, notices),
        message_id=new_message_id(),
    )
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(message=message)
    jobs.ring(message)
    return message


def _subject(notices: list[Notice]) -> str:
    if len(notices) == 1:
        # A person's note may have lines; a subject is one, or no e-mail could be made of it.
        words = " ".join(notices[0].words.split()).rstrip(".")
        return f"Essex Data Declaration: {words}"[:200]
    return f"Essex Data Declaration: {len(notices)} things have happened"


def _body(person: User, notices: list[Notice]) -> str:
    lines = [f"Hello {person.name},", ""]
    for notice in notices:
        lines.append(f"* {notice.words}")
        if notice.path:
            lines.append(f"  {settings.PUBLIC_URL}{notice.path}")
        lines.append("")
    lines += ["Essex Centre for Data Analytics", settings.PUBLIC_URL, ""]
    return "\n".join(lines)


@action
def retry_message(*, message: Message, by: User) -> None:
    """Queue an e-mail again that could not be sent; RefusedError when it has not failed."""
    if not jobs.retry(message):
        raise RefusedError("This e-mail has not failed, so there is nothing to try again.")
    record(verb=Verb.MESSAGE_RETRIED, by=by, subject=message, note=message.to)


def send_message(message: Message) -> dict[str, str]:
    """Hand one message over to the mail server, under its own Message-ID.

    Raises what the mail server's client raises; the job is then tried again.
    """
    EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        headers={"Message-ID": message.message_id},
    ).send()
    return {}
