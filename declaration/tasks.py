"""The floor's own tasks: ring again for work that waits, and throw out what has run out."""

from celery import shared_task
from django.core.management import call_command

from declaration import jobs


@shared_task
def sweep() -> None:
    """Ring again for waiting and abandoned jobs, and park those that keep failing."""
    jobs.sweep()


@shared_task
def clear_sessions() -> None:
    """Delete the sessions that have run out; Django itself keeps them for ever."""
    call_command("clearsessions")
