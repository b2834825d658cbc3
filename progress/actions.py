"""The verbs of this app: ask for a report, make it, try it again, take it away."""

from collections.abc import Callable

from django.core.files import File
from django.urls import reverse

from assessments.models import Assessment, Round
from declaration import files, jobs
from declaration.actions import RefusedError, action
from progress import reports
from progress.models import Report
from progress.reports import TEMPLATE_VERSION
from progress.verbs import NOTICES, Verb
from signatories.actions.events import record
from signatories.models import Partner, User


@action
def request_report(*, partner: Partner, round: Round, key: str, by: User) -> Report:
    """Ask for the progress report of a partner and a round, and ring for it.

    The same person, partner, round and key mean the same report, however often it is sent.
    """
    if not Assessment.objects.filter(partner=partner, round=round).exists():
        raise RefusedError(
            f"{partner} has no assessment in {round}, so there is nothing to report."
        )
    report, created = Report.objects.get_or_create(
        key=f"report-{by.pk}-{partner.pk}-{round.pk}-{key}",
        defaults={"partner": partner, "round": round, "requested_by": by},
    )
    if created:
        record(verb=Verb.REPORT_REQUESTED, by=by, partner=partner, subject=report, note=round.name)
        jobs.ring(report)
    return report


def make_report(report: Report, *, render: Callable[[str], bytes]) -> dict[str, str | int]:
    """Make the PDF of a report and keep it; return the fields to store when the job is finished.

    `render` turns the document's HTML into the bytes of a PDF. Raises JobFailedError for a
    document that can never be made, whatever `render` raises for trouble that may pass.
    """
    jobs.tell(report, 10, "gathering the answers")
    progress = reports.read(report)
    jobs.tell(report, 30, "drawing the charts")
    html = reports.write(progress)
    jobs.tell(report, 45, "laying out the pages")
    try:
        content = render(html)
    except ValueError as error:
        raise jobs.JobFailedError(f"The pages could not be laid out: {error}.") from error
    jobs.tell(report, 90, "keeping the file")
    kept = files.keep(content, "reports", ".pdf")
    return {"file": kept.name, "sha256": kept.sha256, "template_version": TEMPLATE_VERSION}


@action
def report_made(report: Report) -> None:
    """Note that the report is ready, and tell the one who asked while they may still see it."""
    person = report.requested_by
    allowed = Report.objects.visible_to(person).filter(pk=report.pk).exists()
    record(
        verb=Verb.REPORT_MADE,
        by=None,
        partner=report.partner,
        subject=report,
        note=report.round.name,
        path=reverse("progress:report-detail", args=[report.code]),
        notices=NOTICES,
        also=[person] if allowed else [],
    )


@action
def retry_report(*, report: Report, by: User) -> None:
    """Try a report again that could not be made."""
    if not jobs.retry(report):
        raise RefusedError("This report has not failed, so there is nothing to try again.")
    record(
        verb=Verb.REPORT_RETRIED,
        by=by,
        partner=report.partner,
        subject=report,
        note=report.round.name,
    )


@action
def download_report(*, report: Report, by: User) -> File[bytes]:
    """Open the file of a report that is ready, and note who took it."""
    if report.state != Report.State.DONE:
        raise RefusedError("This report is not ready yet. It is the turn of the portal.")
    lost = "The file of this report is lost. Ask for the report again."
    file = files.open_kept(report.file, lost)
    record(
        verb=Verb.REPORT_DOWNLOADED,
        by=by,
        partner=report.partner,
        subject=report,
        note=report.round.name,
    )
    return file
