"""The timeline: one append-only line for each thing that happened, of any app."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from signatories.models.partners import Partner
from signatories.models.users import User


class EventQuerySet(models.QuerySet["Event"]):
    """Sets of events."""

    def about(self, subject: models.Model) -> Self:
        """Those of one row, oldest first."""
        label = subject._meta.label_lower
        return self.filter(subject_kind=label, subject_id=subject.pk).order_by("at", "pk")


class Event(models.Model):
    """What happened, to what, by whom, and when by the database's clock."""

    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="events"
    )
    subject_kind = models.CharField(max_length=100, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    verb = models.CharField(max_length=40)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    note = models.TextField(blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        """Events are never changed and never deleted."""

        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["partner", "at"], name="event_partner_at"),
            models.Index(fields=["subject_kind", "subject_id", "at"], name="event_subject_at"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="event_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.by or 'the portal'}"
