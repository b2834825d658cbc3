"""The app of what is promised."""

from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    """Editions, commitments, indicators, level descriptions and support offers."""

    name = "commitments"
    verbose_name = "What is promised"
