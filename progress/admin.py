"""Reports in Django's admin: to read; a report is written by its worker only."""

from django.contrib import admin

from declaration.admin import ReadOnlyAdmin
from progress.models import Report, ReportPart


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("about", "kind", "round", "state", "attempt", "requested_by", "queued_at")
    list_filter = ("kind", "state", "round")
    list_select_related = ("partner", "round", "edition", "requested_by")
    search_fields = ("partner__name", "code")
    ordering = ("-queued_at",)


@admin.register(ReportPart)
class ReportPartAdmin(ReadOnlyAdmin):
    list_display = ("report", "number", "files", "sha256", "made_at")
    list_select_related = ("report__partner", "report__round", "report__edition")
    ordering = ("-made_at",)
