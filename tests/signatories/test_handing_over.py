"""What a mail server says decides whether an e-mail waits, fails, or is tried five times."""

import smtplib
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from declaration import jobs
from script.processes import free_port
from signatories.actions.handing_over import connecting, sending, wait
from signatories.actions.messages import send_message
from signatories.models import Message

TO = "lead@x.example"


def message(**age: float) -> Message:
    return Message(to=TO, queued_at=timezone.now() - timedelta(**age))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (ConnectionRefusedError(111, "refused"), "cannot be reached: ConnectionRefusedError"),
        (TimeoutError("timed out"), "cannot be reached: TimeoutError"),
        (smtplib.SMTPServerDisconnected("gone"), "cannot be reached: SMTPServerDisconnected"),
        (smtplib.SMTPConnectError(421, b"too\r\nbusy"), "says to try later: 421 too busy"),
        (smtplib.SMTPAuthenticationError(454, b"wait"), "says to try later: 454 wait"),
    ],
)
def test_what_passes_is_tried_again_later(said: Exception, words: str) -> None:
    with pytest.raises(jobs.LaterError, match=words) as found, connecting(message()):
        raise said
    assert found.value.seconds == 10


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (smtplib.SMTPDataError(451, b"wait"), "says to try later: 451 wait"),
        (smtplib.SMTPSenderRefused(452, b"full", "me"), "says to try later: 452 full"),
        (smtplib.SMTPRecipientsRefused({TO: (450, b"grey")}), "says to try later: 450 grey"),
    ],
)
def test_a_server_that_asks_to_wait_is_asked_again_later(said: Exception, words: str) -> None:
    with pytest.raises(jobs.LaterError, match=words) as found, sending(message()):
        raise said
    assert found.value.seconds == 10


# On the wire the domain of an address has other letters than people write.
@pytest.mark.parametrize("on_the_wire", [TO, "lead@xn--x-4ga.example"])
def test_an_address_that_is_refused_is_given_up_in_words(on_the_wire: str) -> None:
    refused = smtplib.SMTPRecipientsRefused({on_the_wire: (550, b"no such user")})
    with (
        pytest.raises(jobs.JobFailedError, match=f"refuses the address {TO}: 550 no such user"),
        sending(message()),
    ):
        raise refused


@pytest.mark.parametrize("during", [connecting, sending])
@pytest.mark.parametrize(
    "said",
    [
        smtplib.SMTPDataError(554, b"spam"),
        smtplib.SMTPAuthenticationError(535, b"who are you"),
        smtplib.SMTPNotSupportedError("no STARTTLS"),
        ValueError("a mistake of our own"),
    ],
)
def test_what_else_it_says_counts_as_an_attempt(said: Exception, during: Any) -> None:
    with pytest.raises(type(said)) as found, during(message()):
        raise said
    assert found.value is said


@pytest.mark.parametrize(
    "said", [smtplib.SMTPServerDisconnected("gone"), TimeoutError("timed out"), OSError(32, "pipe")]
)
def test_silence_while_it_is_sent_counts_as_an_attempt(said: Exception) -> None:
    with pytest.raises(type(said)) as found, sending(message()):
        raise said
    assert found.value is said


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        ({"seconds": 0}, 10),
        ({"seconds": 59}, 10),
        ({"seconds": 61}, 60),
        ({"minutes": 11}, 300),
        ({"minutes": 31}, 900),
        ({"hours": 3}, 3600),
    ],
)
def test_the_older_it_is_the_longer_it_waits(age: dict[str, float], seconds: int) -> None:
    assert wait(message(**age)) == seconds


# --- A real mail server ---------------------------------------------------------------------------


class Silent(socketserver.StreamRequestHandler):
    """One client of a mail server that takes e-mails and does not say so."""

    server: "SilentServer"

    def handle(self) -> None:
        """Answer everything but the end of the e-mail."""
        self._say(b"220 ready")
        for line in self.rfile:
            if line[:4].upper() != b"DATA":
                self._say(b"250 fine")
                continue
            self._say(b"354 go on")
            # Until the client has given up.
            for said in iter(self.rfile.readline, b""):
                self.server.taken += said == b".\r\n"

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


class SilentServer(socketserver.ThreadingTCPServer):
    """A mail server on loopback that counts the copies it took."""

    daemon_threads = True
    taken = 0


@pytest.fixture
def queued(settings: Any) -> Message:
    """An e-mail that is to go through a mail server which is asked for a moment only."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_TIMEOUT = 0.2
    return Message.objects.create(key="k", to=TO, subject="S", body="B", message_id="<k@x>")


@pytest.fixture
def silent(settings: Any) -> Iterator[SilentServer]:
    """A mail server that takes e-mails and does not say so."""
    with SilentServer(("127.0.0.1", 0), Silent) as server:
        settings.EMAIL_PORT = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.django_db
def test_a_server_that_takes_it_and_answers_late_gets_no_copies_for_ever(
    queued: Message, silent: SilentServer
) -> None:
    for _ in range(2 * jobs.MAX_ATTEMPTS):
        jobs.run(Message, queued.pk, send_message)
    queued.refresh_from_db()
    assert queued.state == Message.State.FAILED
    assert 1 <= silent.taken <= jobs.MAX_ATTEMPTS


@pytest.mark.django_db
def test_a_server_that_does_not_answer_at_all_costs_no_attempt(queued: Message) -> None:
    jobs.run(Message, queued.pk, send_message)
    queued.refresh_from_db()
    assert (queued.state, queued.attempt) == (Message.State.QUEUED, 0)
    assert queued.error.startswith("The mail server cannot be reached: ConnectionRefusedError")


@pytest.mark.django_db
def test_the_outbox_in_a_folder_takes_it_too(queued: Message, settings: Any, tmp_path: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    jobs.run(Message, queued.pk, send_message)
    queued.refresh_from_db()
    assert queued.state == Message.State.DONE
    [kept] = tmp_path.iterdir()
    assert "Message-ID: <k@x>" in kept.read_text()
