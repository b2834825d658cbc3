"""What people are told: notices, gathered into messages, the outbox."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from declaration.jobs import Job
from signatories.models.events import Event
from signatories.models.memberships import Membership
from signatories.models.users import User
from signatories.verbs import ECDA


class Letter(models.Model):
    """What somebody at ecda wrote to people of several partners; each gets a message of their own.

    `chosen` says in words whom it was meant for, such as "Partners that are overdue".
    """

    # Made with the form, so that a letter sent twice is one.
    key = models.CharField(max_length=40, unique=True, editable=False)
    subject = models.CharField(max_length=150)
    body = models.TextField()
    chosen = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="letters")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        """A letter is kept as it was sent."""

        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(subject="") & ~models.Q(body=""),
                name="letter_has_words",
                violation_error_message="A letter has a subject and says something.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="letter_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.subject


class Message(Job):
    """One e-mail in the outbox: a job; sent again only under the same Message-ID."""

    class Kind(models.TextChoices):
        """What kind of e-mail it is."""

        DIGEST = "digest", "Digest"
        INVITATION = "invitation", "Invitation"
        LETTER = "letter", "Letter"

    task = "signatories.tasks.send_message"

    kind = models.CharField(max_length=20, choices=Kind, default=Kind.DIGEST)
    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    # Nobody where an address is written to that is no person’s yet.
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="messages")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    # The same in HTML; empty where it is text alone.
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, unique=True)

    class Meta(Job.Meta):
        """A person gets a letter once."""

        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind__in=["digest", "invitation", "letter"]),
                name="message_kind_known",
                violation_error_message="This is not one of the kinds of an e-mail.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="letter", letter__isnull=False)
                | (~models.Q(kind="letter") & models.Q(letter__isnull=True)),
                name="message_of_a_letter",
                violation_error_message="A letter’s e-mail names its letter, and no other does.",
            ),
            models.UniqueConstraint(
                fields=["letter", "person"],
                condition=models.Q(letter__isnull=False),
                name="message_once_per_letter_and_person",
                violation_error_message="This person has this letter already.",
            ),
        ]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["person", "kind", "queued_at"], name="message_person_kind_queued"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Sets of notices."""

    def due(self) -> Self:
        """Those that are waiting to be told, of people who may sign in."""
        return self.filter(message__isnull=True, due_at__lte=Now(), person__is_active=True)

    def stale(self) -> Self:
        """Those whose person is not what they were told as any more, or turned the topic off.

        What concerns a partner is for its members and for ecda alone. Whoever is named gets their
        news whatever they turned off, as they asked for it; reminders nobody asks for.
        """
        roles = Membership.objects.filter(person=OuterRef("person"), ended_at__isnull=True)
        ecda = Q(person__office__in=ECDA)
        here = Exists(roles.filter(partner=OuterRef("event__partner")))
        outside = Q(event__partner__isnull=False) & ~here
        nowhere = Q(event__partner__isnull=True, told_as="member") & ~Exists(roles)
        unwanted = Q(topic="reminders", person__gets_reminders=False) | (
            Q(topic="news", person__gets_news=False) & ~Q(told_as="named")
        )
        return self.filter(((outside | nowhere | Q(told_as="ecda")) & ~ecda) | unwanted)


class Notice(models.Model):
    """One event for one person, told with others in one message.

    Waiting notices are deleted when the person is not to be told any more; the event stays.
    """

    class ToldAs(models.TextChoices):
        """As what a person is told; who is it no longer when the e-mail is made is not told."""

        MEMBER = "member", "Member of a partner"
        ECDA = "ecda", "Somebody at ecda"
        NAMED = "named", "The one it concerns"

    class Topic(models.TextChoices):
        """What it is about; people may turn off all but the essential."""

        ESSENTIAL = "essential", "Essential"
        REMINDERS = "reminders", "Reminder"
        NEWS = "news", "News"

    person = models.ForeignKey(User, models.PROTECT, related_name="notices")
    event = models.ForeignKey(Event, models.PROTECT, related_name="notices")
    words = models.CharField(max_length=1000)
    # It is the person’s turn, or what they asked for is there: it does not wait for the digest.
    at_once = models.BooleanField(default=False, db_default=False)
    topic = models.CharField(
        max_length=10, choices=Topic, default=Topic.ESSENTIAL, db_default=Topic.ESSENTIAL
    )
    told_as = models.CharField(
        max_length=10, choices=ToldAs, default=ToldAs.NAMED, db_default=ToldAs.NAMED
    )
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
            models.CheckConstraint(
                condition=models.Q(topic__in=["essential", "reminders", "news"]),
                name="notice_topic_known",
                violation_error_message="This is not one of the topics of a notice.",
            ),
            models.CheckConstraint(
                condition=models.Q(told_as__in=["member", "ecda", "named"]),
                name="notice_told_as_known",
                violation_error_message="A person is told as a member, as ecda or by name.",
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
