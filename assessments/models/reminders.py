"""Which reminders went, so that each goes once."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models.assessments import Assessment


class Reminder(models.Model):
    """One reminder of a partner's due date, whatever number of people it went to.

    `step` counts the days to the date: 30, 7 and 1 before it, then -1, -8, -15 … after. Another
    due date, by an extension, is reminded of anew.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="reminders")
    due_on = models.DateField()
    step = models.SmallIntegerField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Each step of a due date once."""

        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "due_on", "step"],
                name="reminder_once_per_step",
                violation_error_message="This reminder has gone already.",
            ),
            models.CheckConstraint(
                condition=Q(step__in=[30, 7, 1]) | Q(step__lt=0),
                name="reminder_step_known",
                violation_error_message="Reminders go 30, 7 and 1 days before, and when overdue.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="reminder_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.assessment}, {self.step} days to {self.due_on:%-d %B %Y}"
