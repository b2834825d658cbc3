"""Ringing for a job over a real broker, and what a broker that is away costs."""

import json
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import transaction
from django.utils import timezone
from redis import Redis

from declaration import jobs
from script.services import Valkey
from signatories.models import Message
from tests.declaration.test_jobs import claimed, let_lease_run_out, make_job

# The last of the broker's databases is these tests' own; they share it, one after the other.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("broker")]
BROKER = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path="/15"))
QUEUE = "celery"
# What a busy machine may add to the half second that the bell promises.
MARGIN = 0.25


@pytest.fixture(autouse=True)
def bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bell that has not been quietened by another test."""
    monkeypatch.setattr(jobs, "bell", jobs.Bell())


@pytest.fixture
def broker(settings: object) -> Iterator[Redis]:
    """A real broker with nothing in it."""
    settings.CELERY_BROKER_URL = BROKER  # type: ignore[attr-defined]  # pytest-django's settings
    client: Redis = Redis.from_url(BROKER)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


def rung(broker: Redis) -> list[tuple[str, int]]:
    """What waits in the queue: names of tasks and ids of rows, the oldest first."""
    heads = [json.loads(each)["headers"] for each in reversed(broker.lrange(QUEUE, 0, -1))]
    return [(head["task"], json.loads(head["argsrepr"])[0]) for head in heads]


def test_a_job_is_rung_by_name_and_id_after_the_commit(broker: Redis) -> None:
    with transaction.atomic():
        job = make_job()
        jobs.ring(job)
        assert rung(broker) == []
    assert rung(broker) == [("signatories.tasks.send_message", job.pk)]


def test_a_job_of_a_transaction_that_failed_is_not_rung(broker: Redis) -> None:
    with transaction.atomic():
        jobs.ring(make_job())
        transaction.set_rollback(True)
    assert rung(broker) == []
    assert not Message.objects.exists()


def test_the_sweep_rings_again_for_what_waited_too_long(broker: Redis) -> None:
    job = make_job()
    assert jobs.sweep().rung == 0
    Message.objects.update(rung_at=timezone.now() - timedelta(minutes=1))
    assert jobs.sweep() == jobs.Swept(rung=1, parked=0)
    assert rung(broker) == [("signatories.tasks.send_message", job.pk)]
    assert jobs.sweep().rung == 0


def test_the_sweep_rings_again_for_what_a_dead_worker_left(broker: Redis) -> None:
    job = claimed(make_job())
    let_lease_run_out(job)
    assert jobs.sweep().rung == 1
    assert rung(broker) == [("signatories.tasks.send_message", job.pk)]
    assert claimed(job).attempt == 2


def test_a_retry_rings(broker: Redis) -> None:
    job = claimed(make_job())
    jobs.fail(job, "no hope", final=True)
    assert jobs.retry(job)
    assert rung(broker) == [("signatories.tasks.send_message", job.pk)]


def seconds_to_ring(url: str, settings: object, caplog: pytest.LogCaptureFixture) -> float:
    """How long a commit with a job takes while the broker at the URL is away."""
    settings.CELERY_BROKER_URL = url  # type: ignore[attr-defined]  # pytest-django's settings
    began = time.monotonic()
    with caplog.at_level(logging.WARNING), transaction.atomic():
        jobs.ring(make_job())
    took = time.monotonic() - began
    assert Message.objects.get().state == Message.State.QUEUED
    assert "no broker, the sweep will ring" in caplog.text
    return took


def test_a_broker_that_refuses_costs_next_to_nothing_and_raises_nothing(
    settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert seconds_to_ring(f"redis://127.0.0.1:{port}/0", settings, caplog) < MARGIN


def test_a_broker_that_never_answers_costs_half_a_second_and_raises_nothing(
    settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        took = seconds_to_ring(f"redis://127.0.0.1:{port}/0", settings, caplog)
    assert took < jobs.BELL_SECONDS + MARGIN


@pytest.mark.parametrize("reached_before", [False, True])
def test_a_frozen_broker_costs_half_a_second_and_raises_nothing(
    settings: object, caplog: pytest.LogCaptureFixture, tmp_path: Path, reached_before: bool
) -> None:
    """A real one, stopped in mid-air; also when a connection to it is open already."""
    with Valkey(tmp_path / "valkey") as valkey:
        settings.CELERY_BROKER_URL = valkey.url  # type: ignore[attr-defined]  # pytest-django's settings
        if reached_before:
            jobs.bell.ring("nobody.asks", 0)
            assert "no broker" not in caplog.text
        assert valkey.process is not None
        valkey.process.send_signal(signal.SIGSTOP)
        took = seconds_to_ring(valkey.url, settings, caplog)
    # It did freeze: the bell waited for as long as it may.
    assert jobs.BELL_SECONDS <= took < jobs.BELL_SECONDS + MARGIN


def test_a_broker_that_is_away_is_left_alone_for_a_while(
    settings: object, caplog: pytest.LogCaptureFixture, broker: Redis
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    seconds_to_ring(f"redis://127.0.0.1:{port}/0", settings, caplog)
    settings.CELERY_BROKER_URL = BROKER  # type: ignore[attr-defined]  # pytest-django's settings
    jobs.ring(Message.objects.get())
    assert rung(broker) == []
    jobs.bell.quiet_until = 0
    jobs.ring(Message.objects.get())
    assert len(rung(broker)) == 1
