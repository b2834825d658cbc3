"""The floor as a Django app: its tags, checks and commands."""

from django.apps import AppConfig, apps
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

from declaration import checks, triggers


class DeclarationConfig(AppConfig):
    """Registers the system checks, and what follows each `migrate`."""

    name = "declaration"
    verbose_name = "The floor"

    def ready(self) -> None:
        """Register each system check of the configuration."""
        for check in checks.EVERY_START:
            register(check, Tags.security)
        # The one signal of the portal: nothing else follows every migration of every app, and a
        # migration of ours would be undone by the next one that adds a trigger.
        post_migrate.connect(
            triggers.ask_without_subtransactions, sender=apps.get_app_config("pgtrigger")
        )
