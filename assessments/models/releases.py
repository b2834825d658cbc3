"""What a closed round's figures are made from: frozen, so that they are the same tomorrow."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models.reviews import Snapshot
from assessments.models.rounds import Round
from commitments.models import Indicator, Rating
from signatories.models import Partner, User

KEPT = pgtrigger.Update | pgtrigger.Delete


class Release(models.Model):
    """A numbered, immutable choice of a closed round's accepted snapshots; the last one counts.

    It is one once it is sealed: entries and ratings are added before that and never afterwards.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField()
    # Of the canonical list of its entries and ratings.
    sha256 = models.CharField(max_length=64)
    released_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(db_default=Now())
    sealed = models.BooleanField(default=False)

    class Meta:
        """A later release supersedes an earlier one and never touches it."""

        ordering = ["round", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"],
                name="release_number_once",
                violation_error_message="This round already has a release of that number.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="release_kept",
                operation=KEPT,
                when=pgtrigger.Before,
                func="""
                    IF TG_OP = 'UPDATE' AND NEW.sealed AND NOT OLD.sealed
                        AND to_jsonb(NEW) - 'sealed' = to_jsonb(OLD) - 'sealed'
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a release is sealed once, and nothing else of it changes'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="release_starts_unsealed",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__sealed=True),
                func="""
                    RAISE EXCEPTION 'a release is sealed when its entries are there'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="release_of_a_closed_round",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessments_round
                        WHERE id = NEW.round_id AND closed_at IS NOT NULL
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'only a closed round is released'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Release {self.number} of {self.round}"


class ReleaseEntry(models.Model):
    """One partner in a release: its accepted snapshot, or why it is left out."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="entries")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    # As they were.
    partner_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Partner.Kind)
    snapshot = models.ForeignKey(
        Snapshot, models.PROTECT, null=True, blank=True, related_name="entries"
    )
    left_out = models.CharField(max_length=200, blank=True)
    # Its leader had chosen that everybody may see its own ratings.
    published = models.BooleanField(default=False)

    class Meta:
        """A partner is in a release once, or left out of it for a reason."""

        ordering = ["release", "partner_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "partner"],
                name="release_entry_once_per_partner",
                violation_error_message="This partner is in the release already.",
            ),
            models.CheckConstraint(
                condition=Q(snapshot__isnull=False, left_out="")
                | (Q(snapshot__isnull=True) & ~Q(left_out="")),
                name="release_entry_counts_or_says_why_not",
                violation_error_message="A partner is in a release, or left out for a reason.",
            ),
            models.CheckConstraint(
                condition=Q(published=False) | Q(snapshot__isnull=False),
                name="release_entry_published_counts",
                violation_error_message="Only a partner that counts has ratings to publish.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="release_entry_kept", operation=KEPT),
            pgtrigger.Trigger(
                name="release_entry_before_sealing",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessments_release
                        WHERE id = NEW.release_id AND NOT sealed
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a sealed release gets no more entries'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="release_entry_of_its_round",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__snapshot__isnull=False),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessments_snapshot p
                        JOIN assessments_assessment s ON s.id = p.assessment_id
                        JOIN assessments_release r ON r.round_id = s.round_id
                        WHERE p.id = NEW.snapshot_id AND r.id = NEW.release_id
                            AND s.partner_id = NEW.partner_id
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a release holds snapshots of its own round'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_name} in {self.release}"


class ReleasedRating(models.Model):
    """What one partner's snapshot says of one indicator, as a row that figures are counted from."""

    entry = models.ForeignKey(ReleaseEntry, models.PROTECT, related_name="ratings")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="released_ratings")
    rating = models.PositiveSmallIntegerField(choices=Rating, null=True, blank=True)

    class Meta:
        """Without a rating the indicator was not applicable."""

        ordering = ["entry", "indicator"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "indicator"],
                name="released_rating_once_per_indicator",
                violation_error_message="This partner is rated on that indicator already.",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__in=Rating.values),
                name="released_rating_known",
                violation_error_message="Ratings go from 0 to 4.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="released_rating_kept", operation=KEPT),
            pgtrigger.Trigger(
                name="released_rating_before_sealing",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessments_releaseentry e
                        JOIN assessments_release r ON r.id = e.release_id
                        WHERE e.id = NEW.entry_id AND e.snapshot_id IS NOT NULL AND NOT r.sealed
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'ratings come with a snapshot, before the release is sealed'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} of {self.entry}"
