"""What the queue and the clock ask of this app."""

from functools import partial
from typing import Any

from celery import shared_task
from django.dispatch import receiver

from declaration import jobs, pdf
from progress.actions import clear_files as clear
from progress.actions import make_report as make
from progress.actions import report_failed, report_made
from progress.models import Report


@shared_task(name="progress.tasks.make_report")
def make_report(report_id: int) -> None:
    """Make one report, or do the next step of a bundle."""
    jobs.run(Report, report_id, partial(make, render=pdf.render), report_made)


@receiver(jobs.failed, sender=Report)
def tell_failed(job: Report, **_kwargs: Any) -> None:
    """Tell the one who waits for it that a report was parked as failed."""
    report_failed(job)


@shared_task
def clear_files() -> None:
    """Delete files of reports and of parts of bundles that no row names."""
    clear()
