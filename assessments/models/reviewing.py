"""What reviewers keep beside their decisions: notes, unsent words, questions asked on the way."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models.answers import Answer
from assessments.models.assessments import Assessment
from assessments.models.improvements import Improvement
from assessments.models.reviews import by_ecda_of_others
from assessments.quality import Kind
from signatories.models import User

KINDS = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in Kind]


class ReviewNote(models.Model):
    """What ecda's staff tell one another about an assessment; partners never see it."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="review_notes")
    words = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        """A note is kept as it was written."""

        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(words=""),
                name="review_note_has_words",
                violation_error_message="A note says something.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="review_note_kept", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="review_note_by_ecda_of_others",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=by_ecda_of_others(
                    "by_id", "ecda notes for itself, and nobody of a partner they belong to"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.words


class ReviewDraft(models.Model):
    """What one reviewer has written of a review and not decided: no history, nobody else sees it.

    `typed` is the form as the browser sent it, field name to list of texts.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="review_drafts")
    person = models.ForeignKey(User, models.PROTECT, related_name="review_drafts")
    typed = models.JSONField(default=dict)
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        """A reviewer has one draft of a review."""

        ordering = ["-kept_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "person"],
                name="review_draft_once_per_person",
                violation_error_message="This person already has a draft of that review.",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="review_draft_keeps_its_place", fields=["assessment", "person"])
        ]

    def __str__(self) -> str:
        return f"{self.person}’s draft of the review of {self.assessment}"


class QualityRequest(models.Model):
    """A quality check that ecda asked the partner about, outside a review."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="quality_requests")
    kind = models.CharField(max_length=40, choices=KINDS)
    # Which improvement, where the check is about one.
    improvement = models.ForeignKey(
        Improvement, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The same may be asked again once the partner has worked on the answer.
    number = models.PositiveSmallIntegerField(default=1)
    words = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        """The same is asked once at a time."""

        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "kind", "improvement", "number"],
                nulls_distinct=False,
                name="quality_request_once",
                violation_error_message="The partner has been asked this already.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]),
                name="quality_request_kind_known",
                violation_error_message="This is not one of the quality checks.",
            ),
            models.CheckConstraint(
                condition=~Q(words=""),
                name="quality_request_has_words",
                violation_error_message="A question says something.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="quality_request_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.words
