"""Rounds of self-assessment."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from commitments.models import Edition
from signatories.models import User


class DateRange(Func):
    """PostgreSQL's `daterange(from, to, bounds)`."""

    function = "DATERANGE"
    output_field = DateRangeField()


class RoundQuerySet(models.QuerySet["Round"]):
    """Sets of rounds."""

    def latest_first(self) -> Self:
        """Newest first."""
        return self.order_by("-opens_on", "-pk")

    def current(self) -> "Round | None":
        """The round that a page shows when none is chosen: the newest."""
        return self.latest_first().select_related("edition").first()


class Round(models.Model):
    """One cycle of self-assessment of an edition: it opens, is due and closes."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rounds")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60, unique=True)
    opens_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RoundQuerySet.as_manager()

    class Meta:
        """Rounds of an edition follow one another."""

        ordering = ["-opens_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="round_due_after_opening",
                violation_error_message="A round cannot be due before it opens.",
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("due_on")),
                name="round_closes_after_due",
                violation_error_message="A round cannot close before it is due.",
            ),
            ExclusionConstraint(
                name="round_no_overlap",
                expressions=[
                    ("edition", RangeOperators.EQUAL),
                    (
                        DateRange(
                            "opens_on",
                            "closes_on",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Another round of this edition has some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_closed(self, today: date | None = None) -> bool:
        """Whether partners can no longer write, by the date in Essex."""
        return (today or timezone.localdate()) > self.closes_on
