"""Read CSV files as people save them: encoding, separator, line numbers, what cannot be seen."""

import csv
import io
import unicodedata
from collections.abc import Iterator

UTF8 = "UTF-8"
WINDOWS = "Windows-1252"
ADVICE = "Save it as CSV (UTF-8)."
# How files begin that are not text, whatever their name says.
FOREIGN = {
    b"PK\x03\x04": "an Excel workbook or another ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF",
}
# Control and format characters, lone surrogates, private letters, line and paragraph separators.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


class UnreadableFileError(Exception):
    """The file does not hold the table it should; the message says why and what to do."""


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a CSV file and the name of its encoding, UTF-8 or Windows-1252."""
    for start, what in FOREIGN.items():
        if content.startswith(start):
            raise UnreadableFileError(f"The file is {what}. {ADVICE}")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError(f"The file is in UTF-16. {ADVICE}")
    if b"\0" in content:
        raise UnreadableFileError(f"The file holds NUL characters, so it is not text. {ADVICE}")
    try:
        return content.decode("utf-8-sig"), UTF8
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), WINDOWS
    except UnicodeDecodeError as error:
        words = f"The file is neither UTF-8 nor Windows-1252. {ADVICE}"
        raise UnreadableFileError(words) from error


def numbered_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, its cells stripped, with the line it begins on.

    The separator is a comma or a semicolon, whichever the first row has more of.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        words = f"The file cannot be read from line {begins} on: {error}. Look for a lost quote."
        raise UnreadableFileError(words) from error


def first_unseen(text: str) -> str:
    """Return the first character that cannot be seen, or nothing."""
    return next((sign for sign in text if unicodedata.category(sign) in UNSEEN), "")


def shown(text: str) -> str:
    """Return a cell's text as it can be shown: not too long, and with everything to be seen."""
    cut = text if len(text) <= 100 else f"{text[:100]}…"
    return "".join(f"[U+{ord(sign):04X}]" if first_unseen(sign) else sign for sign in cut)
