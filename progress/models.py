"""Reports: the only thing this app writes."""

import secrets
from typing import Self

from django.db import models
from django.db.models import Q

from assessments.models import Round
from declaration.jobs import Job
from signatories.models import Partner, User


def new_code() -> str:
    """Return a code that cannot be guessed, for a report's address."""
    return secrets.token_urlsafe(12)


class ReportQuerySet(models.QuerySet["Report"]):
    """Sets of reports."""

    def visible_to(self, user: User) -> Self:
        """Every report for ecda, those of their own partners for everybody else."""
        if user.is_ecda:
            return self
        return self.filter(
            partner__memberships__person=user, partner__memberships__ended_at__isnull=True
        ).distinct()


class Report(Job):
    """A progress report of one partner and one round: a job with a file."""

    task = "progress.tasks.make_report"

    code = models.CharField(max_length=40, unique=True, default=new_code, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="reports")
    round = models.ForeignKey(Round, models.PROTECT, related_name="reports")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="reports")
    file = models.FileField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    template_version = models.PositiveSmallIntegerField(default=1)

    objects = ReportQuerySet.as_manager()

    class Meta(Job.Meta):
        """Ready means file and hash."""

        ordering = ["-queued_at", "-pk"]
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(state="done") & ~Q(file="") & ~Q(sha256=""))
                | (~Q(state="done") & Q(file="", sha256="")),
                name="report_ready_has_file",
                violation_error_message="A report is ready when its file and hash are kept.",
            ),
        ]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["partner", "-queued_at"], name="report_partner_queued"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}, {self.round}"

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        return f"essex-data-declaration-{self.partner.slug}-{self.round.slug}-progress.pdf"
