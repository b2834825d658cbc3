"""Files are kept once, under the hash of what is in them."""

import hashlib
import tracemalloc
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from django.conf import settings

from declaration import files

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


def test_a_file_that_changed_or_went_is_not_whole() -> None:
    kept = files.keep(CONTENT, "reports", ".pdf")
    stored().write_bytes(CONTENT[:5])
    assert not files.is_whole(kept.name, kept.sha256)
    stored().unlink()
    assert not files.is_whole(kept.name, kept.sha256)
