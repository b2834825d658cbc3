"""Uploaded partner lists, from preview to confirmation."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from signatories.models.users import User


class PartnerImport(models.Model):
    """An uploaded partner list; confirming it is bound to the file and to the rows as previewed."""

    class State(models.TextChoices):
        """How far the import is."""

        PREVIEWED = "previewed", "Waiting to be confirmed"
        CONFIRMED = "confirmed", "Confirmed"

    file_name = models.CharField(max_length=300)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=40)
    preview_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=State, default=State.PREVIEWED)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="partner_imports")
    uploaded_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="confirmed_imports"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Confirmed means by somebody, at some time."""

        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="previewed", confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(state="confirmed", confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="partner_import_confirmed_by_and_at",
                violation_error_message="A confirmed import says by whom and when.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, {self.get_state_display().lower()}"
