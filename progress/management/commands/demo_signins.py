"""Print the demonstration's sign-ins."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from progress.management.demo import PASSWORD, SIGN_INS
from signatories.models import User


class Command(BaseCommand):
    """`manage.py demo_signins`: who can be tried, and with what password."""

    help = "Print the addresses and the password of the demonstration, where its people exist."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each persona; nothing in a database that holds other people."""
        if not settings.DEMO:
            raise CommandError("There are demo sign-ins in demo mode only: set DEMO=on.")
        addresses = [sign_in.email for sign_in in SIGN_INS]
        there = set(User.objects.filter(email__in=addresses).values_list("email", flat=True))
        if not there:
            return
        for sign_in in SIGN_INS:
            if sign_in.email in there:
                self.stdout.write(f"  {sign_in.who:<44}{sign_in.email}")
        self.stdout.write(f"  Password of all of them: {PASSWORD}")
