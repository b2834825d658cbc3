"""Fill an empty portal with a believable demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from commitments.models import Edition
from progress.management.demo import Demo
from signatories.models import Partner


class Command(BaseCommand):
    """`manage.py load_demo`: all of it or nothing."""

    help = "Make sixteen partners in the middle of a round. Demo mode and an empty database only."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer to leave a database with partners alone."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are partners already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell the story, or say why it cannot be told."""
        if not settings.DEMO:
            raise CommandError("Demo sign-ins are for demonstrations only: set DEMO=on.")
        if Partner.objects.exists():
            if options["if_empty"]:
                self.stdout.write("The portal has partners already; the demo is left as it is.")
                return
            raise CommandError("There are partners already; the demo needs an empty database.")
        edition = Edition.objects.published().first()
        if edition is None:
            raise CommandError("Load and publish an edition first.")
        with transaction.atomic():
            for made in Demo(edition).tell():
                self.stdout.write(f"  {made}")
