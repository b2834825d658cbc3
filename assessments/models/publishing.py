"""Partners that show their own ratings to everybody."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from signatories.models import Partner, User


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Sets of choices."""

    def live(self) -> Self:
        """Those that have not been taken back."""
        return self.filter(ended_at__isnull=True)


class Publication(models.Model):
    """A leader's choice that the partner's own ratings are public, until it is taken back.

    It counts for rounds that are released while it is live: what a release holds stays as it is.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="publications")
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        """A choice is made, and taken back once; a new one is a new row."""

        ordering = ["partner", "-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=Q(ended_at__isnull=True),
                name="publication_once_at_a_time",
                violation_error_message="This partner shows its ratings already.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=F("started_at"), ended_by__isnull=False),
                name="publication_ended_by_and_at",
                violation_error_message="Who took the choice back, and when, go together.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="publication_kept",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
                        AND to_jsonb(NEW) - 'ended_at' - 'ended_by_id'
                            = to_jsonb(OLD) - 'ended_at' - 'ended_by_id'
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a choice to publish is taken back once, and else stays'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} shows its ratings"
