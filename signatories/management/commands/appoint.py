"""Give somebody an office at ecda, from the command line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from declaration.actions import RefusedError
from signatories.actions.people import appoint
from signatories.models import User


class Command(BaseCommand):
    """`manage.py appoint sam@ecda.example "Sam Example" --office administrator`."""

    help = "Make somebody ecda staff or administrator. They sign in by a code sent to the address."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address, the name and the office."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--office", choices=["staff", "administrator"], default="staff")

    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint the person, or say why not."""
        office = User.Office(options["office"])
        try:
            person = appoint(email=options["email"], name=options["name"], office=office, by=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except RefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{person} <{person.email}>: {office.label.lower()}")
