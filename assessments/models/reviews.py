"""ecda's decisions on submitted assessments, and the copies that acceptance keeps."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models.assessments import Assessment
from commitments.models import Indicator
from signatories.models import User


def by_ecda_of_others(person: str, words: str) -> str:
    """The body of a trigger: the person is active at ecda and does not belong to the partner.

    `person` is the column that names them, `words` the refusal.
    """
    return f"""
                    IF EXISTS (
                        SELECT 1 FROM signatories_user
                        WHERE id = NEW.{person} AND is_active AND office <> ''
                    ) AND NOT EXISTS (
                        SELECT 1 FROM signatories_membership m
                        JOIN assessments_assessment s ON s.partner_id = m.partner_id
                        WHERE s.id = NEW.assessment_id AND m.person_id = NEW.{person}
                            AND m.ended_at IS NULL
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION '{words}'
                        USING ERRCODE = 'restrict_violation';
                """


class Review(models.Model):
    """ecda's decision on a submitted assessment, or its reopening of an accepted one."""

    class Decision(models.TextChoices):
        """What was decided."""

        CHANGES = "changes", "Changes requested"
        ACCEPTED = "accepted", "Accepted"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=20, choices=Decision)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="reviews")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        """A review is kept as it was made."""

        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="accepted") | (Q(decision="changes") & ~Q(note="")),
                name="review_decision_with_note",
                violation_error_message="A request for changes says why.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="review_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="review_by_ecda_of_others",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=by_ecda_of_others(
                    "by_id", "ecda reviews, and nobody reviews a partner they belong to"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()}: {self.assessment}"


class ReviewComment(models.Model):
    """What a review says of one indicator, and whether it opens that indicator again."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="comments")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="review_comments")
    comment = models.TextField()
    reopens = models.BooleanField(default=False)

    class Meta:
        """One comment per indicator in a review, kept as it was made."""

        ordering = ["review", "indicator"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "indicator"],
                name="review_comment_once_per_indicator",
                violation_error_message="This review already has a comment on the indicator.",
            ),
            models.CheckConstraint(
                condition=~Q(comment=""),
                name="review_comment_has_words",
                violation_error_message="A comment says something.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="review_comment_kept", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="review_comment_of_its_edition",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessments_review v
                        JOIN assessments_answer a ON a.assessment_id = v.assessment_id
                        WHERE v.id = NEW.review_id AND a.indicator_id = NEW.indicator_id
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a comment is on an indicator of the assessment'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}: {self.comment}"


class Snapshot(models.Model):
    """An acceptance's numbered, immutable copy of all answers, with the hash of its content."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="snapshots")
    number = models.PositiveSmallIntegerField()
    partner_name = models.CharField(max_length=200)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(db_default=Now())

    class Meta:
        """A later acceptance supersedes a snapshot and never touches it."""

        ordering = ["assessment", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "number"],
                name="snapshot_number_once",
                violation_error_message="This assessment already has a snapshot of that number.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="snapshot_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"Snapshot {self.number} of {self.assessment}"
