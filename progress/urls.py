"""Where the pages of this app are."""

from django.urls import path

from progress import api
from progress.views import (
    figures,
    home,
    opendata,
    partner_progress,
    public,
    publishing,
    reports,
    staff,
    staff_files,
    staff_reports,
    timeline,
)

app_name = "progress"

# Where the open files are, and what follows an address to its description.
EDITION = "data/<slug:edition>"
RELEASE = "data/<slug:round>/release-<int:number>"
METADATA = "-metadata.json"

urlpatterns = [
    path("", public.home, name="home"),
    path("progress/", public.public_progress, name="public-progress"),
    path("register/<slug:slug>/", public.partner_public, name="partner-public"),
    path("open-data/", opendata.open_data, name="open-data"),
    path("data/signatories.csv", opendata.data_signatories, name="data-signatories"),
    path(
        f"data/signatories.csv{METADATA}",
        opendata.data_signatories_metadata,
        name="data-signatories-metadata",
    ),
    path(f"{EDITION}/commitments.csv", opendata.data_commitments, name="data-commitments"),
    path(
        f"{EDITION}/commitments.csv{METADATA}",
        opendata.data_commitments_metadata,
        name="data-commitments-metadata",
    ),
    path(f"{EDITION}/indicators.csv", opendata.data_indicators, name="data-indicators"),
    path(
        f"{EDITION}/indicators.csv{METADATA}",
        opendata.data_indicators_metadata,
        name="data-indicators-metadata",
    ),
    path(f"{RELEASE}/results.csv", opendata.data_results, name="data-results"),
    path(
        f"{RELEASE}/results.csv{METADATA}",
        opendata.data_results_metadata,
        name="data-results-metadata",
    ),
    path(f"{RELEASE}/ratings.csv", opendata.data_ratings, name="data-ratings"),
    path(
        f"{RELEASE}/ratings.csv{METADATA}",
        opendata.data_ratings_metadata,
        name="data-ratings-metadata",
    ),
    *api.urlpatterns,
    path("accessibility/", public.accessibility, name="accessibility"),
    path("privacy/", public.privacy, name="privacy"),
    path("cookies/", public.cookies, name="cookies"),
    path("start/", home.start, name="start"),
    path("overview/", staff.overview, name="overview"),
    path("overview.csv", staff_files.overview_export, name="overview-export"),
    path("overview.xlsx", staff_files.overview_workbook, name="overview-workbook"),
    path("overview/commitments.csv", staff_files.commitments_export, name="added-up-export"),
    path("overview/commitments.xlsx", staff_files.commitments_workbook, name="added-up-workbook"),
    path("heatmap/", staff.heatmap, name="heatmap"),
    path("heatmap.csv", staff_files.heatmap_export, name="heatmap-export"),
    path("heatmap.xlsx", staff_files.heatmap_workbook, name="heatmap-workbook"),
    path("heatmap/indicators.csv", staff_files.sum_export, name="sum-export"),
    path("heatmap/indicators.xlsx", staff_files.sum_workbook, name="sum-workbook"),
    path(
        "figures/<slug:round>/indicators/<str:code>/",
        figures.indicator_detail,
        name="indicator-detail",
    ),
    path(
        "figures/<slug:round>/indicators/<str:code>/answers.csv",
        figures.indicator_export,
        name="indicator-export",
    ),
    path(
        "figures/<slug:round>/indicators/<str:code>/answers.xlsx",
        figures.indicator_workbook,
        name="indicator-workbook",
    ),
    path(
        "figures/<slug:round>/indicators/<str:code>/figures.csv",
        figures.indicator_sums_export,
        name="indicator-sums-export",
    ),
    path(
        "figures/<slug:round>/indicators/<str:code>/figures.xlsx",
        figures.indicator_sums_workbook,
        name="indicator-sums-workbook",
    ),
    path(
        "figures/<slug:round>/commitments/<int:number>/",
        figures.commitment_detail,
        name="commitment-detail",
    ),
    path(
        "figures/<slug:round>/commitments/<int:number>/answers.csv",
        figures.commitment_export,
        name="commitment-export",
    ),
    path(
        "figures/<slug:round>/commitments/<int:number>/answers.xlsx",
        figures.commitment_workbook,
        name="commitment-workbook",
    ),
    path(
        "figures/<slug:round>/commitments/<int:number>/figures.csv",
        figures.commitment_sums_export,
        name="commitment-sums-export",
    ),
    path(
        "figures/<slug:round>/commitments/<int:number>/figures.xlsx",
        figures.commitment_sums_workbook,
        name="commitment-sums-workbook",
    ),
    path("failed/", staff.failed_job_list, name="failed-job-list"),
    path("partners/<slug:slug>/", home.partner_home, name="partner-home"),
    path(
        "partners/<slug:slug>/progress/",
        partner_progress.partner_progress,
        name="partner-progress",
    ),
    path(
        "partners/<slug:slug>/progress.csv",
        partner_progress.partner_progress_export,
        name="partner-progress-export",
    ),
    path(
        "partners/<slug:slug>/progress.xlsx",
        partner_progress.partner_progress_workbook,
        name="partner-progress-workbook",
    ),
    path(
        "partners/<slug:slug>/publishing/", publishing.publishing_detail, name="publishing-detail"
    ),
    path(
        "partners/<slug:slug>/publishing/start",
        publishing.publishing_start,
        name="publishing-start",
    ),
    path(
        "partners/<slug:slug>/publishing/stop", publishing.publishing_stop, name="publishing-stop"
    ),
    path("partners/<slug:slug>/timeline/", timeline.partner_timeline, name="partner-timeline"),
    path(
        "assessments/<int:pk>/timeline/",
        timeline.assessment_timeline,
        name="assessment-timeline",
    ),
    path("partners/<slug:slug>/reports/", reports.report_list, name="report-list"),
    path("partners/<slug:slug>/reports/request", reports.report_request, name="report-request"),
    path("reports/", staff_reports.report_staff_list, name="report-staff-list"),
    path("reports/request", staff_reports.report_staff_request, name="report-staff-request"),
    path("reports/<str:code>/", reports.report_detail, name="report-detail"),
    path("reports/<str:code>/page/", reports.report_page, name="report-page"),
    path("reports/<str:code>/status", reports.report_status, name="report-status"),
    path("reports/<str:code>/download", reports.report_download, name="report-download"),
    path("reports/<str:code>/retry", reports.report_retry, name="report-retry"),
]
