"""Publish an edition of the Declaration from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.actions.editions import AlreadyPublishedError, publish_edition


class Command(BaseCommand):
    """`manage.py publish_edition essex`."""

    help = "Publish an edition: its text is frozen for ever. Doing it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the edition's slug."""
        parser.add_argument("slug", help="the edition’s slug, such as essex")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish the edition, or say why it cannot be done."""
        edition = Edition.objects.filter(slug=options["slug"]).first()
        if edition is None:
            raise CommandError(f"There is no edition “{options['slug']}”. {self._known()}")
        try:
            publish_edition(edition=edition, by=None)
        except AlreadyPublishedError:
            self.stdout.write(f"{edition.title}: already published")
        except RefusedError as error:
            raise CommandError(str(error)) from error
        else:
            self.stdout.write(f"{edition.title}: published")

    @staticmethod
    def _known() -> str:
        slugs = ", ".join(Edition.objects.order_by("slug").values_list("slug", flat=True))
        return f"There are: {slugs}." if slugs else "Load one with load_declaration first."
