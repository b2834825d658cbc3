"""Fifty reports asked at once are made once each, whatever happens to the worker (F1, F2, F4)."""

import hashlib
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.servers import Portal, wait_until
from tests.visitor import Visitor

MANY = 50
FINISHED = "SELECT count(*) FROM progress_report WHERE state = 'done'"


@pytest.fixture
def asked(portal: Portal) -> float:
    """Ask for fifty reports at once, as eight people would; the slowest answer in seconds."""
    slugs = [str(row[0]) for row in portal.query("SELECT slug FROM signatories_partner")]
    year = str(portal.query("SELECT slug FROM assessments_round")[0][0])
    visitors = [Visitor(portal.url) for _ in range(8)]
    for visitor in visitors:
        visitor.sign_in("staff@ecda.example")

    def ask(number: int) -> float:
        path = f"/partners/{slugs[number % len(slugs)]}/reports/"
        began = time.monotonic()
        form = {"round": year, "key": str(uuid4())}
        answered = visitors[number % 8].post(f"{path}request", form, page=path)
        assert answered.status == 200
        return time.monotonic() - began

    with ThreadPoolExecutor(8) as pool:
        slowest = max(pool.map(ask, range(MANY)))
    assert count(portal, "SELECT count(*) FROM progress_report") == MANY
    return slowest


def count(portal: Portal, statement: str) -> int:
    return int(str(portal.query(statement)[0][0]))


def everything_made_once(portal: Portal) -> None:
    """Each report is ready, its file is whole, and its making was told once."""
    files = Path(portal.environment["FILES_ROOT"])
    rows = portal.query("SELECT file, sha256 FROM progress_report WHERE state = 'done'")
    assert len(rows) == MANY
    for name, digest in rows:
        assert hashlib.sha256((files / str(name)).read_bytes()).hexdigest() == digest
    told = "FROM signatories_event WHERE subject_kind = 'progress.report'"
    assert count(portal, f"SELECT count(DISTINCT subject_id) {told} AND verb LIKE 'made%'") == MANY
    assert count(portal, f"SELECT count(*) {told} AND verb LIKE 'made%'") == MANY


def test_fifty_reports_survive_a_killed_worker(portal: Portal, asked: float) -> None:
    portal.start_worker()
    wait_until(lambda: count(portal, FINISHED) >= 5, seconds=60, what="five reports are made")
    portal.stop("worker", signal.SIGKILL)
    killed = time.monotonic()
    portal.start_one_worker("second")
    wait_until(lambda: count(portal, FINISHED) == MANY, seconds=120, what="all reports are made")
    print(
        f"asked in ≤ {asked:.2f} s each; all made {time.monotonic() - killed:.1f} s after the kill"
    )
    everything_made_once(portal)


def test_fifty_reports_survive_a_killed_child(portal: Portal, asked: float) -> None:
    portal.start_worker()
    wait_until(lambda: count(portal, FINISHED) >= 5, seconds=60, what="five reports are made")
    parent = psutil.Process(portal.processes["worker"].pid)
    os.kill(parent.children()[0].pid, signal.SIGKILL)
    wait_until(lambda: count(portal, FINISHED) == MANY, seconds=120, what="all reports are made")
    everything_made_once(portal)


def test_without_the_sweep_a_killed_worker_leaves_work_undone(portal: Portal, asked: float) -> None:
    """The negative control: no beat, and a worker whose broker lost what was under way."""
    portal.start_one_worker("worker")
    wait_until(lambda: count(portal, FINISHED) >= 5, seconds=60, what="five reports are made")
    portal.stop("worker", signal.SIGKILL)
    portal.start_one_worker("second")
    queued = "SELECT count(*) FROM progress_report WHERE state = 'queued'"
    wait_until(lambda: count(portal, queued) == 0, seconds=120, what="the queue is empty")
    abandoned = "SELECT count(*) FROM progress_report WHERE lease_until < now()"
    wait_until(lambda: count(portal, abandoned) > 0, seconds=30, what="a lease has run out")
    assert count(portal, FINISHED) < MANY
    portal.manage("sweep")
    wait_until(lambda: count(portal, FINISHED) == MANY, seconds=60, what="one sweep mends it")
    everything_made_once(portal)
