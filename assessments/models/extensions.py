"""Later dates for single partners."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models.assessments import Assessment
from assessments.models.reviews import by_ecda_of_others
from signatories.models import User


class Extension(models.Model):
    """Until when one partner can write and send, and why; the latest one counts.

    `Assessment.extended_to` repeats its date, for the pages and the triggers.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="extensions")
    until = models.DateField()
    reason = models.TextField()
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        """An extension is kept as it was granted."""

        ordering = ["granted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="extension_has_reason",
                violation_error_message="An extension says why.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="extension_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="extension_by_ecda_of_others",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=by_ecda_of_others(
                    "granted_by_id", "ecda gives more time, and nobody to a partner they belong to"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} until {self.until:%-d %B %Y}"
