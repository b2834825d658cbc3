"""Write ZIPs as streams: the same files give the same bytes, and none is held in memory."""

import shutil
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

PIECE_BYTES = 64 * 1024
# PDFs are packed already, and a date of today would give other bytes tomorrow.
NO_DATE = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


def new_zip(file: IO[bytes]) -> ZipFile:
    """A new ZIP in an open file, without compression."""
    return ZipFile(file, "w", ZIP_STORED)


def add_file(zip_: ZipFile, name: str, source: IO[bytes]) -> None:
    """Add what an open file holds, a piece at a time."""
    with zip_.open(_entry(name), "w", force_zip64=False) as target:
        shutil.copyfileobj(source, target, PIECE_BYTES)


def add_bytes(zip_: ZipFile, name: str, content: bytes) -> None:
    """Add some bytes as a file."""
    zip_.writestr(_entry(name), content)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, NO_DATE)
    entry.create_system, entry.external_attr = 3, READABLE
    return entry
