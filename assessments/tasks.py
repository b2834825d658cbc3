"""What the queue asks of this app."""

from functools import partial

from celery import shared_task

from assessments.actions.documenting import make_document as make
from assessments.actions.files import clear_files as clear
from assessments.actions.files import file_scanned
from assessments.actions.files import scan_file as scan
from assessments.actions.reminders import remind as remind_partners
from assessments.actions.turning import open_and_close_due
from assessments.models import Document, EvidenceFile
from declaration import jobs, pdf


@shared_task(name="assessments.tasks.make_document")
def make_document(document_id: int) -> None:
    """Make the PDF of one document."""
    jobs.run(Document, document_id, partial(make, render=pdf.render))


@shared_task(name="assessments.tasks.scan_file")
def scan_file(file_id: int) -> None:
    """Have one uploaded file checked for viruses."""
    jobs.run(EvidenceFile, file_id, scan, file_scanned)


@shared_task(name="assessments.tasks.clear_files")
def clear_files() -> None:
    """Delete uploaded files that no row names."""
    clear()


@shared_task(name="assessments.tasks.remind")
def remind() -> None:
    """Tell people of the due dates that come near or have passed."""
    remind_partners()


@shared_task(name="assessments.tasks.turn_rounds")
def turn_rounds() -> None:
    """Open and close the rounds whose day has come."""
    open_and_close_due()
