"""Rounds and assessments for administrators to look at; changes are made in the portal's pages.

What one person has typed and not saved is not here: drafts and spreadsheets are theirs alone.
"""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from assessments.models import (
    Answer,
    Assessment,
    Assignment,
    Connection,
    Contact,
    Document,
    Evidence,
    EvidenceFile,
    Extension,
    GoodPractice,
    Improvement,
    Publication,
    QualityRequest,
    Release,
    ReleasedRating,
    ReleaseEntry,
    Reminder,
    Review,
    ReviewComment,
    ReviewNote,
    Round,
    Snapshot,
    SupportReply,
    SupportRequest,
)
from declaration.admin import ReadOnlyAdmin
from signatories.models import Membership


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


@admin.register(EvidenceFile)
class EvidenceFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "evidence", "number", "size", "state", "verdict", "uploaded_by"]
    list_filter = ["state", "verdict"]
    list_select_related = ["evidence", "uploaded_by"]
    search_fields = ["name", "sha256"]


@admin.register(Improvement)
class ImprovementAdmin(ReadOnlyAdmin):
    list_display = ["partner", "indicator", "what", "owner", "due_on", "state"]
    list_filter = ["state"]
    list_select_related = ["partner", "indicator__commitment"]
    search_fields = ["partner__name", "what"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["answer", "person", "due_on", "assigned_by", "assigned_at"]
    list_select_related = [
        "answer__assessment__partner",
        "answer__assessment__round",
        "answer__indicator__commitment",
        "person",
        "assigned_by",
    ]


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


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["kind", "assessment", "round", "state", "attempt", "requested_by", "queued_at"]
    list_filter = ["state", "kind"]
    list_select_related = [
        "assessment__partner",
        "assessment__round",
        "round",
        "requested_by",
    ]
    search_fields = ["assessment__partner__name", "code"]
    ordering = ["-queued_at"]


@admin.register(Extension)
class ExtensionAdmin(ReadOnlyAdmin):
    list_display = ["assessment", "until", "reason", "granted_by", "granted_at"]
    list_select_related = ["assessment__partner", "assessment__round", "granted_by"]


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ["partner", "started_by", "started_at", "ended_by", "ended_at"]
    list_select_related = ["partner", "started_by", "ended_by"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["round", "number", "sha256", "released_by", "released_at"]
    list_select_related = ["round", "released_by"]


@admin.register(ReleaseEntry)
class ReleaseEntryAdmin(ReadOnlyAdmin):
    list_display = ["release", "partner_name", "kind", "left_out", "published"]
    list_select_related = ["release__round"]
    search_fields = ["partner_name"]


@admin.register(ReleasedRating)
class ReleasedRatingAdmin(ReadOnlyAdmin):
    list_display = ["entry", "indicator", "rating"]
    list_select_related = ["entry__release__round", "indicator__commitment"]


@admin.register(ReviewNote)
class ReviewNoteAdmin(ReadOnlyAdmin):
    list_display = ["assessment", "words", "by", "at"]
    list_select_related = ["assessment__partner", "assessment__round", "by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """The notes about partners that the administrator does not belong to."""
        own = Membership.objects.current().filter(person=request.user.pk)
        found = super().get_queryset(request)
        return found.exclude(assessment__partner__in=own.values("partner"))


@admin.register(QualityRequest)
class QualityRequestAdmin(ReadOnlyAdmin):
    list_display = ["answer", "kind", "words", "asked_by", "asked_at"]
    list_filter = ["kind"]
    list_select_related = [
        "answer__assessment__partner",
        "answer__assessment__round",
        "answer__indicator__commitment",
        "asked_by",
    ]


@admin.register(SupportReply)
class SupportReplyAdmin(ReadOnlyAdmin):
    list_display = ["request", "words", "from_ecda", "by", "at"]
    list_select_related = ["request__offer", "by"]


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    list_display = ["partner", "name", "email", "agreed_by", "agreed_at"]
    list_select_related = ["partner", "agreed_by"]


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = ["request", "helper", "made_by", "made_at"]
    list_select_related = ["request__partner", "request__offer", "helper", "made_by"]


@admin.register(GoodPractice)
class GoodPracticeAdmin(ReadOnlyAdmin):
    list_display = ["title", "partner", "indicator", "state", "published_at"]
    list_filter = ["state"]
    list_select_related = ["partner", "indicator__commitment"]
    search_fields = ["title", "body"]


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["assessment", "due_on", "step", "made_at"]
    list_select_related = ["assessment__partner", "assessment__round"]
