"""Spreadsheets of answers that were filled in offline and brought back."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models.assessments import Assessment
from signatories.models import User


class SheetUploadQuerySet(models.QuerySet["SheetUpload"]):
    """Sets of uploads."""

    def visible_to(self, user: User) -> Self:
        """The person's own, of assessments that they may still see."""
        return self.filter(uploaded_by=user, assessment__in=Assessment.objects.visible_to(user))


class SheetUpload(models.Model):
    """A filled-in spreadsheet; confirming it is bound to the file and to what was previewed.

    Only the person who uploaded it sees it: until it is confirmed it is as private as a draft.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="sheet_uploads")
    file_name = models.CharField(max_length=300)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True, blank=True)
    changed_count = models.PositiveSmallIntegerField(default=0)

    objects = SheetUploadQuerySet.as_manager()

    class Meta:
        """A file keeps its bytes; it is confirmed once."""

        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sha256="") & ~Q(file_name=""),
                name="sheet_upload_has_file",
                violation_error_message="An upload has a file with a name.",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(changed_count=0),
                name="sheet_upload_counts_when_confirmed",
                violation_error_message="Only a confirmed spreadsheet has changed answers.",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="sheet_upload_keeps_its_file",
                fields=["assessment", "file_name", "content", "sha256", "uploaded_by"],
            )
        ]

    def __str__(self) -> str:
        return self.file_name
