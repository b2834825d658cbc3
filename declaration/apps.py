"""The floor as a Django app: its tags, checks and commands."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from declaration import checks


class DeclarationConfig(AppConfig):
    """Registers the system checks."""

    name = "declaration"
    verbose_name = "The floor"

    def ready(self) -> None:
        """Register each system check of the configuration."""
        for check in checks.EVERY_START:
            register(check, Tags.security)
