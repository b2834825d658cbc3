"""The app of how partners keep their promise."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Rounds, assessments, answers, evidence, support requests, reviews and snapshots."""

    name = "assessments"
    verbose_name = "How they keep it"
