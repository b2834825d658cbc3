"""What the queue and the clock ask of this app."""

from functools import partial

from celery import shared_task

from declaration import jobs, pdf
from signatories.actions.certificates import certificate_made, make_certificate
from signatories.actions.messages import gather_notices as gather
from signatories.actions.messages import send_message as send
from signatories.models import Certificate, Message


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
