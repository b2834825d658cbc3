"""Partner lists over real HTTP: a killed web server, changed data, two at once (F13)."""

import signal
import subprocess
import threading
from http.client import HTTPException

from tests.servers import PYTHON, ROOT, Portal, wait_until
from tests.signatories.long_lists import as_csv, rows_of
from tests.visitor import Answered, Visitor

PARTNERS = "SELECT count(*) FROM signatories_partner"
CONFIRMED = "SELECT count(*) FROM signatories_partnerimport WHERE confirmed_at IS NOT NULL"
READ = "SELECT count(*) FROM signatories_partnerimport WHERE state <> 'done'"
# Somebody holds the lock under which partners are written.
WRITING = (
    "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'ShareRowExclusiveLock'"
    " AND relation = 'signatories_partner'::regclass"
)
# How much the statements of transactions that have not ended yet have added to the file.
SIZE = "SELECT pg_relation_size('signatories_partner')"
MANY = 10_000


def count(portal: Portal, statement: str) -> int:
    return int(str(portal.query(statement)[0][0]))


def administrator(portal: Portal) -> Visitor:
    visitor = Visitor(portal.url)
    visitor.sign_in("administrator@ecda.example")
    return visitor


def previewed(portal: Portal, visitor: Visitor, rows: int) -> str:
    """Upload a list of new partners and wait for its preview; its address."""
    content = as_csv([[*row[:-1], ""] for row in rows_of(rows)])
    page = visitor.upload("/administration/partners/import/", "file", "p.csv", content)
    assert "/administration/imports/" in page.url, page.text
    wait_until(lambda: count(portal, READ) == 0, seconds=60, what="the list is read")
    return page.url.removeprefix(portal.url)


def confirm(visitor: Visitor, path: str) -> Answered:
    return visitor.post(f"{path}confirm", {}, page=path)


def test_a_web_server_killed_in_mid_confirm_has_written_nothing(portal: Portal) -> None:
    portal.start_worker()
    visitor = administrator(portal)
    path = previewed(portal, visitor, MANY)
    size, before = count(portal, SIZE), count(portal, PARTNERS)

    def try_to_confirm() -> None:
        try:
            confirm(visitor, path)
        except (OSError, HTTPException):
            """The server is gone."""

    thread = threading.Thread(target=try_to_confirm)
    thread.start()
    wait_until(lambda: count(portal, SIZE) > size, seconds=30, what="rows are being written")
    assert count(portal, WRITING) == 1
    portal.stop("web", signal.SIGKILL)
    thread.join(30)
    wait_until(lambda: count(portal, WRITING) == 0, seconds=30, what="the lock is gone")
    assert (count(portal, PARTNERS), count(portal, CONFIRMED)) == (before, 1)
    portal.start_web()
    assert "Nothing has been written yet" in visitor.get(path).text
    assert "Partner list imported" in confirm(visitor, path).text
    assert count(portal, PARTNERS) == before + MANY
    print(f"\nkilled while {MANY:,} rows were written: 0 of them stayed; confirmed again: all")


def test_without_the_transaction_a_kill_leaves_a_half(portal: Portal) -> None:
    """The negative control: the same rows, written by the same reader with nothing around it."""
    list_ = portal.folder / "p.csv"
    list_.write_bytes(as_csv([[*row[:-1], ""] for row in rows_of(MANY)]))
    code = (
        "from pathlib import Path; from signatories.resources import open_list;"
        f"list(open_list(Path({str(list_)!r}).read_bytes(), 'p.csv').rows(save=True))"
    )
    before = count(portal, PARTNERS)
    process = subprocess.Popen(
        [PYTHON, "manage.py", "shell", "-c", code], cwd=ROOT, env=portal.environment
    )
    try:
        wait_until(lambda: count(portal, PARTNERS) > before, seconds=60, what="some are written")
    finally:
        process.kill()
        process.wait(20)
    assert before < count(portal, PARTNERS) < before + MANY


def test_what_changed_between_preview_and_confirm_refuses_the_whole(portal: Portal) -> None:
    portal.start_worker()
    visitor = administrator(portal)
    path = previewed(portal, visitor, 100)
    before = count(portal, PARTNERS)
    portal.query(
        "INSERT INTO signatories_partner (name, slug, kind, gss_code, website, email_domains)"
        " VALUES ('Long Council 7', 'seven', 'other', '', '', '{}') RETURNING id"
    )
    refused = confirm(visitor, path)
    assert refused.status == 409
    assert "so nothing was written" in refused.text
    assert (count(portal, PARTNERS), count(portal, CONFIRMED)) == (before + 1, 1)


def test_of_two_confirmations_at_once_one_writes_and_both_are_told(portal: Portal) -> None:
    portal.start_worker()
    visitors = [administrator(portal) for _ in range(2)]
    path = previewed(portal, visitors[0], 2_000)
    before = count(portal, PARTNERS)
    answers: list[Answered] = []
    threads = [
        threading.Thread(target=lambda one=one: answers.append(confirm(one, path)))
        for one in visitors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answer.status for answer in answers) == [200, 409]
    told = {answer.status: answer.text for answer in answers}
    assert "Partner list imported" in told[200]
    assert "Nothing was written twice" in told[409]
    assert count(portal, PARTNERS) == before + 2_000
