"""Who has been asked to answer an indicator."""

from django.db import models
from django.db.models.functions import Now

from assessments.models.answers import Answer
from signatories.models import User


class Assignment(models.Model):
    """A lead asks a member to answer one indicator, until a date; others may answer it too."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    due_on = models.DateField(null=True, blank=True)
    assigned_at = models.DateTimeField(db_default=Now())
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        """One person at a time is asked."""

        constraints = [
            models.UniqueConstraint(
                fields=["answer"],
                name="assignment_once_per_answer",
                violation_error_message="This indicator is already assigned.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer}: {self.person}"
