"""Reports in Django's admin: to read; a report is written by its worker only."""

from django.contrib import admin

from declaration.admin import ReadOnlyAdmin
from progress.models import Report


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("partner", "round", "state", "attempt", "requested_by", "queued_at")
    list_filter = ("state", "round")
    list_select_related = ("partner", "round", "requested_by")
    search_fields = ("partner__name", "code")
    ordering = ("-queued_at",)
