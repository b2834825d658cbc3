"""Look at an uploaded file before it is kept: its name, its size, and what it really holds."""

import logging
import math
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from django.core.files.uploadedfile import UploadedFile

from declaration import contents
from declaration.actions import RefusedError

logger = logging.getLogger(__name__)

Upload: TypeAlias = "UploadedFile[Any]"

MAX_BYTES = 25 * 1024 * 1024
MAX_NAME = 255
LONGEST_SUFFIX = 10

EMPTY = "is empty. Choose it again, or another file"
TOO_LARGE = "is {size}, and {limit} is the limit. Make it smaller, or give a link to it"


class UnusableFileError(RefusedError):
    """An uploaded file is not kept; the message names it and says what to do."""


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: the name to show, its bytes' number and kind, and the file."""

    name: str
    size: int
    media_type: str
    suffix: str
    upload: Upload


def check(upload: Upload) -> Checked:
    """Say what an uploaded file is; UnusableFileError when it may not be kept."""
    name = clean_name(upload.name or "")
    suffix = PurePosixPath(name).suffix.lower()
    size = upload.size or 0
    try:
        if size > MAX_BYTES:
            sizes = {"size": megabytes(size), "limit": megabytes(MAX_BYTES)}
            raise contents.UnfitError(TOO_LARGE.format(**sizes))
        if trouble := getattr(upload, "trouble", ""):
            raise contents.UnfitError(trouble)
        if not size:
            raise contents.UnfitError(EMPTY)
        media_type = contents.examine(upload.file, size, suffix)  # type: ignore[arg-type]  # open for bytes
    except contents.UnfitError as error:
        raise UnusableFileError(f"“{name}” {error}.") from error
    except Exception as error:
        # Whatever its bytes make a reader do, what was typed beside the file is not to be lost.
        logger.exception("an uploaded file of type %r could not be looked at", suffix)
        raise UnusableFileError(f"“{name}” {contents.DAMAGED}.") from error
    return Checked(name, size, media_type, suffix, upload)


def megabytes(size: int) -> str:
    """The size in words, rounded up: one byte too many is seen to be too many."""
    return f"{math.ceil(size / 1024**2 * 10) / 10:g} MB"


def clean_name(name: str) -> str:
    """The name without folders, control characters and marks that turn text around.

    At most 255 characters long, and then the extension is kept. "file" when nothing is left.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(" " if sign.isspace() else sign for sign in last if _is_seen(sign))
    tidy = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ") or "file"
    if len(tidy) <= MAX_NAME:
        return tidy
    suffix = PurePosixPath(tidy).suffix
    suffix = suffix if len(suffix) <= LONGEST_SUFFIX else ""
    return tidy[: MAX_NAME - len(suffix)].rstrip(". ") + suffix


def _is_seen(sign: str) -> bool:
    """Whether a character shows or is a blank; controls, formats and surrogates do not."""
    return sign.isspace() or not unicodedata.category(sign).startswith("C")
