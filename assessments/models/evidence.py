"""What stands behind an answer."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models.assessments import OPEN_TO_WRITING, Answer
from signatories.models import User

ANSWER = """
    IF TG_OP = 'UPDATE' AND NEW.answer_id <> OLD.answer_id THEN
        RAISE EXCEPTION 'a link stays with its answer' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT a.assessment_id, a.indicator_id INTO answer
    FROM assessments_answer a
    WHERE a.id = CASE TG_OP WHEN 'DELETE' THEN OLD.answer_id ELSE NEW.answer_id END;
"""


class Evidence(models.Model):
    """A link behind an answer; public only where its partner says so."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    url = models.URLField("address", max_length=1000)
    dated_on = models.DateField(null=True, blank=True)
    public = models.BooleanField(default=False)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        """Evidence is added and removed only while its answer is open."""

        ordering = ["added_at", "pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "url"],
                name="evidence_url_once_per_answer",
                violation_error_message="This answer already has that link.",
            ),
            models.CheckConstraint(
                condition=Q(url__regex=r"^https?://"),
                name="evidence_url_is_web_address",
                violation_error_message="A link starts with http:// or https://.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="evidence_open_to_writing",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("found", "RECORD"), ("answer", "RECORD")],
                func=ANSWER
                + OPEN_TO_WRITING
                % {"assessment": "answer.assessment_id", "indicator": "answer.indicator_id"},
            ),
        ]

    def __str__(self) -> str:
        return self.title
