"""Django's admin for this app: reports can be read, nothing can be changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from progress.models import Report


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin[Report]):
    """Reports and how far each is."""

    list_display = ("partner", "round", "state", "attempt", "requested_by", "queued_at")
    list_filter = ("state", "round")
    list_select_related = ("partner", "round", "requested_by")
    search_fields = ("partner__name", "code")
    ordering = ("-queued_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Reports are asked for on a partner's pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A report is written by its worker only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A report is kept."""
        return False
