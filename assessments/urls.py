"""Where rounds, assessments, answers and reviews are."""

from django.urls import path

from assessments.views import (
    assigning,
    carrying,
    documents,
    drafts,
    evidence,
    history,
    improvements,
    respond,
    review,
    rounds,
    sheets,
    signoff,
)

app_name = "assessments"

urlpatterns = [
    path("assessments/<int:pk>/", respond.assessment_detail, name="assessment-detail"),
    path("assessments/<int:pk>/check/", respond.assessment_check, name="assessment-check"),
    path("answers/<int:pk>/", respond.answer_edit, name="answer-edit"),
    path("answers/<int:pk>/save", respond.answer_save, name="answer-save"),
    path("answers/<int:pk>/draft", drafts.answer_draft, name="answer-draft"),
    path("answers/<int:pk>/draft/discard", drafts.draft_discard, name="draft-discard"),
    path("answers/<int:pk>/presence", drafts.answer_presence, name="answer-presence"),
    path("drafts/<int:pk>/", drafts.draft_detail, name="draft-detail"),
    path("drafts/<int:pk>/discard", drafts.draft_detail_discard, name="draft-detail-discard"),
    path("answers/<int:pk>/links/add", evidence.answer_add_link, name="answer-add-link"),
    path("answers/<int:pk>/files", evidence.evidence_upload, name="evidence-upload"),
    path("evidence/<int:pk>/", evidence.evidence_detail, name="evidence-detail"),
    path("evidence/<int:pk>/remove", evidence.evidence_remove, name="evidence-remove"),
    path("evidence/<int:pk>/unpublish", evidence.evidence_unpublish, name="evidence-unpublish"),
    path("evidence/files/<str:code>/", evidence.evidence_download, name="evidence-download"),
    path("evidence/files/<str:code>/retry", evidence.evidence_retry, name="evidence-retry"),
    path(
        "assessments/<int:pk>/carry-forward",
        carrying.assessment_carry_forward,
        name="assessment-carry-forward",
    ),
    path("answers/<int:pk>/assign/", assigning.answer_assign, name="answer-assign"),
    path("answers/<int:pk>/unassign", assigning.answer_unassign, name="answer-unassign"),
    path("answers/<int:pk>/history/", history.answer_history, name="answer-history"),
    path("answers/<int:pk>/restore", history.answer_restore, name="answer-restore"),
    path(
        "partners/<slug:slug>/improvements/", improvements.improvement_list, name="improvement-list"
    ),
    path(
        "partners/<slug:slug>/improvements/add/",
        improvements.improvement_add,
        name="improvement-add",
    ),
    path("improvements/<int:pk>/", improvements.improvement_edit, name="improvement-edit"),
    path("assessments/<int:pk>/send", signoff.assessment_send, name="assessment-send"),
    path(
        "assessments/<int:pk>/take-back", signoff.assessment_take_back, name="assessment-take-back"
    ),
    path("assessments/<int:pk>/sent/", signoff.assessment_sent, name="assessment-sent"),
    path("assessments/<int:pk>/sign-off/", signoff.assessment_sign_off, name="assessment-sign-off"),
    path(
        "assessments/<int:pk>/sign-off/confirm",
        signoff.assessment_sign_off_confirm,
        name="assessment-sign-off-confirm",
    ),
    path("assessments/<int:pk>/decline", signoff.assessment_decline, name="assessment-decline"),
    path("reviews/", review.review_queue, name="review-queue"),
    path("assessments/<int:pk>/review/", review.review_detail, name="review-detail"),
    path("assessments/<int:pk>/review/accept", review.review_accept, name="review-accept"),
    path(
        "assessments/<int:pk>/review/request-changes",
        review.review_request_changes,
        name="review-request-changes",
    ),
    path("assessments/<int:pk>/review/reopen", review.review_reopen, name="review-reopen"),
    path(
        "assessments/<int:pk>/documents/request",
        documents.document_request,
        name="document-request",
    ),
    path(
        "rounds/<slug:slug>/questions/request",
        documents.questions_request,
        name="questions-request",
    ),
    path("documents/<str:code>/", documents.document_detail, name="document-detail"),
    path("documents/<str:code>/status", documents.document_status, name="document-status"),
    path("documents/<str:code>/download", documents.document_download, name="document-download"),
    path("documents/<str:code>/retry", documents.document_retry, name="document-retry"),
    path("assessments/<int:pk>/sheet/", sheets.sheet_download, name="sheet-download"),
    path("assessments/<int:pk>/sheet/upload/", sheets.sheet_upload, name="sheet-upload"),
    path("uploads/<int:pk>/", sheets.sheet_detail, name="sheet-detail"),
    path("uploads/<int:pk>/confirm", sheets.sheet_confirm, name="sheet-confirm"),
    path("uploads/<int:pk>/discard", sheets.sheet_discard, name="sheet-discard"),
    path("rounds/", rounds.round_list, name="round-list"),
    path("rounds/open/", rounds.round_open, name="round-open"),
    path(
        "partners/<slug:slug>/rounds/<slug:round>/start",
        rounds.assessment_start,
        name="assessment-start",
    ),
]
