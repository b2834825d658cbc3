"""What stands behind an answer: links and files."""

import secrets
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Now

from assessments.models.answers import OPEN_TO_WRITING, Answer
from declaration.jobs import Job
from signatories.models import User

ANSWER = """
    IF TG_OP = 'UPDATE' AND NEW.answer_id <> OLD.answer_id THEN
        RAISE EXCEPTION 'evidence stays with its answer' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT a.assessment_id, a.indicator_id INTO answer
    FROM assessments_answer a WHERE a.id = NEW.answer_id;
"""

# What is shown to the public can be taken back at any time, and nothing else with it.
TAKEN_BACK = """
    IF TG_OP = 'UPDATE' AND OLD.public AND NOT NEW.public
        AND to_jsonb(NEW) - 'public' = to_jsonb(OLD) - 'public'
    THEN
        RETURN NEW;
    END IF;
"""


def new_code() -> str:
    """Return a code that cannot be guessed, for the address of a file."""
    return secrets.token_urlsafe(16)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Sets of evidence."""

    def current(self) -> Self:
        """What has not been removed, in the order in which it was added."""
        return self.filter(removed_at__isnull=True).order_by("added_at", "pk")

    def with_file(self) -> Self:
        """Each with `newest`: the facts of its last file, such as its code and name, or None."""
        names = ("code", "name", "size", "media_type", "sha256", "number", "state", "verdict")
        facts = JSONObject(**{name: name for name in names})
        files = EvidenceFile.objects.filter(evidence=OuterRef("pk")).order_by("-number")
        return self.annotate(newest=Subquery(files.values(facts=facts)[:1]))


@pghistory.track(model_name="EvidenceHistory")
class Evidence(models.Model):
    """A link or a file behind an answer; public only where its partner says so.

    A file has no address of its own: its revisions are `EvidenceFile` rows, the last one counts.
    """

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    url = models.URLField("address", max_length=1000, blank=True)
    dated_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    public = models.BooleanField(default=False)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    # Only of those read `with_file`.
    newest: dict[str, Any] | None

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        """Evidence is added, changed and removed only while its answer is open.

        That it is public can be taken back at any time.
        """

        ordering = ["added_at", "pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "url"],
                condition=Q(removed_at__isnull=True) & ~Q(url=""),
                name="evidence_url_once_per_answer",
                violation_error_message="This answer already has that link.",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__regex=r"^https?://"),
                name="evidence_url_is_web_address",
                violation_error_message="A link starts with http:// or https://.",
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="evidence_has_title",
                violation_error_message="Evidence has a name.",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="evidence_removed_by_and_at",
                violation_error_message="Evidence is removed by somebody, at some time.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="evidence_open_to_writing",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                declare=[("found", "RECORD"), ("answer", "RECORD")],
                func=ANSWER
                + TAKEN_BACK
                + OPEN_TO_WRITING
                % {"assessment": "answer.assessment_id", "indicator": "answer.indicator_id"},
            ),
            pgtrigger.Protect(name="evidence_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_file(self) -> bool:
        """Whether it is a file that was uploaded, not a link."""
        return not self.url


class EvidenceFile(Job):
    """One revision of an uploaded file; the job is to scan it, where a scanner is set up.

    Without a scanner the job is done from the start. A file can be downloaded when its job is done
    and nothing was found in it. Replacing a file adds a revision and keeps the earlier ones.
    """

    class Verdict(models.TextChoices):
        """What the scanner said."""

        UNSCANNED = "unscanned", "Not scanned"
        CLEAN = "clean", "Nothing found"
        INFECTED = "infected", "Refused by the virus scanner"

    task = "assessments.tasks.scan_file"

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(max_length=40, unique=True, default=new_code, editable=False)
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.UNSCANNED)
    uploaded_at = models.DateTimeField(db_default=Now())
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta(Job.Meta):
        """Revisions are numbered and never change; only what the scanner says is added."""

        ordering = ["evidence", "number"]
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["evidence", "number"],
                name="evidence_file_number_once",
                violation_error_message="This file already has a revision of that number.",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["unscanned", "clean", "infected"]),
                name="evidence_file_verdict_known",
                violation_error_message="This is not one of a scanner’s verdicts.",
            ),
            models.CheckConstraint(
                condition=~Q(file="") & ~Q(name="") & ~Q(sha256="") & Q(size__gte=1),
                name="evidence_file_has_content",
                violation_error_message="An uploaded file has a name and is not empty.",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="evidence_file_facts_kept",
                fields=[
                    *("evidence", "number", "code", "file", "name", "size", "media_type"),
                    *("sha256", "uploaded_at", "uploaded_by"),
                ],
            ),
            pgtrigger.Protect(name="evidence_file_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="evidence_file_open_to_writing",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("found", "RECORD"), ("answer", "RECORD")],
                func="""
                    SELECT a.assessment_id, a.indicator_id INTO answer
                    FROM assessments_evidence e JOIN assessments_answer a ON a.id = e.answer_id
                    WHERE e.id = NEW.evidence_id;
                """
                + OPEN_TO_WRITING
                % {"assessment": "answer.assessment_id", "indicator": "answer.indicator_id"},
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        """Whether it may be downloaded."""
        return self.state == Job.State.DONE and self.verdict != EvidenceFile.Verdict.INFECTED
