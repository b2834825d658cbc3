"""Keep files: finished ones under the hash of their content, uploaded ones under a random name.

A half-written one is never used.
"""

import errno
import hashlib
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from declaration.actions import RefusedError
from declaration.jobs import LaterError
from declaration.uploads import Upload, clean_name

logger = logging.getLogger(__name__)

NO_ROOM = (
    "The portal has no room left for files, so “{name}” was not kept. Tell ecda, and try later."
)
NOT_KEPT = "The portal could not write “{name}”, so it was not kept. Tell ecda, and try again."
# What a worker says of what it makes; it is tried again by itself.
NO_ROOM_YET = (
    "The portal has no room left for files. Tell ecda: as soon as there is room, it is made."
)
NOT_KEPT_YET = "The portal could not write the file. It is tried again by itself."
LATER_SECONDS = 60
CUT_OFF = "“{name}” was cut off on its way. Upload it again."
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Kept:
    """Where a file lies in the storage, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    sha256: str


def keep(content: bytes, folder: str, suffix: str) -> Kept:
    """Store the bytes as `folder/ab/<sha256><suffix>` and return where they are.

    The same bytes are stored once. What a killed process left half-written under that name is
    recognised by its hash and replaced. LaterError when it cannot be written; then nothing of it
    stays.
    """
    return keep_file(BytesIO(content), folder, suffix)


def keep_file(file: IO[bytes], folder: str, suffix: str) -> Kept:
    """Store all of an open file as `keep` does, a piece at a time, however large it is."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # typeshed wants an attribute that is not asked for
    name = f"{folder}/{digest[:2]}/{digest}{suffix}"
    if default_storage.exists(name):
        if _digest(name) == digest:
            # It counts as new: an old one that no row names yet would be cleared away.
            os.utime(default_storage.path(name))
            return Kept(name, digest)
        default_storage.delete(name)
    file.seek(0)
    try:
        return Kept(default_storage.save(name, File(file)), digest)
    except OSError as error:
        remove(name)
        logger.exception("a file could not be written")
        words = NO_ROOM_YET if error.errno in FULL else NOT_KEPT_YET
        raise LaterError(words, LATER_SECONDS) from error


@contextmanager
def needing_room() -> Iterator[None]:
    """What is written within needs room on the disk: LaterError when there is none."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise LaterError(NO_ROOM_YET, LATER_SECONDS) from error


def is_whole(name: str, sha256: str) -> bool:
    """Whether a file that was kept is there, with all its bytes as they were."""
    try:
        return _digest(name) == sha256
    except FileNotFoundError:
        return False


class _Counted(File[bytes]):
    """An upload that is hashed and counted while it is written."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(upload.file, upload.name)
        self.sha256 = hashlib.sha256()
        self.count = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from the beginning."""
        self.sha256, self.count = hashlib.sha256(), 0
        for chunk in super().chunks(chunk_size):
            self.sha256.update(chunk)
            self.count += len(chunk)
            yield chunk


def keep_upload(upload: Upload, folder: str) -> Kept:
    """Store an uploaded file in the folder under a name that cannot be guessed.

    RefusedError when it cannot be written, or when what came is not all that was sent; then nothing
    of it stays.
    """
    secret = secrets.token_hex(16)
    name, content = f"{folder}/{secret[:2]}/{secret}", _Counted(upload)
    shown = clean_name(upload.name or "")
    try:
        default_storage.save(name, content)
    except OSError as error:
        remove(name)
        logger.exception("an uploaded file could not be written")
        words = NO_ROOM if error.errno in FULL else NOT_KEPT
        raise RefusedError(words.format(name=shown)) from error
    if content.count != upload.size:
        remove(name)
        raise RefusedError(CUT_OFF.format(name=shown))
    return Kept(name, content.sha256.hexdigest())


def remove(name: str) -> None:
    """Delete a file; one that is gone, or cannot be deleted now, is left to the daily clearing."""
    try:
        default_storage.delete(name)
    except OSError:
        logger.exception("a file could not be deleted")


def older_than(moment: datetime, folder: str) -> Iterator[list[str]]:
    """The names of the files in the folder that were written before, a subfolder at a time."""
    if not default_storage.exists(folder):
        return
    for inner in default_storage.listdir(folder)[0]:
        names = [
            f"{folder}/{inner}/{name}" for name in default_storage.listdir(f"{folder}/{inner}")[1]
        ]
        yield [name for name in names if default_storage.get_modified_time(name) < moment]


def open_kept(file: File[bytes], lost: str) -> File[bytes]:
    """Open a file that was kept; RefusedError with the words of `lost` when it is gone."""
    try:
        return default_storage.open(str(file.name))
    except FileNotFoundError as error:
        raise RefusedError(lost) from error


def _digest(name: str) -> str:
    with default_storage.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
