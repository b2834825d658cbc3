"""Look at a workbook before it is parsed: that it is one, and not too much of it.

What people send is a ZIP container of XML, and is not trusted.
"""

import io
import re
import zipfile

from declaration import archives
from declaration.spreadsheets import UnreadableFileError

MAX_BYTES = 5 * 1024 * 1024
MAX_XML_BYTES = 40 * 1024 * 1024
# Each takes a few microseconds to parse; an honest workbook of a hundred rows has some thousands.
MAX_TAGS = 400_000

ADVICE = "Save it as an Excel workbook (.xlsx) and upload that."
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
STRICT = b"http://purl.oclc.org/ooxml/"
BOOK = "xl/workbook.xml"
# How a part of XML says in which encoding it is; "<?xm" in the family that has no "<" as in ASCII.
ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)")
ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"iso-8859-1", b"windows-1252"}
EBCDIC = b"\x4c\x6f\xa7\x94"
HEAD_BYTES = 1024
# How files begin, or what their container holds, that are something else.
BEGINNINGS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a text document",
}
PARTS = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "Index/Document.iwa": "a Numbers spreadsheet",
}


def measure(content: bytes, most_tags: int = MAX_TAGS) -> None:
    """Refuse what is no workbook, and what would take too long to parse."""
    if not content:
        raise UnreadableFileError("The file is empty.")
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(f"The file must be {MAX_BYTES // 1024**2} MB or smaller.")
    if content.startswith(COMPOUND):
        raise _of_another_time(content)
    try:
        with archives.open_container(io.BytesIO(content), len(content)) as container:
            _refuse_others(container)
            _weigh(container, most_tags)
    except archives.LockedError as error:
        raise _locked() from error
    except archives.TooMuchError as error:
        raise UnreadableFileError(f"The file {error}, which is too much.") from error
    except archives.NoContainerError as error:
        raise _no_container(content) from error
    except UnreadableFileError:
        raise
    except Exception as error:  # zipfile raises whatever it meets in a broken container
        raise damaged() from error


def _refuse_others(container: zipfile.ZipFile) -> None:
    names = set(container.namelist())
    if archives.odf_type(container).endswith("spreadsheet"):
        raise UnreadableFileError(f"The file is an OpenDocument spreadsheet (.ods). {ADVICE}")
    for part, what in PARTS.items():
        if part in names:
            raise UnreadableFileError(f"The file is {what}. {ADVICE}")
    if BOOK not in names:
        raise UnreadableFileError(f"The file is a ZIP file, but no Excel workbook. {ADVICE}")
    types = archives.open_xml_types(container)
    if archives.has_macros(container) or any("macroenabled" in name for name in types):
        raise UnreadableFileError(
            "The workbook has macros, which we do not take. "
            "Save it as an Excel workbook without macros (.xlsx) and upload that."
        )


def _weigh(container: zipfile.ZipFile, most_tags: int) -> None:
    """Unpack every part once: its checksum must be right, and its tags not too many.

    Whatever it is called: which parts a parser reads is said in the workbook, not by their names.
    """
    size = tags = 0
    for entry in container.infolist():
        size += entry.file_size
        if size > MAX_XML_BYTES:
            raise archives.TooMuchError(f"would unpack to more than {MAX_XML_BYTES // 1024**2} MB")
        part = container.read(entry)
        _refuse_hidden(part)
        tags += part.count(b"<")
        if tags > most_tags:
            raise archives.TooMuchError("has too many cells")
        if entry.filename == BOOK and STRICT in part:
            raise UnreadableFileError(
                "The file is a “Strict Open XML” workbook. Save it as an ordinary Excel workbook "
                "(.xlsx) and upload that."
            )


def _refuse_hidden(part: bytes) -> None:
    """Refuse encodings in which a tag need not begin with “<”, so that it would not be counted."""
    said = ENCODING.search(part[:HEAD_BYTES].replace(b"\0", b""))
    if part.startswith(EBCDIC) or (said and said[1].lower() not in ENCODINGS):
        raise damaged()


def _of_another_time(content: bytes) -> UnreadableFileError:
    if ENCRYPTED_PACKAGE in content:
        return _locked()
    return UnreadableFileError(f"The file is an old Excel workbook (.xls). {ADVICE}")


def _no_container(content: bytes) -> UnreadableFileError:
    if content.startswith(archives.FIRST):
        return damaged()
    for start, what in BEGINNINGS.items():
        if content.startswith(start):
            return UnreadableFileError(f"The file is {what}, whatever its name says. {ADVICE}")
    if b"\0" not in content:
        return UnreadableFileError(f"The file is text, such as CSV, and no workbook. {ADVICE}")
    return UnreadableFileError(f"The file is no Excel workbook. {ADVICE}")


def _locked() -> UnreadableFileError:
    return UnreadableFileError(
        "The workbook is protected with a password. Remove the password and upload it again."
    )


def damaged() -> UnreadableFileError:
    """The refusal of a workbook that is broken."""
    return UnreadableFileError(
        "The workbook is damaged or was cut off on its way. Open it, save it again as an Excel "
        "workbook (.xlsx) and upload that."
    )
