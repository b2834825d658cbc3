"""Reports: the only thing this app writes."""

import secrets
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models import Release, Round, Snapshot
from commitments.models import Edition
from declaration.jobs import Job, Urgency
from signatories.models import Partner, User

SERVICE = "essex-data-declaration"


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

    def on_their_own(self) -> Self:
        """Those that somebody asked for, without the parts of a bundle."""
        return self.filter(parent__isnull=True)


class Report(Job):
    """What somebody asked to be made of the figures: a job with a file.

    A bundle (`ALL`, `CERTIFICATES`) is a ZIP; one of all partners waits for a report of each, its
    `children`, and both are put together from parts.
    """

    class Kind(models.TextChoices):
        """What it is."""

        PARTNER = "partner", "Progress report"
        SYSTEM = "system", "System report"
        ALL = "all", "Progress reports of all partners"
        CERTIFICATES = "certificates", "Certificates of all signatories"

    task = "progress.tasks.make_report"

    code = models.CharField(max_length=40, unique=True, default=new_code, editable=False)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PARTNER)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="reports")
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="reports")
    file = models.FileField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # The same as a page, kept like the file: what stood in it then.
    page = models.FileField(max_length=200, blank=True)
    # What it was made from: the accepted copy, or the released figures; none where it was neither.
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, blank=True, related_name="+")
    release = models.ForeignKey(Release, models.PROTECT, null=True, blank=True, related_name="+")
    template_version = models.PositiveSmallIntegerField(default=1)

    objects = ReportQuerySet.as_manager()

    class Meta(Job.Meta):
        """Ready means file and hash; each kind is about its own."""

        ordering = ["-queued_at", "-pk"]
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(state="done") & ~Q(file="") & ~Q(sha256=""))
                | (~Q(state="done") & Q(file="", sha256="")),
                name="report_ready_has_file",
                violation_error_message="A report is ready when its file and hash are kept.",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="partner", partner__isnull=False, round__isnull=False, edition=None
                )
                | Q(
                    kind__in=["system", "all"],
                    partner=None,
                    round__isnull=False,
                    edition=None,
                    parent=None,
                )
                | Q(
                    kind="certificates",
                    partner=None,
                    round=None,
                    edition__isnull=False,
                    parent=None,
                ),
                name="report_about_its_own",
                violation_error_message="A report is about a partner and round, a round, or an "
                "edition, as its kind is.",
            ),
            models.UniqueConstraint(
                fields=["parent", "partner"],
                condition=Q(parent__isnull=False),
                name="report_once_in_a_bundle",
                violation_error_message="This partner’s report is in the bundle already.",
            ),
        ]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["partner", "-queued_at"], name="report_partner_queued"),
        ]

    def __str__(self) -> str:
        return f"{self.about}, {self.round}" if self.round else self.about

    @property
    def about(self) -> str:
        """Whom or what it is about, without the round."""
        if self.partner is not None:
            return str(self.partner)
        return str(self.edition) if self.edition else "All partners"

    @property
    def is_bundle(self) -> bool:
        """Whether its file is a ZIP of others."""
        return self.kind in {Report.Kind.ALL, Report.Kind.CERTIFICATES}

    @property
    def urgency(self) -> Urgency:
        """A bundle's short step before what one person waits for, and before a bundle's many."""
        if self.is_bundle:
            return Urgency.SHORT_STEP
        return Urgency.AWAITED if self.parent_id is None else Urgency.ONE_OF_MANY

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        if self.kind == Report.Kind.PARTNER and self.partner and self.round:
            return f"{SERVICE}-{self.partner.slug}-{self.round.slug}-progress.pdf"
        if self.kind == Report.Kind.CERTIFICATES and self.edition:
            return f"{SERVICE}-{self.edition.slug}-certificates.zip"
        year = self.round.slug if self.round else ""
        names = {Report.Kind.SYSTEM.value: "system.pdf", Report.Kind.ALL.value: "progress.zip"}
        return f"{SERVICE}-{year}-{names[self.kind]}"


class ReportPart(models.Model):
    """Some of a bundle's files, put together in one short task; the bundle is made of its parts.

    Parts are numbered from 1, each written once: a worker that died begins at the next one.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField()
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    files = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        """A part is there once."""

        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "number"],
                name="report_part_once",
                violation_error_message="This bundle already has a part of that number.",
            ),
            models.CheckConstraint(
                condition=~Q(file="") & ~Q(sha256="") & Q(number__gte=1),
                name="report_part_has_file",
                violation_error_message="A part has a number, a file and its hash.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="report_part_kept", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"Part {self.number} of {self.report}"
