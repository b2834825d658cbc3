"""The floor: settings and tools that know no app and own no table."""

from declaration.celery import app as celery_app

__all__ = ["celery_app"]
