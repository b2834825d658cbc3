"""Editions of the Declaration: what is promised, and how a partner can tell that it keeps it."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q


class Rating(models.IntegerChoices):
    """How far a partner is with one indicator."""

    NOT_STARTED = 0, "Not started"
    EXPLORING = 1, "Exploring"
    DEVELOPING = 2, "Developing"
    ESTABLISHED = 3, "Established"
    LEADING = 4, "Leading"


def frozen(name: str, edition_of: str, *, since: str = "published_at") -> pgtrigger.Trigger:
    """Refuse every change of rows whose edition has been published (or its levels frozen).

    `edition_of` is an SQL query for the edition's id, written with the placeholder `ROW`.
    """
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        declare=[("ids", "BIGINT[]")],
        func=f"""
            IF TG_OP <> 'INSERT' THEN ids := ids || ({edition_of.replace("ROW", "OLD")}); END IF;
            IF TG_OP <> 'DELETE' THEN ids := ids || ({edition_of.replace("ROW", "NEW")}); END IF;
            IF EXISTS (
                SELECT 1 FROM commitments_edition WHERE id = ANY(ids) AND {since} IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'a published edition is frozen: make a new edition'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class EditionQuerySet(models.QuerySet["Edition"]):
    """Sets of editions."""

    def published(self) -> Self:
        """Those that can be signed, newest first."""
        return self.filter(published_at__isnull=False).order_by("-published_at")


class Edition(models.Model):
    """One published text of the Declaration; a new text is a new edition."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    region = models.CharField(max_length=200)
    heading = models.CharField(max_length=200)
    introduction_heading = models.CharField(max_length=200)
    introduction = models.TextField()
    drafted_by = models.TextField()
    statement_heading = models.CharField(max_length=200)
    statement_intro = models.TextField()
    meaning_heading = models.CharField(max_length=200)
    meaning_intro = models.TextField()
    published_at = models.DateTimeField(null=True, blank=True)
    levels_frozen_at = models.DateTimeField(null=True, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        """Publishing freezes an edition for ever."""

        ordering = ["-published_at", "slug"]
        triggers = [
            pgtrigger.Trigger(
                name="edition_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__published_at__isnull=False),
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.levels_frozen_at IS NULL
                        AND to_jsonb(NEW) - 'levels_frozen_at' = to_jsonb(OLD) - 'levels_frozen_at'
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a published edition is frozen: make a new edition'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(levels_frozen_at__isnull=True) | Q(published_at__isnull=False),
                name="edition_levels_freeze_after_publication",
                violation_error_message="A round opens on a published edition only.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        """Whether the text is final and can be signed."""
        return self.published_at is not None


class Commitment(models.Model):
    """One of the statements that a signatory commits itself to."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    statement = models.TextField()
    indicators_heading = models.CharField(max_length=200)

    class Meta:
        """A commitment's number is its name within the edition."""

        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"],
                name="commitment_number_once_per_edition",
                violation_error_message="This edition already has a commitment of that number.",
            ),
        ]
        triggers = [frozen("commitment_frozen", "ROW.edition_id")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Sets of indicators."""

    def of(self, edition: Edition) -> Self:
        """An edition's indicators in its own order, each with its commitment."""
        return self.filter(commitment__edition=edition).select_related("commitment")


class Indicator(models.Model):
    """One sign by which a partner can tell that it keeps a commitment."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="indicators")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    text = models.TextField()

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        """Commitment's and indicator's numbers make the code, unique in an edition with them."""

        ordering = ["commitment__edition", "commitment__number", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "number"],
                name="indicator_number_once_per_commitment",
                violation_error_message="This commitment already has an indicator of that number.",
            ),
        ]
        triggers = [
            frozen(
                "indicator_frozen",
                "SELECT edition_id FROM commitments_commitment WHERE id = ROW.commitment_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """Commitment and indicator number, like `2.3`."""
        return f"{self.commitment.number}.{self.number}"


class LevelDescription(models.Model):
    """What one rating means for one indicator, and what the next level would need."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="levels")
    rating = models.PositiveSmallIntegerField(choices=Rating)
    description = models.TextField()
    next_step = models.TextField(blank=True)

    class Meta:
        """Level descriptions freeze when their first round opens."""

        ordering = ["indicator", "rating"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "rating"],
                name="level_once_per_indicator",
                violation_error_message="This indicator already describes that level.",
            ),
            models.CheckConstraint(
                condition=Q(rating__in=Rating.values),
                name="level_rating_known",
                violation_error_message="Ratings go from 0 to 4.",
            ),
        ]
        triggers = [
            frozen(
                "level_frozen",
                "SELECT c.edition_id FROM commitments_indicator i"
                " JOIN commitments_commitment c ON c.id = i.commitment_id"
                " WHERE i.id = ROW.indicator_id",
                since="levels_frozen_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.get_rating_display()}"


class SupportOffer(models.Model):
    """Help that ecda offers, and the indicators that it serves."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="support_offers")
    slug = models.SlugField()
    name = models.CharField(max_length=200)
    description = models.TextField()
    url = models.URLField(blank=True)
    indicators = models.ManyToManyField(Indicator, related_name="support_offers")

    class Meta:
        """An offer is known by its slug within an edition."""

        ordering = ["edition", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="support_offer_once_per_edition",
                violation_error_message="This edition already has an offer of that name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
