"""A mail server that is down, slow, and refuses one address: each e-mail is handed over once.

F15. What would happen if being away counted as an attempt is the negative control in
tests/declaration/test_jobs.py: work that stumbles is parked after five attempts.
"""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.request import urlopen

import pytest

from tests.faults.test_killed_while_mailing import LETTER, MANY, Conversation, MailServer, count
from tests.servers import Portal, wait_until

REFUSED = "reader7@people.example"
# Longer than the portal waits for a mail server.
TOO_LONG_SECONDS = 4
PUT_OFF = """
SELECT count(*) FROM signatories_message
WHERE state = 'queued' AND attempt = 0 AND error LIKE 'The mail server cannot be reached%'
"""
ENDED = "SELECT count(*) FROM signatories_message WHERE state IN ('done', 'failed')"
DONE = "SELECT message_id FROM signatories_message WHERE state = 'done'"
FAILED = "SELECT \"to\", attempt, error FROM signatories_message WHERE state = 'failed'"


class Grumpy(Conversation):
    """One client of a mail server that has slept too long and does not like everybody."""

    server: "GrumpyServer"

    def handle(self) -> None:
        """Keep the first clients waiting, put the next off, and refuse one address."""
        if (turn := self.server.turn()) < 2:
            time.sleep(TOO_LONG_SECONDS)
        elif turn < 4:
            self._say(b"421 too busy")
            return
        self._say(b"220 ready")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT" and REFUSED.encode() in line:
                self._say(b"550 nobody has this address")
                continue
            if verb == b"DATA":
                self._say(b"354 go on")
                self.server.take(b"".join(iter(self.rfile.readline, b".\r\n")))
            elif verb == b"QUIT":
                self._say(b"221 bye")
                return
            self._say(b"250 taken")


class GrumpyServer(MailServer):
    """A mail server that comes late, at an address that the portal knows."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__()
        self.server_close()
        socketserver.ThreadingTCPServer.__init__(self, ("127.0.0.1", 0), Grumpy, False)
        # The address is its own from now on, and refuses every client until it listens.
        self.server_bind()
        self.turns = 0

    def turn(self) -> int:
        """How many clients came before this one."""
        with self.lock:
            self.turns += 1
            return self.turns - 1


@pytest.fixture
def server() -> Iterator[GrumpyServer]:
    """A mail server that is down until it is told to listen."""
    with GrumpyServer() as server:
        yield server


@pytest.fixture
def mailing(server: GrumpyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal whose mail server is down."""
    through = {"OUTBOX_ROOT": "", "EMAIL_URL": f"smtp://127.0.0.1:{server.server_address[1]}"}
    with Portal(tmp_path_factory.mktemp("portal"), "away", through) as portal:
        yield portal


def assert_the_web_answers(portal: Portal) -> None:
    began = time.monotonic()
    with closing(urlopen(f"{portal.url}/readyz", timeout=5)) as answer:
        assert answer.status == 200
    assert time.monotonic() - began < 2


def test_letters_wait_for_the_mail_server_and_each_is_handed_over_once(
    mailing: Portal, server: GrumpyServer
) -> None:
    mailing.start_web()
    mailing.start_worker()
    mailing.query(LETTER)
    wait_until(lambda: count(mailing, PUT_OFF) == MANY, seconds=60, what="all are put off")
    assert count(mailing, ENDED) == 0
    assert_the_web_answers(mailing)
    server.server_activate()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wait_until(lambda: server.turns >= 2, seconds=120, what="they are tried again")
    assert_the_web_answers(mailing)
    wait_until(lambda: count(mailing, ENDED) == MANY, seconds=180, what="all have ended")
    server.shutdown()
    assert server.turns >= MANY + 4
    assert {str(row[0]) for row in mailing.query(DONE)} == set(server.taken)
    assert server.taken.total() == len(server.taken) == MANY - 1
    [(to, attempt, error)] = mailing.query(FAILED)
    assert (to, attempt) == (REFUSED, 1)
    assert error == f"The mail server refuses the address {REFUSED}: 550 nobody has this address"
