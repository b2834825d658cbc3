"""Keep finished files under the hash of their content, so that a half-written one is never used."""

import hashlib
from dataclasses import dataclass

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from declaration.actions import RefusedError


@dataclass(frozen=True)
class Kept:
    """Where a file lies in the storage, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    sha256: str


def keep(content: bytes, folder: str, suffix: str) -> Kept:
    """Store the bytes as `folder/ab/<sha256><suffix>` and return where they are.

    The same bytes are stored once. What a killed process left half-written under that name is
    recognised by its hash and replaced.
    """
    digest = hashlib.sha256(content).hexdigest()
    name = f"{folder}/{digest[:2]}/{digest}{suffix}"
    if default_storage.exists(name):
        if _digest(name) == digest:
            return Kept(name, digest)
        default_storage.delete(name)
    return Kept(default_storage.save(name, ContentFile(content)), digest)


def open_kept(file: File[bytes], lost: str) -> File[bytes]:
    """Open a file that was kept; RefusedError with the words of `lost` when it is gone."""
    try:
        return default_storage.open(str(file.name))
    except FileNotFoundError as error:
        raise RefusedError(lost) from error


def _digest(name: str) -> str:
    with default_storage.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
