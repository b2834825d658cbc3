"""Which rows of the access table are no pages for axe, or are looked at in a journey."""

# Rows of the access table that are no pages: fragments, files and health.
NO_PAGES = {
    "healthz",
    "assessments:document-status",
    "assessments:document-download",
    "assessments:evidence-download",
    "assessments:sheet-download",
    "assessments:support-export",
    "assessments:support-workbook",
    "assessments:review-export",
    "assessments:review-workbook",
    "assessments:round-export",
    "assessments:round-workbook",
    "assessments:practice-export",
    "assessments:practice-workbook",
    "signatories:message-export",
    "signatories:message-workbook",
    "assessments:quality-export",
    "assessments:quality-workbook",
    "readyz",
    "progress:report-status",
    "progress:report-download",
    "signatories:certificate-status",
    "signatories:certificate-download",
    "signatories:scan-download",
    "signatories:register-export",
    "signatories:partner-export",
    "signatories:partner-workbook",
    "signatories:partner-template",
    "signatories:partner-example",
    "signatories:partner-template-workbook",
    "signatories:import-status",
    "signatories:import-refused",
    # Leads on to the page that asks.
    "signatories:unsubscribe-confirm",
}

# Looked at where a round has closed: the demonstration’s is open.
ELSEWHERE = {"assessments:release-detail": "tests/journeys/test_a_whole_year.py"}
