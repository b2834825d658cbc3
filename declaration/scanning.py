"""Ask ClamAV about uploaded files, where one is set up; the only module that speaks to it."""

from typing import IO
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket
from django.conf import settings

TIMEOUT_SECONDS = 30.0
CLEAN, FOUND = "OK", "FOUND"


class ScannerAwayError(Exception):
    """The scanner gave no verdict: it is away, too slow, or said something else."""


def is_set_up() -> bool:
    """Whether uploaded files are scanned before anybody may download them."""
    return bool(settings.CLAMAV_ADDRESS)


def scan(file: IO[bytes]) -> str:
    """Return the name of the virus that was found in the file, or "" when it is clean.

    ScannerAwayError when there is no verdict: no answer is never taken for a good one.
    """
    host, port = address()
    try:
        scanner = ClamdNetworkSocket(host, port, TIMEOUT_SECONDS)
        answer = scanner.instream(file)  # type: ignore[arg-type]  # it only reads
    except (ClamdError, OSError, ValueError) as error:
        raise ScannerAwayError(
            f"The virus scanner does not answer as it should: {error}"
        ) from error
    for verdict, name in answer.values():
        if verdict == FOUND:
            return name or "a virus"
        if verdict == CLEAN:
            return ""
    raise ScannerAwayError(f"The virus scanner gave no verdict: {answer}")


def address() -> tuple[str, int]:
    """Host and port of the scanner; ValueError when the setting is no address."""
    url = urlsplit(f"//{settings.CLAMAV_ADDRESS}")
    if not url.hostname or not url.port:
        raise ValueError("CLAMAV_ADDRESS is not a host and a port")
    return url.hostname, url.port
