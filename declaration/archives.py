"""Read the directory of a ZIP container, as Office documents are, before anything is unpacked."""

import struct
import zipfile
from dataclasses import dataclass
from typing import IO

from defusedxml import ElementTree

# What an honest document of the largest size allowed stays well below.
MAX_ENTRIES = 5_000
MAX_DIRECTORY_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 300 * 1024 * 1024
# Below this nobody is harmed, however well it was packed.
HARMLESS_BYTES = 20 * 1024 * 1024
MAX_RATIO = 100
# The longest part that is read here: lists of types, not the document.
MAX_PART_BYTES = 1024 * 1024

FIRST = b"PK\x03\x04"
END = struct.Struct("<4s4H2LH")
END_MARK = b"PK\x05\x06"
LONGEST_COMMENT = 0xFFFF
ENCRYPTED = 0x1
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

OPEN_XML_TYPES = "[Content_Types].xml"
ODF_TYPE = "mimetype"
ODF_MANIFEST = "META-INF/manifest.xml"
ODF_SCRIPTS = ("Basic/", "Scripts/")


class NoContainerError(Exception):
    """The file is no whole ZIP container, or there is something before, after or between."""


class TooMuchError(Exception):
    """It would unpack to too much; the message says to what, in words that follow the name."""


class LockedError(Exception):
    """It is protected by a password."""


@dataclass(frozen=True)
class End:
    """The record that ends a container: where and how large its directory is."""

    entries: int
    directory_bytes: int
    directory_at: int
    at: int


def find_end(file: IO[bytes], size: int) -> End | None:
    """The record that ends the file as a ZIP container; None when the file does not end so."""
    start = max(0, size - END.size - LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(END_MARK)
    while place >= 0 and place + END.size <= len(tail):
        *_, entries, directory_bytes, directory_at, comment = END.unpack_from(tail, place)
        if place + END.size + comment == len(tail):
            return End(entries, directory_bytes, directory_at, start + place)
        place = tail.rfind(END_MARK, 0, place)
    return None


def open_container(file: IO[bytes], size: int) -> zipfile.ZipFile:
    """Open a container whose directory was found to be honest and small enough.

    NoContainerError, TooMuchError or LockedError say what is wrong; nothing is unpacked.
    """
    end = find_end(file, size)
    file.seek(0)
    if end is None or file.read(len(FIRST)) != FIRST:
        raise NoContainerError
    if end.entries > MAX_ENTRIES or end.directory_bytes > MAX_DIRECTORY_BYTES:
        raise TooMuchError(f"has more than {MAX_ENTRIES:,} parts")
    # Else something stands before it, or between: two kinds of file in one.
    if end.directory_at + end.directory_bytes != end.at:
        raise NoContainerError
    try:
        container = zipfile.ZipFile(file)
    except Exception as error:  # as below
        raise NoContainerError from error
    _refuse(container.infolist(), size)
    return container


def _refuse(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise TooMuchError(f"has more than {MAX_ENTRIES:,} parts")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > max(HARMLESS_BYTES, size * MAX_RATIO):
        raise TooMuchError(f"would unpack to {unpacked / 1024**2:,.0f} MB")
    # Parts that share their bytes: how the smallest bombs are made.
    if sum(entry.compress_size for entry in entries) > size:
        raise TooMuchError("would unpack the same parts again and again")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise LockedError
    # Office documents are packed in no other way; other ways may want memory as they please.
    if any(entry.compress_type not in PACKED for entry in entries):
        raise NoContainerError
    # Two parts of one name: each program would read another one.
    if len({entry.filename for entry in entries}) < len(entries):
        raise NoContainerError


def open_xml_types(container: zipfile.ZipFile) -> set[str]:
    """The types of an Office document's parts, in lower case; empty when it is no such document."""
    if OPEN_XML_TYPES not in container.namelist():
        return set()
    types = _part(container, OPEN_XML_TYPES)
    try:
        tree = ElementTree.fromstring(types, forbid_dtd=True)
    except Exception as error:  # the encoding that it says it has may be any of Python's
        raise NoContainerError from error
    return {str(part.get("ContentType", "")).lower() for part in tree}


def has_macros(container: zipfile.ZipFile) -> bool:
    """Whether programs travel in the document, by the names of its parts."""
    names = container.namelist()
    return any(
        "vbaproject" in name.lower() or "/macrosheets/" in name.lower() for name in names
    ) or any(name.startswith(ODF_SCRIPTS) for name in names)


def odf_type(container: zipfile.ZipFile) -> str:
    """The type an OpenDocument says it has; empty when it is none. LockedError with a password."""
    if ODF_TYPE not in container.namelist():
        return ""
    if ODF_MANIFEST in container.namelist():
        manifest = _part(container, ODF_MANIFEST)
        if b"encryption-data" in manifest:
            raise LockedError
    return _part(container, ODF_TYPE).decode("ascii", "replace").strip()


def _part(container: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of one part, whatever its size is said to be."""
    try:
        with container.open(name) as part:
            found = part.read(MAX_PART_BYTES + 1)
    except Exception as error:  # zipfile raises whatever it meets in a broken container
        raise NoContainerError from error
    if len(found) > MAX_PART_BYTES:
        raise TooMuchError("has a list of parts that is too long")
    return found
