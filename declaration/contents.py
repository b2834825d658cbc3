"""What a file really holds, whatever its name says: the kinds that are kept, and how each is known.

Nothing is unpacked or decoded: sizes are read from where the formats state them.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from declaration import archives

MAX_PIXELS = 50_000_000
HEAD_BYTES = 1024
# How far from its end a PDF says that it ends.
TAIL_BYTES = 4096
CHUNK_BYTES = 64 * 1024

KEPT = (
    "PDF, Word (docx), Excel (xlsx), PowerPoint (pptx), OpenDocument (odt, ods), CSV, text, "
    "PNG or JPG"
)
UNKNOWN = f"is not a kind of file that is kept here. Save it as {KEPT}"
LIES = "is not what its name says: it holds {found}. Save it again as {wanted} and upload that"
DAMAGED = "is damaged or was cut off. Open it, save it again and upload that"
LOCKED = "is protected by a password. Save it without one and upload that"
OLD = "is in the old format of Office, or protected by a password. Save it as {wanted} without one"
MACROS = "holds macros, which can carry viruses. Save it without them and upload that"
BOMB = "{much}, which is too much to open safely. Save it with less in it, or as PDF"
PIXELS = "has {wide:,} × {high:,} pixels, and {limit} million are the limit. Make it smaller"
NO_TEXT = "cannot be read as text. Save it as text in UTF-8 and upload that"

Look = Callable[[IO[bytes], int], None]


class UnfitError(Exception):
    """The file may not be kept; the message says why and what to do, in words after its name."""


class LiesError(Exception):
    """The file holds something else than its name says; the message says what."""


@dataclass(frozen=True)
class Kind:
    """One kind of file that is kept; `begins` is empty for text, which begins with anything.

    `look` raises when something is wrong further on.
    """

    words: str
    media_type: str
    begins: tuple[bytes, ...]
    look: Look


def examine(file: IO[bytes], size: int, suffix: str) -> str:
    """Return the media type of a file of this extension; UnfitError when it is not fit to be kept.

    The file is left at its beginning.
    """
    kind = KINDS.get(suffix)
    if kind is None:
        raise UnfitError(UNKNOWN)
    try:
        _begin(file, kind)
        kind.look(file, size)
    except LiesError as error:
        raise UnfitError(LIES.format(found=error, wanted=kind.words)) from error
    except archives.TooMuchError as error:
        raise UnfitError(BOMB.format(much=error)) from error
    except archives.LockedError as error:
        raise UnfitError(LOCKED) from error
    except archives.NoContainerError as error:
        raise UnfitError(DAMAGED) from error
    file.seek(0)
    return kind.media_type


# --- How files begin ---------------------------------------------------------------------------

PDF = (b"%PDF-1.", b"%PDF-2.")
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES: dict[tuple[bytes, ...], str] = {
    (b"%PDF-",): "a PDF",
    (PNG,): "a PNG picture",
    (JPEG,): "a JPEG picture",
    (b"GIF87a", b"GIF89a"): "a GIF picture",
    (archives.FIRST, archives.END_MARK): "a ZIP archive or an Office document",
    (OLD_OFFICE,): "an old or protected Office document",
    (b"{\\rtf",): "a text in Rich Text Format",
    (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"#!"): "a program",
}
MARKUP = re.compile(
    r"\s*<(?:!doctype|!--|\?xml|html|head|body|script|iframe|object|embed|svg|style|title|meta"
    r"|link|base|img|form|table|div|h1)",
    re.IGNORECASE,
)


def _begin(file: IO[bytes], kind: Kind) -> None:
    file.seek(0)
    head = file.read(HEAD_BYTES)
    found = _found(head)
    if head.startswith(OLD_OFFICE) and archives.FIRST in kind.begins:
        raise UnfitError(OLD.format(wanted=kind.words))
    if not head.startswith(kind.begins or (b"",)):
        raise LiesError(found or "something else")
    if found and not kind.begins:
        raise LiesError(found)


def _found(head: bytes) -> str:
    """What the first bytes are known to begin, in words; empty when they begin nothing known."""
    for signatures, words in SIGNATURES.items():
        if head.startswith(signatures):
            return words
    text = head.decode(_unicode(head) or "cp1252", "ignore")
    return "a web page or a drawing in SVG" if MARKUP.match(text) else ""


def _unicode(head: bytes) -> str:
    """The encoding that a byte order mark says."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else ""


# --- How they go on ----------------------------------------------------------------------------


def _look_at_pdf(file: IO[bytes], size: int) -> None:
    """A PDF says that it ends, and is not an archive besides."""
    _refuse_second_kind(file, size)
    file.seek(max(0, size - TAIL_BYTES))
    if b"%%EOF" not in file.read():
        raise UnfitError(DAMAGED)


def _refuse_second_kind(file: IO[bytes], size: int) -> None:
    if archives.find_end(file, size):
        raise LiesError("a ZIP archive besides")


def _look_at_picture(reader: type[ImageFile]) -> Look:
    """A picture of few enough pixels, by the format's own reader, whole as far as that can tell.

    Not by `Image.open`: it warns of bombs by a switch that all threads share.
    """

    def look(file: IO[bytes], size: int) -> None:
        _refuse_second_kind(file, size)
        file.seek(0)
        try:
            picture = reader(file)  # type: ignore[no-untyped-call, unused-ignore]  # reads the head
            wide, high = picture.size
            if wide * high <= MAX_PIXELS:
                picture.verify()
        except Exception as error:  # Pillow raises whatever it meets in a broken file
            raise UnfitError(DAMAGED) from error
        if wide * high > MAX_PIXELS:
            limit = MAX_PIXELS // 1_000_000
            raise UnfitError(PIXELS.format(wide=wide, high=high, limit=limit))

    return look


def _look_at_open_xml(main: str) -> Look:
    """An Office document whose main part is of this type, without macros."""
    wanted = f"application/vnd.openxmlformats-officedocument.{main}.main+xml"

    def look(file: IO[bytes], size: int) -> None:
        container = archives.open_container(file, size)
        types = archives.open_xml_types(container)
        if archives.has_macros(container) or any("macroenabled" in one for one in types):
            raise UnfitError(MACROS)
        if wanted not in types:
            raise LiesError("another kind of document")

    return look


def _look_at_odf(wanted: str) -> Look:
    """An OpenDocument of this type, without macros and passwords."""

    def look(file: IO[bytes], size: int) -> None:
        container = archives.open_container(file, size)
        if archives.odf_type(container) != wanted:
            raise LiesError("another kind of document")
        if archives.has_macros(container):
            raise UnfitError(MACROS)

    return look


CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def _look_at_text(file: IO[bytes], size: int) -> None:
    """Text in an encoding that Office and text editors write, without control characters."""
    file.seek(0)
    known = _unicode(file.read(4))
    encodings = [known] if known else ["utf-8", "cp1252"]
    if not any(_is_text(file, encoding) for encoding in encodings):
        raise UnfitError(NO_TEXT)


def _is_text(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK_BYTES):
            if CONTROLS.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


OFFICE = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
ZIP = (archives.FIRST,)
_jpeg = Kind("JPG", "image/jpeg", (JPEG,), _look_at_picture(JpegImageFile))

KINDS = {
    ".pdf": Kind("PDF", "application/pdf", PDF, _look_at_pdf),
    ".docx": Kind(
        "Word (docx)",
        f"{OFFICE}.wordprocessingml.document",
        ZIP,
        _look_at_open_xml("wordprocessingml.document"),
    ),
    ".xlsx": Kind(
        "Excel (xlsx)",
        f"{OFFICE}.spreadsheetml.sheet",
        ZIP,
        _look_at_open_xml("spreadsheetml.sheet"),
    ),
    ".pptx": Kind(
        "PowerPoint (pptx)",
        f"{OFFICE}.presentationml.presentation",
        ZIP,
        _look_at_open_xml("presentationml.presentation"),
    ),
    ".odt": Kind("OpenDocument (odt)", f"{ODF}.text", ZIP, _look_at_odf(f"{ODF}.text")),
    ".ods": Kind(
        "OpenDocument (ods)", f"{ODF}.spreadsheet", ZIP, _look_at_odf(f"{ODF}.spreadsheet")
    ),
    ".csv": Kind("CSV", "text/csv", (), _look_at_text),
    ".txt": Kind("text", "text/plain", (), _look_at_text),
    ".png": Kind("PNG", "image/png", (PNG,), _look_at_picture(PngImageFile)),
    ".jpg": _jpeg,
    ".jpeg": _jpeg,
}
