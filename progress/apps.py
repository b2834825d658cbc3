"""The app of what it adds up to."""

from django.apps import AppConfig


class ProgressConfig(AppConfig):
    """Dashboards, reports and public pages."""

    name = "progress"
    verbose_name = "What it adds up to"
