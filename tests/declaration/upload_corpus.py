"""Files that people and attackers upload, each with the one verdict that is expected of it.

A verdict is the media type under which the file is kept, or words of the refusal.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

from openpyxl import Workbook
from PIL import Image

from declaration.uploads import MAX_BYTES

OFFICE = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
LIES = "is not what its name says: it holds "


@dataclass(frozen=True)
class Upload:
    """One file: its name, what is in it, and the verdict."""

    name: str
    content: Callable[[], bytes]
    verdict: str


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP container of these parts."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return made.getvalue()


def types(*kinds: str) -> bytes:
    """The list of types that every Office document has."""
    parts = "".join(f'<Override PartName="/{one}" ContentType="{one}"/>' for one in kinds)
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0"?><Types xmlns="{space}">{parts}</Types>'.encode()


def office(main: str, more: Mapping[str, bytes] | None = None, extra: str = "") -> bytes:
    """An Office document whose main part is of this type."""
    kinds = [f"{OFFICE}.{main}.main+xml", *filter(None, [extra])]
    return zipped({"[Content_Types].xml": types(*kinds), "main.xml": b"<a/>"} | dict(more or {}))


DOCX, PPTX = "wordprocessingml.document", "presentationml.presentation"


def workbook() -> bytes:
    """A real workbook."""
    made, book = BytesIO(), Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Indicator"
    book.save(made)
    return made.getvalue()


def odf(kind: str, more: Mapping[str, bytes] | None = None) -> bytes:
    """An OpenDocument of this kind."""
    return zipped({"mimetype": f"{ODF}.{kind}".encode(), "content.xml": b"<a/>"} | dict(more or {}))


def picture(kind: str, size: tuple[int, int] = (3, 2)) -> bytes:
    """A real picture."""
    made = BytesIO()
    Image.new("RGB", size).save(made, kind)
    return made.getvalue()


def flood(wide: int, high: int) -> bytes:
    """A PNG of few bytes that says it has very many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg_flood() -> bytes:
    """A JPEG whose head says that it is 65,000 pixels wide and high."""
    content = bytearray(picture("JPEG"))
    place = content.index(b"\xff\xc0")
    content[place + 5 : place + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(content)


def bomb() -> bytes:
    """A document of 400 KB that unpacks to 400 MB."""
    return office(DOCX, {f"media/{number}": bytes(100 * 1024 * 1024) for number in range(4)})


def overlapping() -> bytes:
    """A document whose directory names the same packed bytes under a hundred names."""
    packed = zlib.compress(bytes(900_000))[2:-4]
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), 900_000, 1, 0)
    directory = b"".join(
        struct.pack(
            *("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(packed), 900_000),
            *(len(name), 0, 0, 0, 0, 0, 0),
        )
        + name
        for name in (f"{number:04}".encode() for number in range(22))
    )
    start = local + b"a" + packed
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 22, 22, len(directory), len(start), 0)
    return start + directory + end


def encrypted_part() -> bytes:
    """A document whose parts are marked as encrypted."""
    content = bytearray(office(DOCX))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 1)
    return bytes(content)


def hollow(entries: int) -> bytes:
    """A container that says it has that many parts."""
    content = bytearray(office(DOCX))
    place = content.rfind(b"PK\x05\x06")
    content[place + 8 : place + 12] = struct.pack("<HH", entries, entries)
    return bytes(content)


def duplicate() -> bytes:
    """A document with two lists of types: which one counts depends on who reads it."""
    honest = office(DOCX, {"[content_Types].xml": types("text/plain")})
    return honest.replace(b"[content_Types].xml", b"[Content_Types].xml")


def whole_pdf(size: int) -> bytes:
    """A PDF of exactly that many bytes."""
    head, tail = PDF[:9], PDF[9:]
    return head + b" " * (size - len(PDF)) + tail


CORPUS = {
    # What people have.
    "pdf": Upload("plan.pdf", lambda: PDF, "application/pdf"),
    "capitals": Upload("PLAN.PDF", lambda: PDF, "application/pdf"),
    "docx": Upload("plan.docx", lambda: office(DOCX), f"{OFFICE}.{DOCX}"),
    "pptx": Upload("plan.pptx", lambda: office(PPTX), f"{OFFICE}.{PPTX}"),
    "xlsx": Upload("data.xlsx", workbook, f"{OFFICE}.spreadsheetml.sheet"),
    "odt": Upload("plan.odt", lambda: odf("text"), f"{ODF}.text"),
    "ods": Upload("data.ods", lambda: odf("spreadsheet"), f"{ODF}.spreadsheet"),
    "csv": Upload("data.csv", lambda: b"a,b\r\n1,2\r\n", "text/csv"),
    "csv of Windows": Upload("d.csv", lambda: "Ynys Môn’s £".encode("cp1252"), "text/csv"),
    "csv of Excel": Upload("d.csv", lambda: "Ynys Môn\t1".encode("utf-16"), "text/csv"),
    "text": Upload("note.txt", "We do. 👩‍👩‍👧 a < b".encode, "text/plain"),
    "png": Upload("map.png", lambda: picture("PNG"), "image/png"),
    "jpg": Upload("map.jpg", lambda: picture("JPEG"), "image/jpeg"),
    "jpeg": Upload("map.jpeg", lambda: picture("JPEG"), "image/jpeg"),
    # The scanner's to find.
    "eicar": Upload("eicar.txt", lambda: EICAR, "text/plain"),
    # Sizes.
    "limit": Upload("plan.pdf", lambda: whole_pdf(MAX_BYTES), "application/pdf"),
    "limit + 1": Upload(
        "plan.pdf", lambda: whole_pdf(MAX_BYTES + 1), "is 25.1 MB, and 25 MB is the limit"
    ),
    "empty": Upload("plan.pdf", lambda: b"", "“plan.pdf” is empty"),
    # Kinds that are not kept.
    "program": Upload("plan.exe", lambda: b"MZ" + bytes(90), "is not a kind of file that is kept"),
    "svg": Upload("map.svg", lambda: SVG, "is not a kind of file that is kept"),
    "html": Upload("page.html", lambda: HTML, "is not a kind of file that is kept"),
    "old word": Upload("plan.doc", lambda: OLE, "is not a kind of file that is kept"),
    "macro word": Upload("plan.docm", lambda: office(DOCX), "is not a kind of file that is kept"),
    "no extension": Upload("plan", lambda: PDF, "is not a kind of file that is kept"),
    # Names that lie.
    "svg as pdf": Upload("map.pdf", lambda: SVG, LIES + "a web page or a drawing in SVG"),
    "html as pdf": Upload("page.pdf", lambda: HTML, LIES + "a web page or a drawing in SVG"),
    "svg as png": Upload("map.png", lambda: SVG, LIES + "a web page or a drawing in SVG"),
    "html as text": Upload("page.txt", lambda: b" \n" + HTML, LIES + "a web page"),
    "html of Windows as csv": Upload(
        "page.csv", lambda: HTML.decode().encode("utf-16"), LIES + "a web page"
    ),
    "svg as text": Upload("map.txt", lambda: SVG, LIES + "a web page or a drawing in SVG"),
    "program as pdf": Upload("plan.pdf", lambda: b"MZ" + bytes(90), LIES + "a program"),
    "png as jpg": Upload("map.jpg", lambda: picture("PNG"), LIES + "a PNG picture"),
    "gif as png": Upload("map.png", lambda: picture("GIF"), LIES + "a GIF picture"),
    "png as csv": Upload("data.csv", lambda: picture("PNG"), LIES + "a PNG picture"),
    "xlsx as csv": Upload("data.csv", workbook, LIES + "a ZIP archive or an Office document"),
    "xlsx as docx": Upload("plan.docx", workbook, LIES + "another kind of document"),
    "template as docx": Upload(
        "plan.docx", lambda: office("wordprocessingml.template"), LIES + "another kind of document"
    ),
    "zip as docx": Upload(
        "plan.docx", lambda: zipped({"a.txt": b"a"}), LIES + "another kind of document"
    ),
    "odt as ods": Upload("data.ods", lambda: odf("text"), LIES + "another kind of document"),
    "something as pdf": Upload("plan.pdf", lambda: b"abc", LIES + "something else"),
    # Two kinds in one.
    "html before pdf": Upload("plan.pdf", lambda: HTML + PDF, LIES + "a web page"),
    "pdf that begins late": Upload("plan.pdf", lambda: b"\n" * 9 + PDF, LIES + "something else"),
    "pdf and zip": Upload(
        "plan.pdf", lambda: PDF + zipped({"a": b"a"}), LIES + "a ZIP archive besides"
    ),
    "png and zip": Upload(
        "map.png", lambda: picture("PNG") + zipped({"a": b"a"}), LIES + "a ZIP archive besides"
    ),
    "pdf before docx": Upload("plan.docx", lambda: PDF + office(DOCX), LIES + "a PDF"),
    "something inside docx": Upload(
        "plan.docx", lambda: b"PK\x03\x04" + HTML + office(DOCX), "is damaged or was cut off"
    ),
    "two lists of types": Upload("plan.docx", duplicate, "is damaged"),
    # Programs inside.
    "macro in docx": Upload(
        "plan.docx", lambda: office(DOCX, {"word/vbaProject.bin": b"a"}), "holds macros"
    ),
    "macro by its type": Upload(
        "plan.docx",
        lambda: office(DOCX, extra="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "holds macros",
    ),
    "old macro in xlsx": Upload(
        "data.xlsx",
        lambda: office("spreadsheetml.sheet", {"xl/macrosheets/sheet1.xml": b"<a/>"}),
        "holds macros",
    ),
    "macro in odt": Upload(
        "plan.odt", lambda: odf("text", {"Basic/Standard/Module1.xml": b"<a/>"}), "holds macros"
    ),
    # Locked.
    "old or locked docx": Upload("plan.docx", lambda: OLE, "is in the old format of Office"),
    "locked parts": Upload("plan.docx", encrypted_part, "is protected by a password"),
    "locked odt": Upload(
        "plan.odt",
        lambda: odf("text", {"META-INF/manifest.xml": b"<a><encryption-data/></a>"}),
        "is protected by a password",
    ),
    # Bombs.
    "zip bomb": Upload("plan.docx", bomb, "would unpack to 400 MB"),
    "overlapping parts": Upload("plan.docx", overlapping, "the same parts again and again"),
    "too many parts": Upload("plan.docx", lambda: hollow(60_000), "has more than 5,000 parts"),
    "long list of types": Upload(
        "plan.docx",
        lambda: zipped({"[Content_Types].xml": bytes(2 * 1024 * 1024)}),
        "has a list of parts that is too long",
    ),
    "entity bomb": Upload(
        "plan.docx",
        lambda: zipped({"[Content_Types].xml": b'<!DOCTYPE a [<!ENTITY a "b">]><a>&a;</a>'}),
        "is damaged or was cut off",
    ),
    "pixel flood": Upload(
        "map.png", lambda: flood(30_000, 30_000), "has 30,000 × 30,000 pixels, and 50 million"
    ),
    "pixel flood as jpg": Upload("map.jpg", jpeg_flood, "has 65,000 × 65,000 pixels"),
    # Cut off.
    "half a pdf": Upload("plan.pdf", lambda: PDF[:-7], "is damaged or was cut off"),
    "half a docx": Upload("plan.docx", lambda: office(DOCX)[:-30], "is damaged or was cut off"),
    "half a png": Upload("map.png", lambda: picture("PNG")[:-20], "is damaged or was cut off"),
    "half a jpg": Upload("map.jpg", lambda: picture("JPEG")[:30], "is damaged or was cut off"),
    "broken types": Upload(
        "plan.docx", lambda: zipped({"[Content_Types].xml": b"<Types"}), "is damaged"
    ),
    # No text.
    "nul in csv": Upload("data.csv", lambda: b"a,b\0c", "cannot be read as text"),
    "bytes as text": Upload("note.txt", lambda: bytes(range(256)), "cannot be read as text"),
    "half of utf-16": Upload(
        "note.txt", lambda: "abc".encode("utf-16")[:-1], "cannot be read as text"
    ),
}
