"""Read and write CSV files as people save them: encoding, separator, lines, safe cells."""

import csv
import re
import unicodedata
from collections.abc import Iterator

UTF8 = "UTF-8"
WINDOWS = "Windows-1252"
UTF16 = "UTF-16"
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
# What may stand between cells, as it is called.
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# The line with which programs are told what stands between the cells.
SAID = re.compile(r"[ \t]*\"?sep=([,;\t|])\"?[ \t,;]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
# What the CSV reader says, and what that means.
BROKEN = {
    "unexpected end of data": "a quote opens a cell and none closes it",
    "expected after": "a quote closes a cell that goes on",
    "field larger": "a cell has more than 131,072 characters",
}


class UnreadableFileError(Exception):
    """The file does not hold the table it should; the message says why and what to do."""


# --- Reading -------------------------------------------------------------------------------------


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a CSV file and the name of its encoding: UTF-8, Windows-1252 or UTF-16.

    Raises UnreadableFileError for what is no text, or in an encoding that nobody can be sure of.
    """
    for start, what in FOREIGN.items():
        if content.startswith(start):
            raise UnreadableFileError(f"The file is {what}. {ADVICE}")
    for encoding, said in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise UnreadableFileError(f"The file holds NUL characters, so it is not text. {ADVICE}")
        return text, said
    raise UnreadableFileError(
        f"The file is in none of the encodings {UTF8}, {WINDOWS} and {UTF16}, or was cut off on "
        f"its way. {ADVICE}"
    )


def _encodings(content: bytes) -> list[tuple[str, str]]:
    """How the bytes may be read, the surest first."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [("utf-16", UTF16)]
    # Without a mark only where every other byte is NUL for a while, as in Latin letters.
    beginning = content[:32]
    if len(beginning) >= 8 and len(content) % 2 == 0:
        if not any(beginning[1::2]) and all(beginning[::2]):
            return [("utf-16-le", UTF16)]
        if not any(beginning[::2]) and all(beginning[1::2]):
            return [("utf-16-be", UTF16)]
    return [("utf-8-sig", UTF8), ("cp1252", WINDOWS)]


def said_separator(text: str) -> str:
    """Return the separator that a first line like `sep=;` names, or nothing."""
    found = SAID.match(text)
    return found[1] if found else ""


def separator_of(text: str) -> str:
    """Return what stands between the cells: as it is said, or what the first row has most of."""
    first = next((line[0] for line in LINE.finditer(text) if line[0].strip()), "")
    return said_separator(text) or max(SEPARATORS, key=first.count)


def numbered_rows(text: str, separator: str = "") -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, its cells stripped, with the line it begins on.

    Without a `separator` it is what `separator_of` finds; a line that only says it is left out.
    Raises UnreadableFileError for a quote that never ends, with the line of its row.
    """
    lines = (found[0] for found in LINE.finditer(text))
    begins = 1
    if said_separator(text):
        next(lines)
        begins = 2
    reader = csv.reader(lines, delimiter=separator or separator_of(text), strict=True)
    before = begins
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield begins, stripped
            begins = reader.line_num + before
    except csv.Error as error:
        why = next((words for part, words in BROKEN.items() if part in str(error)), str(error))
        words = f"The file cannot be read from line {begins} on: {why}. Look for a lost quote."
        raise UnreadableFileError(words) from error


def first_unseen(text: str) -> str:
    """Return the first character that cannot be seen, or nothing."""
    if text.isprintable():
        return ""
    return next((sign for sign in text if unicodedata.category(sign) in UNSEEN), "")


def shown(text: str) -> str:
    """Return a cell's text as it can be shown: not too long, and with everything to be seen."""
    cut = text if len(text) <= 100 else f"{text[:100]}…"
    return "".join(f"[U+{ord(sign):04X}]" if first_unseen(sign) else sign for sign in cut)


# --- Cells that are safe to open -----------------------------------------------------------------

# What makes a program take a text for a formula, or break it in two: with blanks before it, and
# with apostrophes that a cell had already, so that each text has one safe form and comes back.
DANGEROUS = re.compile(r"'*\s*[\t\r\n=+\-@＝＋－＠]")


def safe_cell(text: str) -> str:
    """Return the text as no program takes it for a formula: with an apostrophe before it."""
    return f"'{text}" if DANGEROUS.match(text) else text


def plain_cell(text: str) -> str:
    """Return what `safe_cell` was given; a text that it would not have written stays as it is."""
    return text[1:] if text.startswith("'") and DANGEROUS.match(text) else text
