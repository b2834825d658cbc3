"""Reports asked at once are made once each, whatever happens to the worker (F1, F2, F4).

Fifty of them, with a bundle among them, are in test_bundle_killed.
"""

import hashlib
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from uuid import uuid4

import psutil
from redis import Redis

from tests.servers import Portal, wait_until
from tests.visitor import Visitor

FINISHED = "SELECT count(*) FROM progress_report WHERE state = 'done'"
# How long nothing may be finished, however long all of it takes.
STUCK_SECONDS = 60
PEOPLE = ("staff@ecda.example", "administrator@ecda.example")


def wishes(portal: Portal) -> Iterator[tuple[str, str]]:
    """A partner and a round for each person in turn, none twice: one that waits is not doubled."""
    found = portal.query(
        "SELECT p.slug, r.slug FROM assessments_assessment a"
        " JOIN signatories_partner p ON p.id = a.partner_id"
        " JOIN assessments_round r ON r.id = a.round_id ORDER BY r.opens_on DESC, p.slug"
    )
    for slug, year in found:
        for _ in PEOPLE:
            yield str(slug), str(year)


def ask_at_once(portal: Portal, many: int) -> float:
    """Ask for that many reports at once, as eight people would; the slowest answer in seconds."""
    asked = list(islice(wishes(portal), many))
    visitors = [Visitor(portal.url) for _ in range(8)]
    for number, visitor in enumerate(visitors):
        visitor.sign_in(PEOPLE[number % len(PEOPLE)])

    def ask(number: int) -> float:
        slug, year = asked[number]
        path = f"/partners/{slug}/reports/"
        began = time.monotonic()
        form = {"round": year, "key": str(uuid4())}
        answered = visitors[number % 8].post(f"{path}request", form, page=path)
        assert answered.status == 200
        return time.monotonic() - began

    with ThreadPoolExecutor(8) as pool:
        slowest = max(pool.map(ask, range(many)))
    single = "SELECT count(*) FROM progress_report WHERE kind = 'partner' AND parent_id IS NULL"
    assert count(portal, single) == many
    return slowest


def count(portal: Portal, statement: str) -> int:
    return int(str(portal.query(statement)[0][0]))


def wait_for(portal: Portal, many: int) -> None:
    """Wait until so many reports are made; fail when none has been finished for a while."""
    while (made := count(portal, FINISHED)) < many:
        wait_until(
            lambda made=made: count(portal, FINISHED) > made,  # type: ignore[misc]  # its default
            seconds=STUCK_SECONDS,
            what=f"one more than {made} of {many} reports is made",
        )


def assert_each_made_once(portal: Portal, many: int) -> None:
    """Each report is ready, its file is whole, and its making was told once."""
    files = Path(portal.environment["FILES_ROOT"])
    rows = portal.query("SELECT file, sha256 FROM progress_report WHERE state = 'done'")
    assert len(rows) == many
    for name, digest in rows:
        assert hashlib.sha256((files / str(name)).read_bytes()).hexdigest() == digest
    made = "subject_kind = 'progress.report' AND verb LIKE 'made%'"
    for what in ["count(*)", "count(DISTINCT subject_id)"]:
        assert count(portal, f"SELECT {what} FROM signatories_event WHERE {made}") == many


def test_reports_survive_a_killed_worker(portal: Portal) -> None:
    ask_at_once(portal, 8)
    portal.start_worker()
    wait_for(portal, 1)
    portal.stop("worker", signal.SIGKILL)
    portal.start_one_worker("second")
    wait_for(portal, 8)
    assert_each_made_once(portal, 8)


def test_a_killed_child_loses_and_doubles_nothing(portal: Portal) -> None:
    ask_at_once(portal, 8)
    portal.start_worker()
    wait_for(portal, 1)
    parent = psutil.Process(portal.processes["worker"].pid)
    os.kill(parent.children()[0].pid, signal.SIGKILL)
    wait_for(portal, 8)
    assert_each_made_once(portal, 8)


def test_a_killed_worker_and_an_empty_broker_are_mended_by_the_sweep_alone(portal: Portal) -> None:
    """With its negative control: until beat runs, what was abandoned stays undone."""
    ask_at_once(portal, 8)
    portal.start_one_worker("worker")
    running = "SELECT count(*) FROM progress_report WHERE state = 'running'"
    wait_until(lambda: count(portal, running) == 2, seconds=60, what="two reports are under way")
    portal.stop("worker", signal.SIGKILL)
    Redis.from_url(portal.environment["REDIS_URL"]).flushdb()
    portal.start_one_worker("second")
    abandoned = "SELECT count(*) FROM progress_report WHERE lease_until < now()"
    wait_until(lambda: count(portal, abandoned) > 0, seconds=30, what="a lease has run out")
    assert count(portal, FINISHED) < 8
    portal.start_beat()
    wait_for(portal, 8)
    assert_each_made_once(portal, 8)
