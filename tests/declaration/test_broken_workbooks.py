"""Files that are no workbooks we take: one clear sentence each, soon, and nothing else."""

import io
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declaration import weighing, workbooks
from declaration.spreadsheets import UnreadableFileError
from declaration.workbooks import Column, Page, open_workbook, read_workbook, write_workbook
from tests.workbook_files import SPREADSHEET, packed, parts_of, unpacked, workbook

GOOD = write_workbook([Page("A", (Column("T"),), [["text"] for _ in range(50)])], title="T")
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"


def sheet(rows: str, before: str = "") -> str:
    data = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>'
    return before + data


def in_memory(name: str, part: str | bytes) -> bytes:
    return workbook(ROW, parts={name: part})


def locked_zip() -> bytes:
    """Each entry marked as encrypted, as ZIP programs with a password do."""
    content = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def wrong_checksum() -> bytes:
    """One byte of a packed part changed on the way."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as container:
        entry = container.getinfo(SHEET)
    content = bytearray(GOOD)
    content[entry.header_offset + 30 + len(SHEET) + entry.compress_size // 2] ^= 0xFF
    return bytes(content)


def lying_bomb() -> bytes:
    """A part of 300 MB that says it has 1 KB."""
    part = b" " * 300 * 1024 * 1024
    content = packed(parts_of(ROW) | {SHEET: part})
    return content.replace(len(part).to_bytes(4, "little"), (1024).to_bytes(4, "little"))


TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def container(parts: dict[str, str], method: int) -> bytes:
    """A container that is packed in another way."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as found:
        for name, part in parts.items():
            found.writestr(name, part)
    return file.getvalue()


def broken_name(content: bytes) -> bytes:
    """The first part's own name is said to be UTF-8, and is not."""
    found = bytearray(content)
    found[6:8], found[30] = b"\x00\x08", 0xFF
    return bytes(found)


Make = Callable[[], bytes]

BROKEN: dict[str, tuple[Make, str]] = {
    "empty": (lambda: b"", "The file is empty"),
    "too large": (lambda: GOOD + b"\0" * weighing.MAX_BYTES, "must be 5 MB or smaller"),
    "CSV": (lambda: b"Code,Rating\r\n1.1,3\r\n", "is text, such as CSV"),
    "HTML": (lambda: b"<html><table></table></html>", "is text, such as CSV"),
    "RTF": (lambda: b"{\\rtf1 text}", "is a text document"),
    "PDF": (lambda: b"%PDF-1.7\n\0", "is a PDF"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0", "is a picture"),
    "noise": (lambda: bytes(range(256)) * 4, "no Excel workbook"),
    "xls": (lambda: COMPOUND, r"old Excel workbook \(.xls\)"),
    "password": (
        lambda: COMPOUND + "EncryptedPackage".encode("utf-16-le"),
        "protected with a password",
    ),
    "ZIP password": (locked_zip, "protected with a password"),
    "macros": (lambda: in_memory("xl/vbaProject.bin", b"\0"), "has macros"),
    "macros by type": (
        lambda: packed(parts_of(ROW, types="macroEnabled.main+xml")),
        "has macros",
    ),
    "ZIP": (lambda: packed({"a.txt": "a"}), "ZIP file, but no Excel workbook"),
    "ods": (
        lambda: packed({"mimetype": OPEN_DOCUMENT, "content.xml": "<a/>"}),
        "OpenDocument spreadsheet",
    ),
    "docx": (lambda: packed({"word/document.xml": "<a/>"}), "is a Word document"),
    "pptx": (lambda: packed({"ppt/presentation.xml": "<a/>"}), "is a PowerPoint"),
    "xlsb": (lambda: packed({"xl/workbook.bin": b"\0"}), "binary Excel workbook"),
    "numbers": (lambda: packed({"Index/Document.iwa": b"\0"}), "is a Numbers spreadsheet"),
    "strict": (
        lambda: in_memory(
            BOOK, '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
        ),
        "Strict Open XML",
    ),
    "cut off": (lambda: GOOD[: len(GOOD) // 2], "damaged or was cut off"),
    "no end": (lambda: GOOD[:-30], "damaged or was cut off"),
    "something before": (lambda: b"MZ" + GOOD, "no Excel workbook"),
    "wrong checksum": (wrong_checksum, "damaged or was cut off"),
    "broken XML": (lambda: in_memory(SHEET, "<worksheet>"), "damaged or was cut off"),
    "XML of nothing": (lambda: in_memory(BOOK, ""), "damaged or was cut off"),
    "foreign XML": (lambda: in_memory(BOOK, "<svg/>"), "damaged or was cut off"),
    "no sheet": (
        lambda: packed({k: v for k, v in parts_of(ROW).items() if k != "[Content_Types].xml"}),
        "damaged or was cut off",
    ),
    "lost text": (
        lambda: workbook('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'),
        "damaged or was cut off",
    ),
    "bad number": (
        lambda: workbook('<row r="1"><c r="A1"><v>three</v></c></row>'),
        "damaged or was cut off",
    ),
    "bad place": (
        lambda: workbook('<row r="1"><c r="AAAA1"><v>1</v></c></row>'),
        "damaged or was cut off",
    ),
    "entities in a sheet": (lambda: in_memory(SHEET, sheet(ROW, ENTITY)), "damaged"),
    "entities in texts": (
        lambda: in_memory(STRINGS, f'{ENTITY}<sst xmlns="{SPREADSHEET}"><si><t>&b;</t></si></sst>'),
        "damaged",
    ),
    "bomb": (lambda: in_memory(SHEET, b" " * 200 * 1024 * 1024), "would unpack to 200 MB"),
    "lying bomb": (lying_bomb, "damaged or was cut off"),
    "too much XML": (
        lambda: in_memory("xl/a.xml", bytes(range(1, 128)) * (41 * 1024 * 1024 // 127)),
        "would unpack to",
    ),
    "too many tags": (lambda: in_memory(SHEET, sheet("<row/>" * 500_000)), "too many cells"),
    "too many tags under another name": (
        lambda: in_memory("xl/a.dat", sheet("<row/>" * 500_000)),
        "too many cells",
    ),
    "too much under another name": (
        lambda: in_memory("xl/a.bin", bytes(range(128)) * (41 * 1024 * 1024 // 128)),
        "would unpack to",
    ),
    "hidden tags": (
        lambda: in_memory("xl/a.xml", '<?xml version="1.0" encoding="UTF-7"?>+ADw-a/>'),
        "damaged",
    ),
    "tags without ASCII": (
        lambda: in_memory("xl/a.xml", '<?xml version="1.0"?><a/>'.encode("cp037")),
        "damaged",
    ),
    "another way of packing": (
        lambda: container({"[Content_Types].xml": TYPES, BOOK: "<a/>"}, zipfile.ZIP_LZMA),
        "damaged",
    ),
    "a name that is no text": (lambda: broken_name(GOOD), "damaged"),
    **{
        f"types in {encoding}": (
            lambda encoding=encoding: in_memory(  # type: ignore[misc]  # bound early
                "[Content_Types].xml", f'<?xml version="1.0" encoding="{encoding}"?><Types/>'
            ),
            "damaged",
        )
        for encoding in ("foo", "shift_jis", "utf-7", "idna", "hex")
    },
    "a row beyond all rows": (
        lambda: workbook('<row r="999999999999"><c r="A1"><v>1</v></c></row>'),
        "more than 60,000 blank rows from row 1 on",
    ),
    "a cell in the last row": (
        lambda: workbook(f'{ROW}<row r="1048576"><c><v>1</v></c></row>'),
        "more than 60,000 blank rows from row 2 on",
    ),
    "a million empty rows": (
        lambda: workbook(ROW + "<row/>" * 190_000),
        "more than 60,000 blank rows from row 2 on",
    ),
    "wide rows": (
        lambda: workbook('<row><c r="XFD1"/></row>' * 500),
        "is too large",
    ),
    "too many rows": (lambda: workbook("<row><c><v>1</v></c></row>" * 2_001), "more than 2,000"),
    "beyond the last column": (
        lambda: workbook('<row r="2"><c r="BZ2"><v>1</v></c></row>'),
        "something in cell BZ2",
    ),
    "too many sheets": (
        lambda: write_workbook(
            [Page(f"S{n}", (Column("T"),), []) for n in range(workbooks.MAX_PAGES + 1)], title="T"
        ),
        "more than 20 sheets",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_has_one_clear_verdict_soon(name: str) -> None:
    make, words = BROKEN[name]
    content = make()
    began = time.monotonic()
    with pytest.raises(UnreadableFileError, match=words) as refusal:
        read_workbook(content)
    assert time.monotonic() - began < 10
    assert str(refusal.value).endswith(".")


def test_all_sheets_share_what_is_read_of_gaps() -> None:
    # Seventeen cells take a sheet to its last row without a gap that is too long.
    far = "".join(f'<row r="{n * 60_000}"><c><v>1</v></c></row>' for n in range(1, 18))
    [sheet] = open_workbook(workbook(far))
    assert len(list(sheet.rows())) == len(list(sheet.rows())) == 17
    sheets = [replace(sheet, place=place) for place in range(20)]
    began = time.process_time()
    with pytest.raises(UnreadableFileError, match="is too large"):
        sum(len(list(each.rows())) for each in sheets)
    assert time.process_time() - began < 10
    assert sum(sheet.spent.values()) <= workbooks.MAX_CELLS


def test_fifty_thousand_blank_rows_are_passed_over() -> None:
    content = workbook(ROW + "<row/>" * 50_000 + "<row><c><v>2</v></c></row>")
    assert [row.number for row in read_workbook(content)[0].rows] == [1, 50_002]
    content = workbook(f'{ROW}<row r="60002"><c><v>2</v></c></row>')
    assert [row.number for row in read_workbook(content)[0].rows] == [1, 60_002]


def test_a_good_file_is_not_refused() -> None:
    """The negative control."""
    assert len(read_workbook(GOOD)[0].rows) == 51
    assert len(read_workbook(workbook(ROW))[0].rows) == 1


@settings(max_examples=60)
@given(st.data())
def test_a_file_with_a_changed_byte_is_read_or_refused(data: Any) -> None:
    content = bytearray(GOOD)
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    with suppress(UnreadableFileError):
        read_workbook(bytes(content))


@settings(max_examples=60)
@given(st.data())
def test_a_part_with_a_changed_byte_is_read_or_refused(data: Any) -> None:
    """The checksums are right, and what is in the parts is not."""
    parts = unpacked(GOOD)
    name = data.draw(st.sampled_from(sorted(parts)))
    part = bytearray(parts[name])
    part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnreadableFileError):
        read_workbook(packed(parts | {name: bytes(part)}))
