"""Fill a demonstration with made-up partners, to see how pages behave when there are many."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from commitments.models import Edition
from declaration.actions import RefusedError
from progress.management.scale import Region, Size
from signatories.models import User


class Command(BaseCommand):
    """`manage.py load_scale --partners 500 --rounds 3`: all of it or nothing."""

    help = "Add made-up partners and their rounds to the published edition. Demo mode only."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many."""
        parser.add_argument("--partners", type=int, default=500, help="how many partners")
        parser.add_argument("--rounds", type=int, default=3, help="how many rounds, a year each")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, or say why it cannot be done."""
        edition = Edition.objects.published().first()
        if edition is None:
            raise CommandError("Load and publish an edition first.")
        if min(options["partners"], options["rounds"]) < 1:
            raise CommandError("Ask for at least one partner and one round.")
        size = Size(partners=options["partners"], rounds=options["rounds"])
        try:
            with transaction.atomic():
                for made in Region(edition, self._staff()).make(size):
                    self.stdout.write(f"  {made}")
        except RefusedError as error:
            raise CommandError(str(error)) from error

    def _staff(self) -> User:
        """Who reviews: somebody at ecda who is there already, or somebody made up."""
        found = User.objects.filter(office=User.Office.STAFF, is_active=True).first()
        if found is not None:
            return found
        email = "staff@made-up.example"
        return User.objects.create_user(email, name="Made-up Staff", office=User.Office.STAFF)
