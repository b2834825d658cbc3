"""What a partner says of each indicator in one round."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from assessments.models.assessments import Assessment
from commitments.models import Indicator, Rating
from signatories.models import User

# Reads the assessment FOR SHARE, so that a sign-off under way is waited for and then seen.
OPEN_TO_WRITING = """
    SELECT s.id, s.state, s.extended_to, r.closes_on, r.closed_at INTO found
    FROM assessments_assessment s JOIN assessments_round r ON r.id = s.round_id
    WHERE s.id = %(assessment)s FOR SHARE OF s;
    IF NOT (
        COALESCE((now() AT TIME ZONE 'Europe/London')::date <= found.extended_to, FALSE)
        OR (
            found.closed_at IS NULL
            AND (now() AT TIME ZONE 'Europe/London')::date <= found.closes_on
        )
    ) THEN
        RAISE EXCEPTION 'the round is closed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF found.state <> 'draft' AND NOT (
        found.state = 'changes' AND EXISTS (
            SELECT 1 FROM assessments_reviewcomment c
            WHERE c.indicator_id = %(indicator)s AND c.reopens AND c.review_id = (
                SELECT max(v.id) FROM assessments_review v
                WHERE v.assessment_id = found.id AND v.decision = 'changes'
            )
        )
    ) THEN
        RAISE EXCEPTION 'the assessment is not open to this indicator'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""

# Else an answer could leave a closed assessment by being given to an open one.
STAYS = """
    IF TG_OP = 'UPDATE' AND (NEW.assessment_id, NEW.indicator_id)
        IS DISTINCT FROM (OLD.assessment_id, OLD.indicator_id)
    THEN
        RAISE EXCEPTION 'an answer stays with its assessment and its indicator'
            USING ERRCODE = 'restrict_violation';
    END IF;
"""


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Sets of answers."""

    def visible_to(self, user: User) -> Self:
        """Answers of the assessments that the person may see."""
        return self.filter(assessment__in=Assessment.objects.visible_to(user))

    def in_order(self) -> Self:
        """In the Declaration's order, each with its indicator and commitment."""
        return self.select_related("indicator__commitment").order_by(
            "indicator__commitment__number", "indicator__number"
        )


@pghistory.track(model_name="AnswerHistory")
class Answer(models.Model):
    """What a partner says of one indicator in one round; saved under its version."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="answers")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="answers")
    rating = models.PositiveSmallIntegerField(choices=Rating, null=True, blank=True)
    not_applicable = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    narrative = models.TextField(blank=True)
    willing_to_share = models.BooleanField("willing to share as good practice", default=False)
    completed = models.BooleanField(default=False)
    # The earlier answer that these words were copied from; until somebody saves, they do not count.
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to"
    )
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        """One answer per indicator, written only while the assessment is open to it."""

        ordering = ["assessment", "indicator"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "indicator"],
                name="answer_once_per_indicator",
                violation_error_message="This assessment already has an answer to the indicator.",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__in=Rating.values),
                name="answer_rating_known",
                violation_error_message="Ratings go from 0 to 4.",
            ),
            models.CheckConstraint(
                condition=Q(not_applicable=False)
                | (Q(not_applicable=True, rating__isnull=True) & ~Q(reason="")),
                name="answer_not_applicable_has_reason",
                violation_error_message="Not applicable needs a reason and has no rating.",
            ),
            models.CheckConstraint(
                condition=Q(completed=False) | Q(rating__isnull=False) | Q(not_applicable=True),
                name="answer_completed_has_rating",
                violation_error_message="A completed answer is rated or not applicable.",
            ),
            models.CheckConstraint(
                condition=Q(completed=False) | Q(updated_at__isnull=False),
                name="answer_completed_was_saved",
                violation_error_message="A completed answer has been saved by somebody.",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="answer_version_from_1",
                violation_error_message="Versions start at 1.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="answer_open_to_writing",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                declare=[("found", "RECORD")],
                func=STAYS
                + OPEN_TO_WRITING
                % {"assessment": "NEW.assessment_id", "indicator": "NEW.indicator_id"},
            ),
            pgtrigger.Protect(name="answer_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} of {self.assessment}"

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the words come from an earlier round and nobody has saved them in this one."""
        return self.carried_from_id is not None and self.updated_at is None

    @property
    def is_answered(self) -> bool:
        """Whether there is a rating, or a reason why there is none, that somebody stands by."""
        return (self.rating is not None or self.not_applicable) and not self.is_unconfirmed

    @property
    def is_started(self) -> bool:
        """Whether somebody has saved anything."""
        return self.updated_at is not None
