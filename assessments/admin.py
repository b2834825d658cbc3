"""Rounds and assessments for administrators to look at; changes are made in the portal's pages."""

from django.contrib import admin

from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    Review,
    ReviewComment,
    Round,
    Snapshot,
    SupportRequest,
)
from declaration.admin import ReadOnlyAdmin


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    list_display = ["name", "edition", "opens_on", "due_on", "closes_on", "opened_by"]
    list_select_related = ["edition", "opened_by"]


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    list_display = ["partner", "round", "state", "sent_at", "submitted_at"]
    list_filter = ["round", "state"]
    list_select_related = ["partner", "round"]
    search_fields = ["partner__name"]


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    list_display = ["assessment", "indicator", "rating", "not_applicable", "completed", "version"]
    list_filter = ["assessment__round", "completed"]
    list_select_related = [
        "assessment__partner",
        "assessment__round",
        "indicator__commitment",
    ]
    search_fields = ["assessment__partner__name"]


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ["title", "url", "public", "added_by", "added_at"]
    list_select_related = ["added_by"]
    search_fields = ["title", "url"]


@admin.register(SupportRequest)
class SupportRequestAdmin(ReadOnlyAdmin):
    list_display = ["partner", "indicator", "offer", "words", "urgency", "state", "asked_at"]
    list_filter = ["state", "urgency"]
    list_select_related = ["partner", "indicator__commitment", "offer"]
    search_fields = ["partner__name", "words"]


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ["assessment", "decision", "by", "at"]
    list_filter = ["decision"]
    list_select_related = ["assessment__partner", "assessment__round", "by"]


@admin.register(ReviewComment)
class ReviewCommentAdmin(ReadOnlyAdmin):
    list_display = ["review", "indicator", "comment", "reopens"]
    list_select_related = [
        "review__assessment__partner",
        "review__assessment__round",
        "indicator__commitment",
    ]


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ["assessment", "number", "partner_name", "sha256", "accepted_by", "accepted_at"]
    list_select_related = ["assessment__partner", "assessment__round", "accepted_by"]
