"""Where the pages of this app are."""

from django.urls import path

from progress.views import home, public, reports, staff, timeline

app_name = "progress"

urlpatterns = [
    path("", public.home, name="home"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("privacy/", public.privacy, name="privacy"),
    path("cookies/", public.cookies, name="cookies"),
    path("start/", home.start, name="start"),
    path("overview/", staff.overview, name="overview"),
    path("heatmap/", staff.heatmap, name="heatmap"),
    path("failed/", staff.failed_job_list, name="failed-job-list"),
    path("partners/<slug:slug>/", home.partner_home, name="partner-home"),
    path("partners/<slug:slug>/timeline/", timeline.partner_timeline, name="partner-timeline"),
    path(
        "assessments/<int:pk>/timeline/",
        timeline.assessment_timeline,
        name="assessment-timeline",
    ),
    path("partners/<slug:slug>/reports/", reports.report_list, name="report-list"),
    path("partners/<slug:slug>/reports/request", reports.report_request, name="report-request"),
    path("reports/<str:code>/", reports.report_detail, name="report-detail"),
    path("reports/<str:code>/status", reports.report_status, name="report-status"),
    path("reports/<str:code>/download", reports.report_download, name="report-download"),
    path("reports/<str:code>/retry", reports.report_retry, name="report-retry"),
]
