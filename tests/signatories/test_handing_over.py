"""What a mail server says decides whether an e-mail waits, fails, or is tried five times."""

import smtplib
from datetime import timedelta

import pytest
from django.utils import timezone

from declaration import jobs
from signatories.actions.handing_over import refusals_in_words, wait
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
        (smtplib.SMTPDataError(451, b"wait"), "says to try later: 451 wait"),
        (smtplib.SMTPSenderRefused(452, b"full", "me"), "says to try later: 452 full"),
        (smtplib.SMTPRecipientsRefused({TO: (450, b"grey")}), "says to try later: 450 grey"),
    ],
)
def test_what_passes_is_tried_again_later(said: Exception, words: str) -> None:
    with pytest.raises(jobs.LaterError, match=words) as found, refusals_in_words(message()):
        raise said
    assert found.value.seconds == 10


def test_an_address_that_is_refused_is_given_up_in_words() -> None:
    refused = smtplib.SMTPRecipientsRefused({TO: (550, b"no such user")})
    with (
        pytest.raises(jobs.JobFailedError, match=f"refuses the address {TO}: 550 no such user"),
        refusals_in_words(message()),
    ):
        raise refused


@pytest.mark.parametrize(
    "said",
    [
        smtplib.SMTPDataError(554, b"spam"),
        smtplib.SMTPAuthenticationError(535, b"who are you"),
        smtplib.SMTPNotSupportedError("no STARTTLS"),
        ValueError("a mistake of our own"),
    ],
)
def test_what_else_it_says_counts_as_an_attempt(said: Exception) -> None:
    with pytest.raises(type(said)) as found, refusals_in_words(message()):
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
