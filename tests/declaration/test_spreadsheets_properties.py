"""What holds for any file whatever: read as it was written, or refused in words."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from declaration.spreadsheets import (
    FOREIGN,
    UTF8,
    WINDOWS,
    UnreadableFileError,
    decode,
    numbered_rows,
)

CODECS = {UTF8: "utf-8", WINDOWS: "cp1252"}
BOM = b"\xef\xbb\xbf"
# Text that does not begin as a picture or a PDF does, and has no mark of its own.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")).filter(
    lambda text: not text.encode().startswith(tuple(FOREIGN))
)
# Cells as people write them: quotes, separators and line ends too, but nothing around them.
CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and text)
# The first cell has no separator: the header says which it is.
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=6).map(
    lambda rows: [["name", "kind", "website"], *rows]
)


@given(st.binary(max_size=200))
def test_bytes_are_decoded_whole_or_refused(content: bytes) -> None:
    try:
        text, encoding = decode(content)
    except UnreadableFileError:
        return
    assert text.encode(CODECS[encoding]) == content.removeprefix(BOM)


@given(TEXTS, st.booleans())
def test_text_comes_back_from_utf8_with_and_without_its_mark(text: str, marked: bool) -> None:
    assert decode((BOM if marked else b"") + text.encode()) == (text, UTF8)


@given(st.binary(max_size=200))
def test_rows_are_read_or_refused_with_their_line(content: bytes) -> None:
    try:
        rows = list(numbered_rows(decode(content)[0]))
    except UnreadableFileError:
        return
    lines = [line for line, _ in rows]
    assert lines == sorted(set(lines))
    assert all(any(cells) for _, cells in rows)


@given(TABLES, st.sampled_from(",;"))
def test_a_table_comes_back(table: list[list[str]], separator: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(table)
    assert [cells for _, cells in numbered_rows(file.getvalue())] == table
