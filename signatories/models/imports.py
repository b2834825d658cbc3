"""Uploaded partner lists, from reading to confirmation and back."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from declaration.jobs import Job
from signatories.models.partners import Partner
from signatories.models.users import User


class PartnerImport(Job):
    """An uploaded partner list: a job that reads it; confirming is bound to what was previewed.

    The job's state says how far the reading is; what was decided is told by who and when.
    """

    task = "signatories.tasks.read_partner_list"

    file_name = models.CharField(max_length=300)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # How it was read, in words: the encoding, what stands between the cells, what was left out.
    encoding = models.CharField(max_length=40, blank=True)
    remarks = ArrayField(models.CharField(max_length=400), default=list, blank=True)
    # Why it is no partner list, in words.
    trouble = models.TextField(blank=True)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="partner_imports")
    uploaded_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="confirmed_imports"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="undone_imports"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(Job.Meta):
        """Confirmed and undone mean by somebody, at some time, in this order."""

        ordering = ["-uploaded_at"]
        # The sweep's index, under a name that is short enough.
        indexes = [
            models.Index(
                fields=["rung_at"],
                condition=Q(state__in=["queued", "running"]),
                name="partner_import_sweep",
            )
        ]
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="partner_import_confirmed_by_and_at",
                violation_error_message="A confirmed import says by whom and when.",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="partner_import_undone_by_and_at",
                violation_error_message="An import that was undone says by whom and when.",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True)
                | Q(state="done", refused_count=0, trouble=""),
                name="partner_import_confirmed_is_whole",
                violation_error_message="Only a list that was read without bad rows is confirmed.",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="partner_import_undone_was_confirmed",
                violation_error_message="Only an import that was confirmed can be undone.",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    """Sets of rows of partner lists."""

    def of_kind(self, kind: "ImportRow.Kind") -> Self:
        """Those with which confirming would do this, in the order of the file."""
        return self.filter(kind=kind).order_by("line")


class ImportRow(models.Model):
    """One row of a partner list, as it was previewed, and later what was written."""

    class Kind(models.TextChoices):
        """What confirming does with the row."""

        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Unchanged"
        REFUSED = "refused", "Refused"

    partner_import = models.ForeignKey(PartnerImport, models.CASCADE, related_name="rows")
    # The line of the file that the row begins on; the number of the row in a workbook.
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=400)
    # [{"column", "old", "new", "tick"}, …]; the values now of a new partner are empty. "tick" is
    # "" for what confirming does in any case, "asked" for what needs a tick of its own, "given"
    # once it was ticked and written; "outside": true stands with a lead whose address is in none
    # of the partner's domains.
    changes = models.JSONField(default=list)
    # [[the file's own header, value as it can be shown, reason], …] of a refused row.
    problems = models.JSONField(default=list)
    # The cells of a refused row as they stand in the file, to be given back.
    cells = models.JSONField(default=list)
    # What the row was matched with, and once confirmed what it was written to.
    partner = models.ForeignKey(Partner, models.SET_NULL, null=True, blank=True, related_name="+")
    # Whether a name or a role would change, which the administrator ticks one by one.
    needs_tick = models.BooleanField(default=False)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        """A line stands for one row."""

        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner_import", "line"],
                name="import_row_line_once",
                violation_error_message="This line of the file has been read already.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["new", "changed", "unchanged", "refused"]),
                name="import_row_kind_known",
                violation_error_message="A row is new, changed, unchanged or refused.",
            ),
            models.CheckConstraint(
                condition=(Q(kind="refused") & ~Q(problems=[]))
                | (~Q(kind="refused") & Q(problems=[])),
                name="import_row_refused_says_why",
                violation_error_message="A refused row says why, and no other does.",
            ),
        ]
        indexes = [
            models.Index(fields=["partner_import", "kind", "line"], name="import_row_kind"),
        ]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.name}"
