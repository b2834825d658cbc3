"""Load an edition of the Declaration from a YAML file; any region can load its own."""

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.actions import load_edition
from declaration.actions import RefusedError


class Command(BaseCommand):
    """`manage.py load_declaration fixtures/essex_data_declaration.yaml`."""

    help = "Load an edition of the Declaration. A published edition is never changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file's path."""
        parser.add_argument("file", type=Path, help="a YAML file in the shape of the Essex one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file, or say what is wrong with it and change nothing."""
        path: Path = options["file"]
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        if not isinstance(data, dict):
            raise CommandError(f"{path} is not an edition: it holds no names and values.")
        try:
            edition = load_edition(data=data)
        except RefusedError as error:
            raise CommandError(str(error)) from error
        state = "published, unchanged" if edition.is_published else "loaded, not published yet"
        self.stdout.write(f"{edition.title}: {state}")
