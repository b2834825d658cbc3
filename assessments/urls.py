"""Where rounds, assessments, answers and reviews are."""

from django.urls import path

from assessments.views import respond, review, rounds, signoff

app_name = "assessments"

urlpatterns = [
    path("assessments/<int:pk>/", respond.assessment_detail, name="assessment-detail"),
    path("assessments/<int:pk>/check/", respond.assessment_check, name="assessment-check"),
    path("answers/<int:pk>/", respond.answer_edit, name="answer-edit"),
    path("answers/<int:pk>/save", respond.answer_save, name="answer-save"),
    path("evidence/<int:pk>/remove", respond.evidence_remove, name="evidence-remove"),
    path("assessments/<int:pk>/send", signoff.assessment_send, name="assessment-send"),
    path(
        "assessments/<int:pk>/take-back", signoff.assessment_take_back, name="assessment-take-back"
    ),
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
    path("rounds/", rounds.round_list, name="round-list"),
    path("rounds/open/", rounds.round_open, name="round-open"),
    path(
        "partners/<slug:slug>/rounds/<slug:round>/start",
        rounds.assessment_start,
        name="assessment-start",
    ),
]
