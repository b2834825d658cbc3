"""The app of who has promised it."""

from django.apps import AppConfig


class SignatoriesConfig(AppConfig):
    """Partners, people, memberships, signatures, certificates, events and messages."""

    name = "signatories"
    verbose_name = "Who has promised it"
