"""Helpers for tests of bundles: partners in a round, and a worker that makes small files."""

from io import BytesIO
from zipfile import ZipFile

from django.core.files.storage import default_storage

from declaration import files, jobs
from progress import actions
from progress.models import Report


def step(report: Report) -> Report:
    """Do one task of a job, with a renderer that is done at once; how the job is then."""
    jobs.run(
        Report,
        report.pk,
        lambda job: actions.make_report(job, render=lambda html: b"%PDF of " + html.encode()),
        actions.report_made,
    )
    return Report.objects.get(pk=report.pk)


def end(report: Report, content: bytes = b"%PDF small") -> Report:
    """Have a worker end a report with a file of a few bytes."""
    job = jobs.claim(Report, report.pk)
    assert job is not None
    kept = files.keep(content, "reports", ".pdf")
    assert jobs.finish(job, {"file": kept.name, "sha256": kept.sha256}, actions.report_made)
    return Report.objects.get(pk=report.pk)


def break_(report: Report, why: str = "No fonts") -> None:
    """Have a worker give a report up."""
    job = jobs.claim(Report, report.pk)
    assert job is not None
    jobs.fail(job, why, final=True)


def finished(report: Report, tasks: int = 60) -> Report:
    """Do tasks of a bundle and of its reports until it has ended."""
    for _ in range(tasks):
        found = step(report)
        if not found.is_waiting:
            return found
        for child in found.children.filter(state=Report.State.QUEUED):
            end(child, f"%PDF of {child.about}".encode())
    raise AssertionError(f"{report} takes more than {tasks} tasks")


def content_of(report: Report) -> bytes:
    """The bytes of a report's file."""
    with default_storage.open(str(report.file.name)) as file:
        content: bytes = file.read()
    return content


def opened(report: Report) -> ZipFile:
    """A bundle's ZIP."""
    return ZipFile(BytesIO(content_of(report)))


def contents(report: Report) -> list[list[str]]:
    """The rows of the list in a bundle, without its heading."""
    text = opened(report).read("contents.csv").decode("utf-8-sig")
    return [line.split(",") for line in text.splitlines()[1:]]
