"""The Celery application: it only rings the bell, the truth is a row in PostgreSQL."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured

from declaration.checks import refuse_unsafe_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "declaration.settings")

app = Celery("declaration")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def refuse_to_start(**_kwargs: Any) -> None:
    """End worker and clock when a setting is unsafe; Celery only logs any other error here."""
    try:
        refuse_unsafe_settings()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error


worker_init.connect(refuse_to_start)
beat_init.connect(refuse_to_start)
