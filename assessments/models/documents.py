"""Documents made by a worker: an assessment as it stands, and the blank questions."""

import secrets
from typing import Self

from django.db import models
from django.db.models import Q

from assessments.models.assessments import Assessment
from assessments.models.rounds import Round
from declaration.jobs import Job, Urgency
from signatories.models import User

# How the names of files end whose pages carry that mark: what was true when they were made.
NOT_SIGNED_OFF = "-not-signed-off"


def new_code() -> str:
    """Return a code that cannot be guessed, for a document's address."""
    return secrets.token_urlsafe(12)


class DocumentQuerySet(models.QuerySet["Document"]):
    """Sets of documents."""

    def visible_to(self, user: User) -> Self:
        """Blank questions for everybody signed in; assessments as `Assessment.visible_to` says."""
        mine = Assessment.objects.visible_to(user)
        return self.filter(Q(kind=Document.Kind.QUESTIONS) | Q(assessment__in=mine))


class Document(Job):
    """A PDF of an assessment as it stands now, or of a round's blank questions: a job with a file.

    The record of a whole year is a report, in the app to the right; this is a working copy.
    """

    class Kind(models.TextChoices):
        """What the document shows."""

        ASSESSMENT = "assessment", "Self-assessment"
        QUESTIONS = "questions", "Questions"

    task = "assessments.tasks.make_document"

    code = models.CharField(max_length=40, unique=True, default=new_code, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    round = models.ForeignKey(Round, models.PROTECT, related_name="documents")
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    file = models.FileField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    template_version = models.PositiveSmallIntegerField(default=1)

    objects = DocumentQuerySet.as_manager()

    class Meta(Job.Meta):
        """Ready means file and hash; an assessment's document names its assessment."""

        ordering = ["-queued_at", "-pk"]
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(state="done") & ~Q(file="") & ~Q(sha256=""))
                | (~Q(state="done") & Q(file="", sha256="")),
                name="document_ready_has_file",
                violation_error_message="A document is ready when its file and hash are kept.",
            ),
            models.CheckConstraint(
                condition=Q(kind="assessment", assessment__isnull=False)
                | Q(kind="questions", assessment__isnull=True),
                name="document_kind_has_assessment",
                violation_error_message="Only the document of an assessment names one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.round}"

    @property
    def urgency(self) -> Urgency:
        """Like a report: somebody waits for it."""
        return Urgency.AWAITED

    @property
    def is_marked(self) -> bool:
        """Whether its pages say that the answers are not signed off; known once it is made."""
        return str(self.file.name).endswith(f"{NOT_SIGNED_OFF}.pdf")

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        if self.assessment is None:
            return f"essex-data-declaration-{self.round.slug}-questions.pdf"
        place = f"{self.assessment.partner.slug}-{self.round.slug}"
        mark = NOT_SIGNED_OFF if self.is_marked else ""
        return f"essex-data-declaration-{place}-self-assessment{mark}.pdf"
