"""What the queue and the clock ask of this app."""

from functools import partial

from celery import shared_task

from declaration import jobs, pdf
from signatories.actions.certificates import certificate_made, make_certificate
from signatories.actions.messages import gather_notices as gather
from signatories.actions.messages import send_message as send
from signatories.actions.partner_imports import read_list
from signatories.actions.recording import clear_scans as clear
from signatories.models import Certificate, Message, PartnerImport
from signatories.resources import open_list


@shared_task
def gather_notices() -> None:
    """Turn due notices into messages."""
    gather()


@shared_task
def send_message(message_id: int) -> None:
    """Hand over one e-mail."""
    jobs.run(Message, message_id, send)


@shared_task(name="signatories.tasks.make_certificate")
def make_certificate_task(certificate_id: int) -> None:
    """Make the PDF of one signature."""
    work = partial(make_certificate, render=pdf.render)
    jobs.run(Certificate, certificate_id, work, certificate_made)


@shared_task
def read_partner_list(import_id: int) -> None:
    """Say what each row of one partner list would change."""
    jobs.run(PartnerImport, import_id, partial(read_list, open_=open_list))


@shared_task
def clear_scans() -> None:
    """Delete scans that no signature names."""
    clear()
