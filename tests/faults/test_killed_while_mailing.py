"""Fifty e-mails amid which the worker is killed: none lost, none doubled but under its own name.

F1 and F15 for letters and digests: what was handed over is what a real mail server took.
"""

import signal
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes

import pytest
from redis import Redis

from tests.servers import Portal, wait_until

MANY = 50
# How long the mail server takes for each e-mail: so that the kill meets some of them.
SLOW_SECONDS = 0.1
LETTER = f"""
WITH made AS (
    INSERT INTO signatories_user (email, name, office, password, is_active)
    SELECT 'reader' || n || '@people.example', 'Reader ' || n, '', '!', true
    FROM generate_series(1, {MANY}) n RETURNING id, email
),
letter AS (
    INSERT INTO signatories_letter (key, subject, body, chosen, by_id)
    SELECT 'fault', 'A letter', 'Words', 'All', min(id) FROM made RETURNING id
)
INSERT INTO signatories_message
    (key, state, attempt, percent, step, error, kind, letter_id, person_id, "to", subject, body,
     html, message_id)
SELECT 'letter-' || made.id, 'queued', 0, 0, '', '', 'letter', letter.id, made.id, email,
       'A letter', 'Words', '', '<' || made.id || '@fault.example>'
FROM made, letter RETURNING id
"""
EVENTS = """
WITH event AS (
    INSERT INTO signatories_event (subject_kind, verb, note)
    SELECT '', 'signed the Declaration', 'x' FROM generate_series(1, 3) RETURNING id
)
INSERT INTO signatories_notice (person_id, event_id, words, path, due_at, at_once)
SELECT person.id, event.id, 'Thing ' || event.id, '', now(), false
FROM signatories_user person, event WHERE person.email LIKE 'reader%' RETURNING id
"""
LETTERS_GONE = "UPDATE signatories_message SET state = 'done' WHERE kind = 'letter' RETURNING id"
ABANDONED = "SELECT count(*) FROM signatories_message WHERE lease_until < now()"
UNTOLD = "SELECT count(*) FROM signatories_notice WHERE message_id IS NULL"


class Conversation(socketserver.StreamRequestHandler):
    """One client of the mail server."""

    server: "MailServer"

    def handle(self) -> None:
        """Take what is sent, slowly, and say that it was taken."""
        self._say(b"220 ready")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say(b"354 go on")
                self.server.take(b"".join(iter(self.rfile.readline, b".\r\n")))
                time.sleep(SLOW_SECONDS)
            elif verb == b"QUIT":
                self._say(b"221 bye")
                return
            self._say(b"250 taken")

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server on loopback that remembers each Message-ID that was handed over."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken: Counter[str] = Counter()
        self.lock = threading.Lock()

    def take(self, raw: bytes) -> None:
        """Remember one e-mail."""
        with self.lock:
            self.taken[str(message_from_bytes(raw)["Message-ID"])] += 1

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in mid-sentence is what these tests are about."""


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that listens."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def mailing(mail_server: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal whose worker sends through the mail server; nothing runs yet."""
    through = {"OUTBOX_ROOT": "", "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.server_address[1]}"}
    with Portal(tmp_path_factory.mktemp("portal"), "mailing", through) as portal:
        yield portal


def count(portal: Portal, statement: str) -> int:
    return int(str(portal.query(statement)[0][0]))


def sent(portal: Portal, kind: str) -> int:
    of_kind = f"state = 'done' AND kind = '{kind}'"
    return count(portal, f"SELECT count(*) FROM signatories_message WHERE {of_kind}")


def wait_for(portal: Portal, kind: str, many: int) -> None:
    what = f"{many} {kind}s are sent"
    wait_until(lambda: sent(portal, kind) >= many, seconds=120, what=what)


def assert_each_handed_over(portal: Portal, server: MailServer, kind: str) -> None:
    """Each row is one Message-ID; only what was under way at the kill may have gone twice."""
    rows = portal.query(
        f"SELECT message_id, attempt FROM signatories_message WHERE kind = '{kind}'"
    )
    attempts = {str(message_id): int(str(attempt)) for message_id, attempt in rows}
    assert len(attempts) == MANY
    assert set(server.taken) == set(attempts)
    assert all(server.taken[message_id] <= attempts[message_id] for message_id in attempts)
    repeated = server.taken.total() - MANY
    print(f"{MANY} {kind}s: none lost, {repeated} repeated under the same Message-ID")
    # The worker has two children, so the kill met two at most.
    assert repeated <= 2


def test_fifty_letters_survive_a_killed_worker_and_an_empty_broker(
    mailing: Portal, mail_server: MailServer
) -> None:
    """With its negative control: until beat runs, what was abandoned stays unsent."""
    mailing.query(LETTER)
    mailing.start_worker()
    wait_until(lambda: len(mail_server.taken) >= 5, seconds=60, what="some letters have gone")
    mailing.stop("beat", signal.SIGKILL)
    mailing.stop("worker", signal.SIGKILL)
    assert 0 < sent(mailing, "letter") < MANY
    Redis.from_url(mailing.environment["REDIS_URL"]).flushdb()
    mailing.start_one_worker("second")
    wait_until(lambda: count(mailing, ABANDONED) > 0, seconds=30, what="a lease has run out")
    assert sent(mailing, "letter") < MANY
    mailing.start_beat()
    wait_for(mailing, "letter", MANY)
    assert_each_handed_over(mailing, mail_server, "letter")


def test_fifty_digests_survive_a_killed_worker(mailing: Portal, mail_server: MailServer) -> None:
    """Everybody gets one digest with all that waited for them."""
    mailing.query(LETTER)
    mailing.query(LETTERS_GONE)
    mailing.query(EVENTS)
    mailing.start_worker()
    wait_until(lambda: len(mail_server.taken) >= 5, seconds=60, what="some digests have gone")
    mailing.stop("worker", signal.SIGKILL)
    assert 0 < sent(mailing, "digest") < MANY
    mailing.start_one_worker("second")
    wait_for(mailing, "digest", MANY)
    assert count(mailing, UNTOLD) == 0
    assert_each_handed_over(mailing, mail_server, "digest")
