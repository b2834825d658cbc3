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
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import transaction
from django.utils import timezone
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.messaging import Consumer
from redis import Redis

from assessments.models import Document, EvidenceFile
from declaration import jobs
from declaration.celery import app
from declaration.jobs import Urgency
from progress.models import Report
from script.services import Valkey
from signatories.models import Certificate, Message, PartnerImport
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


def taken(many: int, settings: Any) -> list[str]:
    """What a worker gets, in order: the transport is the one that Celery's worker reads by."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    names: list[str] = []
    with Connection(BROKER, transport_options=options) as connection:
        consumer = Consumer(connection, [Queue(QUEUE)], prefetch_count=1)

        def take(_body: object, message: Any) -> None:
            names.append(message.headers["task"])
            message.ack()

        consumer.register_callback(take)
        with consumer:
            while len(names) < many:
                connection.drain_events(timeout=5)
    return names


def test_what_is_asked_for_by_the_hundred_keeps_nothing_else_waiting(
    broker: Redis, settings: Any
) -> None:
    asked = [Urgency.ONE_OF_MANY, Urgency.AWAITED, Urgency.SHORT_STEP, Urgency.FIRST]
    for urgency in asked * 2:
        jobs.bell.ring(urgency.name, 1, urgency)
    app.send_task("beat", connection=Connection(BROKER), priority=0)
    in_order = [urgency.name for urgency in asked[::-1] for _ in range(2)]
    in_order.insert(2, "beat")
    assert taken(9, settings) == in_order


def test_all_equally_urgent_the_last_one_would_wait_for_all_others(
    broker: Redis, settings: Any
) -> None:
    """The negative control."""
    names = [*["many"] * 3, "first"]
    for name in names:
        jobs.bell.ring(name, 1, Urgency.FIRST)
    assert taken(4, settings) == names


@pytest.mark.parametrize(
    ("job", "urgency"),
    [
        (Message(), Urgency.FIRST),
        (PartnerImport(), Urgency.FIRST),
        (EvidenceFile(), Urgency.FIRST),
        (Certificate(), Urgency.SHORT_STEP),
        (Report(kind="all"), Urgency.SHORT_STEP),
        (Report(kind="certificates"), Urgency.SHORT_STEP),
        (Report(kind="partner"), Urgency.AWAITED),
        (Report(kind="system"), Urgency.AWAITED),
        (Document(), Urgency.AWAITED),
        (Report(kind="partner", parent_id=1), Urgency.ONE_OF_MANY),
    ],
)
def test_each_kind_of_work_is_as_urgent_as_people_wait_for_it(
    job: jobs.Job, urgency: Urgency
) -> None:
    assert job.urgency == urgency


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
