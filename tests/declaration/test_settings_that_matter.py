"""The settings that the portal's promises hang on, read where they take effect."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from kombu.transport.redis import Channel

from declaration.celery import app
from declaration.jobs import Urgency

# Prints what a web process has: its pool, and what PostgreSQL says of its connection.
LOOK = """
import django, json
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    found = {}
    for name in ["statement_timeout", "lock_timeout"]:
        cursor.execute(f"SHOW {name}")
        found[name] = cursor.fetchone()[0]
pool = connection.pool
found |= {"pool": pool and [pool.min_size, pool.max_size, pool.timeout]}
found |= {"checked": bool(pool and pool._check), "age": connection.settings_dict["CONN_MAX_AGE"]}
found |= {"health": connection.settings_dict["CONN_HEALTH_CHECKS"]}
connection.close()
pool and connection.close_pool()
print(json.dumps(found))
"""


def looked(**changed: str) -> dict[str, Any]:
    """What a process of its own finds with these settings."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOOK],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "declaration.settings"} | changed,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_web_has_a_pool_that_tests_its_connections_and_statements_that_end() -> None:
    assert looked(DB_POOL="on", STATEMENT_TIMEOUT="15") == {
        "pool": [1, 8, 5],
        "checked": True,
        "health": True,
        "age": 0,
        "statement_timeout": "15s",
        "lock_timeout": "5s",
    }


def test_workers_have_plain_connections_that_are_tested_and_statements_that_may_last() -> None:
    assert looked(DB_POOL="off", STATEMENT_TIMEOUT="0") == {
        "pool": None,
        "checked": False,
        "health": True,
        "age": 60,
        "statement_timeout": "0",
        "lock_timeout": "5s",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),
        ("task_soft_time_limit", 60),
        ("task_time_limit", 75),
        ("task_serializer", "json"),
        ("accept_content", ["json"]),
        ("task_ignore_result", True),
        ("task_publish_retry", False),
    ],
)
def test_celery_loses_nothing_and_reads_json_only(name: str, value: object) -> None:
    assert app.conf[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("visibility_timeout", 600),
        ("unacked_restore_interval", 5),
        ("priority_steps", list(Urgency)),
        ("queue_order_strategy", "priority"),
    ],
)
def test_the_broker_gives_back_what_a_dead_worker_held(name: str, value: object) -> None:
    assert app.conf.broker_transport_options[name] == value
    # Unknown options are dropped without a word, so the name has to be right.
    assert name in Channel.from_transport_options


@pytest.mark.parametrize("name", ["sweep", "gather-notices"])
def test_the_sweep_waits_for_a_busy_worker_before_all_reports(name: str) -> None:
    options = app.conf.beat_schedule[name]["options"]
    assert options["priority"] == Urgency.FIRST
    # Longer than two reports take, and few at once.
    assert 30 <= options["expires"] <= 60


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_ENGINE", "django.contrib.sessions.backends.db"),
        ("SESSION_COOKIE_HTTPONLY", True),
        ("CSRF_COOKIE_HTTPONLY", True),
        ("X_FRAME_OPTIONS", "DENY"),
        ("USE_TZ", True),
    ],
)
def test_people_are_kept_safe_by(name: str, value: object) -> None:
    assert getattr(settings, name) == value


def test_nothing_a_person_does_needs_the_broker() -> None:
    backends = {cache["BACKEND"] for cache in settings.CACHES.values()}
    assert backends == {"django.core.cache.backends.db.DatabaseCache"}


def test_passwords_are_hashed_with_argon2() -> None:
    assert settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    assert make_password("a long enough one").startswith("argon2$argon2id$")


@pytest.mark.parametrize(
    ("password", "code"),
    [("short-one-1", "password_too_short"), ("megaparol12345", "password_too_common")],
)
def test_weak_passwords_are_refused(password: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert [error.code for error in refused.value.error_list] == [code]
