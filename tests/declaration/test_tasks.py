"""What the clock does by itself."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from declaration.celery import app
from declaration.tasks import clear_sessions


@pytest.mark.django_db
def test_sessions_that_have_run_out_are_deleted_and_no_others() -> None:
    now = timezone.now()
    for key, hours in {"over": -1, "open": 1}.items():
        Session.objects.create(session_key=key, expire_date=now + timedelta(hours=hours))
    clear_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["open"]


def test_the_clock_rings_only_for_tasks_there_are() -> None:
    app.loader.import_default_modules()
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "declaration.tasks.clear_sessions" in tasks
    assert tasks <= set(app.tasks)
