"""The Celery application: it only rings the bell, the truth is a row in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "declaration.settings")

app = Celery("declaration")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
