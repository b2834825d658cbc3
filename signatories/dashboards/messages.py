"""What went and what waits: the e-mails of the outbox, and the letters that ecda wrote."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Model, Q, QuerySet, TextChoices
from django.utils import timezone

from signatories.models import Letter, Message, Notice

PER_PAGE = 50
Row = TypeVar("Row", bound=Model)


class Stands(TextChoices):
    """Where an e-mail stands, in words for an e-mail; the values are a job's."""

    QUEUED = "queued", "Waiting to be sent"
    RUNNING = "running", "Being sent"
    DONE = "done", "Sent"
    FAILED = "failed", "Could not be sent"


COLOURS = {
    Stands.QUEUED: "govuk-tag--grey",
    Stands.RUNNING: "govuk-tag--blue",
    Stands.DONE: "govuk-tag--green",
    Stands.FAILED: "govuk-tag--red",
}
# What only the person may follow: to an invitation, and to turn e-mails off.
PERSONAL = ("invitations", "unsubscribe")
HEADER = ("e-mail", "to", "name", "subject", "kind", "state", "queued_at", "sent_at")
LEFT_OUT = "(a link that is only for this person)"


@dataclass(frozen=True)
class Filters:
    """What was asked for: words of a name or an address, a kind and a state; "" is all."""

    search: str = ""
    kind: str = ""
    state: str = ""


@dataclass(frozen=True)
class Sent:
    """One e-mail of a list; `at` is when it was sent, or queued where it was not."""

    pk: int
    subject: str
    to: str
    name: str
    kind: str
    stands: str
    colour: str
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """How many things wait to be told, to how many people, and when the next of them go."""

    things: int
    people: int
    next_at: datetime | None


@dataclass(frozen=True)
class Delivery:
    """How many people a letter was written to, and to how many it went."""

    people: int
    sent: int
    failed: int


def read_messages(filters: Filters, page: str | None = None) -> Page[Message]:
    """The e-mails asked for, newest first, `PER_PAGE` of them: two queries."""
    return _page(matching(filters), page)


def matching(filters: Filters) -> QuerySet[Message]:
    """The e-mails asked for, newest first, without their words."""
    found = Message.objects.select_related("person").defer("body", "html", "error")
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.state:
        found = found.filter(state=filters.state)
    for word in filters.search.split():
        found = found.filter(Q(to__icontains=word) | Q(person__name__icontains=word))
    return found.order_by("-pk")


def rows(messages: QuerySet[Message]) -> Iterable[tuple[str | int | date | None, ...]]:
    """A row for each e-mail, in the order of HEADER."""
    for each in messages.iterator(chunk_size=500):
        finished = each.finished_at if each.state == Stands.DONE else None
        yield (
            each.pk,
            each.to,
            each.person.name if each.person else "",
            each.subject,
            each.get_kind_display(),
            Stands(each.state).label,
            f"{timezone.localtime(each.queued_at):%Y-%m-%d %H:%M}",
            f"{timezone.localtime(finished):%Y-%m-%d %H:%M}" if finished else "",
        )


def read_recipients(letter: Letter, page: str | None = None) -> Page[Message]:
    """The e-mails of a letter, by name, `PER_PAGE` of them: two queries."""
    found = letter.messages.select_related("person").defer("body", "html", "error")
    return _page(found.order_by("person__name", "pk"), page)


def listed(messages: Page[Message]) -> list[Sent]:
    """The e-mails of a page in words."""
    return [
        Sent(
            pk=message.pk,
            subject=message.subject,
            to=message.to,
            name=message.person.name if message.person else "",
            kind=message.get_kind_display(),
            stands=Stands(message.state).label,
            colour=COLOURS[Stands(message.state)],
            at=(message.state == Stands.DONE and message.finished_at) or message.queued_at,
        )
        for message in messages
    ]


def read_waiting() -> Waiting:
    """What is not in any e-mail yet: one query."""
    waiting = Notice.objects.filter(message=None, person__is_active=True)
    found = waiting.aggregate(
        things=Count("pk"), people=Count("person", distinct=True), next_at=Min("due_at")
    )
    return Waiting(**found)


def read_letters(page: str | None = None) -> Page[Letter]:
    """The letters, newest first, each with `people` and `failed`: two queries."""
    counted = Letter.objects.select_related("by").defer("body").annotate(**_counts())
    return _page(counted.order_by("-at", "-pk"), page)


def read_delivery(letter: Letter) -> Delivery:
    """How far a letter has come: one query."""
    return Delivery(**Letter.objects.filter(pk=letter.pk).aggregate(**_counts()))


def text_shown(message: Message) -> str:
    """The e-mail's text, without the links that let whoever has them act for the person."""
    # Whatever the host: the portal may have moved since, and the codes with it.
    return re.sub(rf"(?i)https?://[^\s/]+/(?:{'|'.join(PERSONAL)})/\S+", LEFT_OUT, message.body)


def _counts() -> dict[str, Count]:
    return {
        "people": Count("messages"),
        "sent": Count("messages", filter=Q(messages__state=Stands.DONE)),
        "failed": Count("messages", filter=Q(messages__state=Stands.FAILED)),
    }


def _page(rows: QuerySet[Row], page: str | None) -> Page[Row]:
    return Paginator(rows, PER_PAGE).get_page(page)
