"""Files are kept once, under the hash of what is in them."""

import hashlib
import os
import time
import tracemalloc
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from django.conf import settings

from declaration import files
from declaration.jobs import LaterError
from tests.small_disk import room_for

CONTENT = b"%PDF-1.7 a report"
NAME = hashlib.sha256(CONTENT).hexdigest()


def stored() -> Path:
    return Path(settings.MEDIA_ROOT) / "reports" / NAME[:2] / f"{NAME}.pdf"


def test_a_file_is_named_by_its_hash() -> None:
    kept = files.keep(CONTENT, "reports", ".pdf")
    assert kept.sha256 == NAME
    assert kept.name == f"reports/{NAME[:2]}/{NAME}.pdf"
    assert stored().read_bytes() == CONTENT


def test_the_same_bytes_are_kept_once() -> None:
    assert files.keep(CONTENT, "reports", ".pdf") == files.keep(CONTENT, "reports", ".pdf")
    assert [path.name for path in stored().parent.iterdir()] == [f"{NAME}.pdf"]


@pytest.mark.parametrize("left", [b"", CONTENT[:5], CONTENT + b"more"])
def test_what_a_killed_process_left_half_written_is_replaced(left: bytes) -> None:
    stored().parent.mkdir(parents=True)
    stored().write_bytes(left)
    kept = files.keep(CONTENT, "reports", ".pdf")
    assert kept.name == f"reports/{NAME[:2]}/{NAME}.pdf"
    assert stored().read_bytes() == CONTENT


def test_an_open_file_is_kept_like_its_bytes_wherever_it_was_read_to() -> None:
    file = BytesIO(CONTENT)
    file.read()
    assert files.keep_file(file, "reports", ".pdf") == files.keep(CONTENT, "reports", ".pdf")
    assert stored().read_bytes() == CONTENT


def test_a_large_file_is_kept_in_little_memory() -> None:
    with TemporaryFile() as file:
        for number in range(320):
            file.write(bytes([number % 256]) * 100_000)
        tracemalloc.start()
        kept = files.keep_file(file, "reports", ".zip")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 2_000_000
    assert files.is_whole(kept.name, kept.sha256)


def test_without_room_nothing_stays_and_it_is_tried_later() -> None:
    with room_for(5), pytest.raises(LaterError, match="no room left"):
        files.keep(CONTENT, "reports", ".pdf")
    assert list(stored().parent.iterdir()) == []
    assert files.keep(CONTENT, "reports", ".pdf").sha256 == NAME


def test_without_room_for_what_comes_before_it_is_tried_later_too() -> None:
    with (
        TemporaryFile(buffering=0) as file,
        room_for(0),
        pytest.raises(LaterError, match="no room left"),
        files.needing_room(),
    ):
        file.write(CONTENT)
    with pytest.raises(FileNotFoundError), files.needing_room():
        stored().open()


def test_the_same_bytes_count_as_new() -> None:
    """Before a row names them, they may not be cleared away as old."""
    files.keep(CONTENT, "reports", ".pdf")
    os.utime(stored(), (0, 0))
    files.keep(CONTENT, "reports", ".pdf")
    assert time.time() - stored().stat().st_mtime < 60


def test_a_file_that_changed_or_went_is_not_whole() -> None:
    kept = files.keep(CONTENT, "reports", ".pdf")
    stored().write_bytes(CONTENT[:5])
    assert not files.is_whole(kept.name, kept.sha256)
    stored().unlink()
    assert not files.is_whole(kept.name, kept.sha256)
