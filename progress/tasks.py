"""What the queue asks of this app."""

from functools import partial

from celery import shared_task

from declaration import jobs, pdf
from progress.actions import make_report as make
from progress.actions import report_made
from progress.models import Report


@shared_task(name="progress.tasks.make_report")
def make_report(report_id: int) -> None:
    """Make the PDF of one progress report."""
    jobs.run(Report, report_id, partial(make, render=pdf.render), report_made)
