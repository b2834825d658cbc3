"""Asking ClamAV: a verdict is believed, and no answer is never taken for a good one."""

import socket
from io import BytesIO
from typing import Any

import pytest

from declaration import scanning
from declaration.checks import check_scanner
from tests.clamd import clamd
from tests.declaration.upload_corpus import EICAR


def scan(content: bytes) -> str:
    return scanning.scan(BytesIO(content))


def test_a_clean_file_is_clean_and_sent_as_it_is(settings: Any) -> None:
    content = bytes(range(256)) * 5000
    with clamd() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        assert scan(content) == ""
        assert scanner.seen == [content]


def test_a_virus_is_named(settings: Any) -> None:
    with clamd() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        assert scan(b"Some words before " + EICAR) == "Eicar-Test-Signature"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"stream: OK but not really\n",
        b"INSTREAM size limit exceeded. ERROR\n",
        b"stream: Can't allocate memory ERROR\n",
        b"\xff\xfe\x00\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_anything_but_a_verdict_is_no_verdict(answer: bytes, settings: Any) -> None:
    with clamd(answer) as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        with pytest.raises(scanning.ScannerAwayError):
            scan(b"a")


def test_a_scanner_that_is_away_is_told(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.CLAMAV_ADDRESS = f"127.0.0.1:{port}"
    with pytest.raises(scanning.ScannerAwayError, match="does not answer"):
        scan(b"a")


def test_a_scanner_that_says_nothing_is_not_waited_for_for_ever(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(scanning.ScannerAwayError):
            scan(b"a")


def test_without_an_address_nothing_is_scanned(settings: Any) -> None:
    settings.CLAMAV_ADDRESS = ""
    assert not scanning.is_set_up()
    assert check_scanner(None) == []


@pytest.mark.parametrize("address", ["clamav", "clamav:", ":3310", "clamav:many", "clamav:99999"])
def test_an_address_that_is_none_does_not_start(address: str, settings: Any) -> None:
    settings.CLAMAV_ADDRESS = address
    assert [found.id for found in check_scanner(None)] == ["floor.E009"]


def test_an_address_starts(settings: Any) -> None:
    settings.CLAMAV_ADDRESS = "clamav:3310"
    assert check_scanner(None) == []
    assert scanning.address() == ("clamav", 3310)
