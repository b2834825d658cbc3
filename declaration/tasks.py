"""The floor's own task: ring again for work that was asked for and is not under way."""

from celery import shared_task

from declaration import jobs


@shared_task
def sweep() -> None:
    """Ring again for waiting and abandoned jobs, and park those that keep failing."""
    jobs.sweep()
