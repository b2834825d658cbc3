"""What people are told: notices, gathered into messages, the outbox."""

from typing import Self

from django.db import models
from django.db.models.functions import Now

from declaration.jobs import Job
from signatories.models.events import Event
from signatories.models.users import User


class Message(Job):
    """One e-mail in the outbox: a job; sent again only under the same Message-ID."""

    task = "signatories.tasks.send_message"

    # Nobody where an address is written to that is no person’s yet.
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="messages")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Sets of notices."""

    def due(self) -> Self:
        """Those that are waiting to be told, of people who may sign in."""
        return self.filter(message__isnull=True, due_at__lte=Now(), person__is_active=True)


class Notice(models.Model):
    """One event for one person, told with others in one message."""

    person = models.ForeignKey(User, models.PROTECT, related_name="notices")
    event = models.ForeignKey(Event, models.PROTECT, related_name="notices")
    words = models.CharField(max_length=300)
    path = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="notices"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        """A person is told of an event once."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "event"],
                name="notice_once_per_person_and_event",
                violation_error_message="This person is told of this event already.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(message__isnull=True),
                name="notice_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.words
