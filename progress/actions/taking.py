"""Take a report away: its file, its page; and try one again that could not be made."""

import hashlib
from pathlib import PurePath

from django.core.files import File

from declaration import files, jobs
from declaration.actions import RefusedError, action
from progress.actions.bundling import remove_parts
from progress.actions.noting import DOWNLOADED, RETRIED, note_report
from progress.models import Report
from signatories.models import User

LOST = "The file is lost. Ask for the report again."
NO_PAGE = "This report was made before reports were kept as pages. Download its file instead."
NOT_READY = "This report is not ready yet. It is the turn of the portal."


@action
def retry_report(*, report: Report, by: User) -> None:
    """Try a report again that could not be made; of a bundle also those in it that failed.

    RefusedError when it has not failed.
    """
    if not jobs.retry(report):
        raise RefusedError("This report has not failed, so there is nothing to try again.")
    if report.is_bundle:
        # It is asked for anew: what it holds may have changed since its first part was made.
        remove_parts(report)
        jobs.retry_all(report.children.all())
    note_report(report, RETRIED, by=by)


def measure_report(report: Report) -> int:
    """How many bytes its file has; RefusedError when it is not ready, or its file is lost."""
    with _open(report) as file:
        return file.size


def _open(report: Report) -> File[bytes]:
    if report.state != Report.State.DONE:
        raise RefusedError(NOT_READY)
    return files.open_kept(report.file, LOST)


@action
def download_report(*, report: Report, by: User) -> File[bytes]:
    """Open the file of a report that is ready, and note who took it; see `measure_report`."""
    file = _open(report)
    note_report(report, DOWNLOADED, by=by)
    return file


def read_page(report: Report) -> str:
    """The report as the page that was kept with its file, in HTML of our own making.

    RefusedError when it is not ready, has no page, or the page is not what was kept.
    """
    if report.state != Report.State.DONE:
        raise RefusedError(NOT_READY)
    if not report.page:
        raise RefusedError(NO_PAGE)
    with files.open_kept(report.page, LOST) as file:
        content: bytes = file.read()
    # It is shown as it is, so nobody may have put other words into the file.
    if hashlib.sha256(content).hexdigest() != PurePath(str(report.page.name)).stem[:64]:
        raise RefusedError(LOST)
    return content.decode()
