"""Rounds of self-assessment."""

from datetime import date
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
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

    def opened(self) -> Self:
        """Those that partners know of, whether they have closed since or not."""
        return self.filter(opened_at__isnull=False)

    def planned(self) -> Self:
        """Those that are still to open."""
        return self.filter(opened_at__isnull=True)

    def current(self) -> "Round | None":
        """The round that a page shows when none is chosen: the newest that has opened."""
        return self.opened().latest_first().select_related("edition").first()


class Round(models.Model):
    """One cycle of self-assessment of an edition: it is planned, opens, is due and closes.

    It opens on its day, by the clock or by hand (`opened_by`), and only then has assessments. Its
    partners can write until the end of `closes_on`, by the date in Essex, or until it was closed by
    hand before; each until its extension ends, where it has one.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rounds")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60, unique=True)
    opens_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField()
    planned_at = models.DateTimeField(db_default=Now())
    planned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

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
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False),
                name="round_closes_after_it_opened",
                violation_error_message="A round that has not opened cannot close.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="round_opened_is_kept",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__opened_at__isnull=False),
                func="""
                    IF TG_OP = 'UPDATE'
                        AND (NEW.edition_id, NEW.slug, NEW.opened_at)
                            IS NOT DISTINCT FROM (OLD.edition_id, OLD.slug, OLD.opened_at)
                        AND (OLD.closed_at IS NULL OR NEW.closed_at = OLD.closed_at)
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a round that has opened keeps its edition and its history'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it has opened and partners without an extension can write today."""
        return self.opened_at is not None and not self.is_closed()

    def is_closed(self, today: date | None = None) -> bool:
        """Whether partners without an extension can no longer write, by the date in Essex."""
        return self.closed_at is not None or (today or timezone.localdate()) > self.closes_on
