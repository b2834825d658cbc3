"""The verbs of this app: ask for reports, make them, try them again, take them away."""

from progress.actions.clearing import clear_files
from progress.actions.making import make_report, report_failed, report_made
from progress.actions.requesting import (
    request_bundle,
    request_certificates,
    request_report,
    request_system_report,
)
from progress.actions.taking import (
    LOST,
    download_report,
    measure_report,
    read_page,
    retry_report,
)

__all__ = [
    "LOST",
    "clear_files",
    "download_report",
    "make_report",
    "measure_report",
    "read_page",
    "report_failed",
    "report_made",
    "request_bundle",
    "request_certificates",
    "request_report",
    "request_system_report",
    "retry_report",
]
