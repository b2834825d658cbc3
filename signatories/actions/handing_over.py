"""What a mail server says, as what is to be done: try again later, give up, or count it."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from declaration.jobs import JobFailedError, LaterError
from signatories.models import Message

# Up to which age of an e-mail how many seconds pass before it is tried again.
WAITS = (
    (timedelta(minutes=1), 10),
    (timedelta(minutes=10), 60),
    (timedelta(minutes=30), 300),
    (timedelta(hours=2), 900),
)
LONGEST_WAIT = 3600
# From this on a mail server means it for good (RFC 5321, 4.2.1).
FINAL = 500


@contextmanager
def connecting(message: Message) -> Iterator[None]:
    """Turn what the mail server's client raises while it connects into what the job is to do.

    LaterError while the server is away, slow or says "later" (4xx): nothing was handed over, so it
    costs nothing to wait. What else the server says is raised as it is.
    """
    try:
        yield
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= FINAL:
            raise
        raise _later(message, error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPServerDisconnected as error:
        raise _away(message, error) from error
    except smtplib.SMTPException:
        raise
    except OSError as error:
        raise _away(message, error) from error


@contextmanager
def sending(message: Message) -> Iterator[None]:
    """Turn what the mail server answers to the e-mail into what the job is to do.

    LaterError when it says "later" (4xx); JobFailedError for an address that it refuses for good.
    Without an answer nobody knows whether it took the e-mail: that is raised as it is, and so
    counts as an attempt, or a person would get as many copies as there are tries.
    """
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        # The one address, as it was written on the wire.
        code, said = next(iter(error.recipients.values()), (FINAL, b""))
        if code < FINAL:
            raise _later(message, code, said) from error
        raise JobFailedError(
            f"The mail server refuses the address {message.to}: {_words(code, said)}"
        ) from error
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= FINAL:
            raise
        raise _later(message, error.smtp_code, error.smtp_error) from error


def wait(message: Message) -> int:
    """How many seconds an e-mail waits before it is tried again: the longer, the older it is."""
    age = timezone.now() - message.queued_at
    return next((seconds for limit, seconds in WAITS if age < limit), LONGEST_WAIT)


def _away(message: Message, error: OSError) -> LaterError:
    words = f"The mail server cannot be reached: {type(error).__name__}: {error}"
    return LaterError(words, wait(message))


def _later(message: Message, code: int, said: bytes | str) -> LaterError:
    return LaterError(f"The mail server says to try later: {_words(code, said)}", wait(message))


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:500]
