"""What a partner will do about an indicator; it lives across rounds."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from commitments.models import Indicator
from signatories.models import Partner, User


class ImprovementQuerySet(models.QuerySet["Improvement"]):
    """Sets of improvements."""

    def visible_to(self, user: User) -> Self:
        """Every improvement for ecda, those of their own partners for everybody else."""
        if user.is_ecda:
            return self
        return self.filter(
            partner__memberships__person=user, partner__memberships__ended_at__isnull=True
        ).distinct()

    def about(self, indicator: Indicator) -> Self:
        """Those of the indicator, and of the one it continues in an earlier edition."""
        return self.filter(Q(indicator=indicator) | Q(indicator__title__iexact=indicator.title))

    def unfinished(self) -> Self:
        """Those that are planned or under way."""
        return self.filter(state__in=Improvement.UNFINISHED)

    def overdue(self, today: date | None = None) -> Self:
        """Unfinished ones whose due date has passed, by the date in Essex."""
        return self.unfinished().filter(due_on__lt=today or timezone.localdate())


@pghistory.track(model_name="ImprovementHistory")
class Improvement(models.Model):
    """One thing that a partner will do about an indicator: what, by whom, by when, how far."""

    class State(models.TextChoices):
        """How far it is."""

        PLANNED = "planned", "Planned"
        UNDER_WAY = "under_way", "Under way"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    UNFINISHED = (State.PLANNED, State.UNDER_WAY)

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="improvements")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="improvements")
    what = models.TextField()
    owner = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.PLANNED)
    version = models.PositiveIntegerField(default=1)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ImprovementQuerySet.as_manager()

    class Meta:
        """Improvements are never deleted: they are done or dropped."""

        ordering = ["partner", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what=""),
                name="improvement_says_what",
                violation_error_message="An improvement says what will be done.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "under_way", "done", "dropped"]),
                name="improvement_state_known",
                violation_error_message="This is not one of the states of an improvement.",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="improvement_version_from_1",
                violation_error_message="Versions start at 1.",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="improvement_keeps_its_place", fields=["partner", "indicator", "added_by"]
            ),
            pgtrigger.Protect(name="improvement_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.what

    def is_overdue(self, today: date | None = None) -> bool:
        """Whether it is unfinished and its due date has passed, by the date in Essex."""
        if self.due_on is None or self.state not in Improvement.UNFINISHED:
            return False
        return self.due_on < (today or timezone.localdate())
