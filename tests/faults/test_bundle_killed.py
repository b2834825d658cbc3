"""Fifty reports, a bundle of all partners among them, are made once and whole (F1, F2, F4)."""

import csv
import hashlib
import signal
import subprocess
import time
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

from tests.faults.test_killed_worker import ask_at_once, count, wait_for
from tests.servers import PYTHON, ROOT, Portal, wait_until
from tests.visitor import Visitor

BUNDLE = "SELECT count(*) FROM progress_report WHERE kind = 'all' AND state = 'done'"
CHILDREN = "SELECT count(*) FROM progress_report WHERE parent_id IS NOT NULL"
SINGLE = "SELECT count(*) FROM progress_report WHERE kind = 'partner' AND state = 'done'"
# E-mails that went while reports were still made: nothing waits behind fifty of them.
MAILED = """
SELECT count(*) FROM signatories_message WHERE state = 'done'
AND queued_at > (SELECT min(queued_at) FROM progress_report)
AND finished_at < (SELECT max(finished_at) FROM progress_report WHERE kind = 'partner')
"""
LAST = "SELECT max(finished_at) FROM progress_report WHERE kind = 'partner' AND parent_id IS"
MADE = "SELECT count(*) FROM signatories_event WHERE subject_kind = 'progress.report'"
# Ends the process that makes the bundle, where it has written a file and no row says so yet.
KILLED = """
import os, signal
from declaration import files
from progress import actions
from progress.models import Report
from declaration import jobs
keep = files.keep_file
def killed(file, folder, suffix):
    keep(file, folder, suffix)
    if folder == {folder!r}:
        os.kill(os.getpid(), signal.SIGKILL)
    return keep(file, folder, suffix)
files.keep_file = killed
bundle = Report.objects.get(kind="all")
def work(job):
    return actions.make_report(job, render=bytes)
for _ in range(5):
    jobs.run(Report, bundle.pk, work, actions.report_made)
"""


def ask_for_all(portal: Portal) -> None:
    """Ask for all partners' reports of the newest round in a ZIP."""
    visitor = Visitor(portal.url)
    visitor.sign_in("staff@ecda.example")
    year = portal.query("SELECT slug FROM assessments_round ORDER BY opened_at DESC NULLS LAST")
    form = {"kind": "all", "round": str(year[0][0]), "key": str(uuid4())}
    answered = visitor.post("/reports/request", form, page="/reports/")
    assert "Progress reports of all partners" in answered.text


def assert_whole(portal: Portal, partners: int) -> None:
    """The ZIP has each partner's report once, as it was made, and nothing else is left."""
    [[name, digest]] = portal.query("SELECT file, sha256 FROM progress_report WHERE kind = 'all'")
    path = portal.files / str(name)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    made = portal.query("SELECT sha256 FROM progress_report WHERE parent_id IS NOT NULL")
    assert len(made) == partners
    with ZipFile(path) as zip_:
        assert zip_.testzip() is None
        rows = list(csv.DictReader(zip_.read("contents.csv").decode("utf-8-sig").splitlines()))
        assert [row["state"] for row in rows] == ["in this file"] * partners
        found = [hashlib.sha256(zip_.read(row["file_name"])).hexdigest() for row in rows]
        assert sorted(found) == sorted(str(digest) for (digest,) in made)
        assert len(zip_.namelist()) == partners + 1
    assert count(portal, "SELECT count(*) FROM progress_reportpart") == 0
    parts = [file for file in Path(portal.files).glob("parts/*/*") if file.is_file()]
    wait_until(lambda: not any(map(Path.exists, parts)), seconds=10, what="the parts are gone")


def test_fifty_reports_and_their_bundle_survive_a_killed_worker(portal: Portal) -> None:
    """With its negative control: until beat runs, what was abandoned stays undone."""
    partners = count(portal, "SELECT count(*) FROM signatories_partner")
    ask_for_all(portal)
    portal.start_one_worker("worker")
    wait_until(lambda: count(portal, CHILDREN) > 0, seconds=60, what="the bundle is spread")
    slowest = ask_at_once(portal, 50 - partners)
    running = "SELECT count(*) FROM progress_report WHERE state = 'running'"
    wait_until(
        lambda: count(portal, running) > 0 < count(portal, SINGLE),
        seconds=90,
        what="reports are under way",
    )
    portal.stop("worker", signal.SIGKILL)
    killed = time.monotonic()
    portal.start_one_worker("second")
    abandoned = "SELECT count(*) FROM progress_report WHERE lease_until < now()"
    wait_until(lambda: count(portal, abandoned) > 0, seconds=30, what="a lease has run out")
    assert count(portal, BUNDLE) == 0
    portal.start_beat()
    wait_for(portal, 51)
    took = time.monotonic() - killed
    print(f"\nasked in {slowest:.2f} s; 50 reports and their ZIP {took:.1f} s after the kill")
    assert_whole(portal, partners)
    assert count(portal, f"{MADE} AND verb LIKE 'made a progress%'") == 50 - partners
    assert count(portal, f"{MADE} AND verb = 'made a bundle'") == 1
    # What one person waits for is made before a bundle's many, and e-mails before both.
    assert portal.query(f"{LAST} NULL") < portal.query(f"{LAST} NOT NULL")
    assert count(portal, MAILED) > 0


def test_killed_between_file_and_row_it_doubles_and_loses_nothing(portal: Portal) -> None:
    """Twice: when a part is written, and when the whole is; the reports are a few bytes."""
    partners = count(portal, "SELECT count(*) FROM signatories_partner")
    ask_for_all(portal)
    make_children(portal)
    for folder in ("parts", "reports"):
        done = subprocess.run(
            [PYTHON, "manage.py", "shell", "-v0", "-c", KILLED.format(folder=folder)],
            cwd=ROOT,
            env=portal.environment,
            timeout=60,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL
        assert count(portal, BUNDLE) == 0
        expire = "UPDATE progress_report SET lease_until = now() WHERE kind = 'all' RETURNING id"
        portal.query(expire)
    portal.start_worker()
    wait_until(lambda: count(portal, BUNDLE) == 1, seconds=60, what="the bundle is made")
    assert_whole(portal, partners)


def make_children(portal: Portal) -> None:
    """Make the bundle's reports, each with a few bytes of its own."""
    code = (
        "from declaration import files, jobs; from progress import actions;"
        "from progress.models import Report; bundle = Report.objects.get(kind='all');"
        "make = lambda job: actions.make_report(job, render=bytes);"
        "jobs.run(Report, bundle.pk, make);"
        "kept = lambda job: files.keep(job.key.encode(), 'reports', '.pdf');"
        "small = lambda job: {'file': kept(job).name, 'sha256': kept(job).sha256};"
        "[jobs.run(Report, each.pk, small) for each in bundle.children.all()]"
    )
    portal.manage("shell", "-v0", "-c", code)
    assert count(portal, f"{CHILDREN} AND state = 'done'") > 0
