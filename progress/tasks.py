"""What the queue and the clock ask of this app."""

from functools import partial

from celery import shared_task

from declaration import jobs, pdf
from progress.actions import clear_parts as clear
from progress.actions import make_report as make
from progress.actions import report_made
from progress.models import Report


@shared_task(name="progress.tasks.make_report")
def make_report(report_id: int) -> None:
    """Make one report, or do the next step of a bundle."""
    jobs.run(Report, report_id, partial(make, render=pdf.render), report_made)


@shared_task
def clear_parts() -> None:
    """Delete parts of bundles that no row names."""
    clear()
