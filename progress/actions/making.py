"""Make a report: the document of one partner or round, or the next step of a bundle."""

from collections.abc import Callable
from typing import Any

from declaration import files, jobs
from declaration.actions import action
from progress import reports
from progress.actions.bundling import make_bundle, remove_parts
from progress.actions.noting import FAILED, MADE, note_report
from progress.models import Report

FOLDER = "reports"


def make_report(report: Report, *, render: Callable[[str], bytes]) -> dict[str, Any]:
    """Make the file of a report and keep it; return the fields to store when the job is finished.

    `render` turns a document's HTML into the bytes of a PDF. Raises JobFailedError for what can
    never be made, MoreError for a bundle that takes more tasks, whatever `render` raises for
    trouble that may pass.
    """
    if report.is_bundle:
        return make_bundle(report)
    jobs.tell(report, 10, "gathering the answers")
    found = reports.read(report)
    jobs.tell(report, 30, "drawing the charts")
    html, page = reports.write(found), reports.page(found)
    jobs.tell(report, 45, "laying out the pages")
    try:
        content = render(html)
    except ValueError as error:
        raise jobs.JobFailedError(f"The pages could not be laid out: {error}.") from error
    jobs.tell(report, 90, "keeping the file")
    kept = files.keep(content, FOLDER, ".pdf")
    return {
        "file": kept.name,
        "sha256": kept.sha256,
        "page": files.keep(page.encode(), FOLDER, ".html").name,
        "snapshot": found.snapshot,
        "release": found.release,
        "template_version": reports.TEMPLATE_VERSION,
    }


@action
def report_made(report: Report) -> None:
    """Note that the report is ready, and tell the one who asked while they may still see it.

    One that was made for a bundle rings for the bundle instead: nobody waits for it alone.
    """
    if report.parent is not None:
        jobs.ring(report.parent)
        return
    if report.is_bundle:
        remove_parts(report)
    note_report(report, MADE, by=None, tell=True)


@action
def report_failed(report: Report) -> None:
    """Note that the report could not be made, and tell the one who asked, as `report_made` does.

    One of a bundle rings for the bundle: it is put together without it, and says so itself.
    """
    if report.parent is not None:
        jobs.ring(report.parent)
        return
    note_report(report, FAILED, by=None, tell=True)
