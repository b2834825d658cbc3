"""Ring again for waiting and abandoned jobs, without Celery's clock."""

from typing import Any

from django.core.management.base import BaseCommand

from declaration import jobs


class Command(BaseCommand):
    """`manage.py sweep`: what beat does every few seconds, once."""

    help = "Ring again for waiting and abandoned jobs, and park those that failed five times."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep every kind of job and print how many were rung and parked."""
        swept = jobs.sweep()
        self.stdout.write(f"{swept.rung} rung, {swept.parked} parked")
