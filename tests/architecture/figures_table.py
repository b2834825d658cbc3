"""Who may see figures, reports and open data: the access table's rows of the last app."""

from tests.architecture.access_table import (
    ANYONE_IN,
    ECDA,
    LEADS_AND_ECDA,
    MEMBERS_AND_ECDA,
    PUBLIC,
    page,
    verb,
)

FIGURES = [
    # progress: the public
    page("progress:home", PUBLIC),
    page("progress:accessibility", PUBLIC),
    page("progress:privacy", PUBLIC),
    page("progress:cookies", PUBLIC),
    # progress: a partner's own
    page("progress:start", ANYONE_IN),
    page("progress:partner-home", MEMBERS_AND_ECDA, "partner"),
    page("progress:partner-timeline", LEADS_AND_ECDA, "partner"),
    page("progress:assessment-timeline", MEMBERS_AND_ECDA, "assessment"),
    page("progress:report-list", MEMBERS_AND_ECDA, "partner"),
    verb("progress:report-request", MEMBERS_AND_ECDA, "partner"),
    page("progress:report-detail", MEMBERS_AND_ECDA, "report"),
    page("progress:report-status", MEMBERS_AND_ECDA, "report"),
    page("progress:report-download", MEMBERS_AND_ECDA, "report"),
    verb("progress:report-retry", MEMBERS_AND_ECDA, "report"),
    # progress: ecda
    page("progress:overview", ECDA),
    page("progress:heatmap", ECDA),
    page("progress:failed-job-list", ECDA),
]
