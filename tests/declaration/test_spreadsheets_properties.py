"""What holds for any file whatever: read as it was written, or refused in words."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from declaration.spreadsheets import (
    FOREIGN,
    SEPARATORS,
    UTF8,
    UTF16,
    WINDOWS,
    UnreadableFileError,
    decode,
    numbered_rows,
)

CODECS = {UTF8: ["utf-8"], WINDOWS: ["cp1252"], UTF16: ["utf-16-le", "utf-16-be"]}
BOM = b"\xef\xbb\xbf"
MARKS = (BOM, b"\xff\xfe", b"\xfe\xff")
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
    unmarked = [content, *(content.removeprefix(mark) for mark in MARKS)]
    assert any(text.encode(codec) in unmarked for codec in CODECS[encoding])


@given(TEXTS, st.booleans())
def test_text_comes_back_from_utf8_with_and_without_its_mark(text: str, marked: bool) -> None:
    assert decode((BOM if marked else b"") + text.encode()) == (text, UTF8)


@given(TEXTS, st.sampled_from(["le", "be"]))
def test_text_comes_back_from_utf16_with_its_mark(text: str, order: str) -> None:
    assert decode(f"\ufeff{text}".encode(f"utf-16-{order}")) == (text, UTF16)


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.sampled_from(["le", "be"])
)
def test_a_header_tells_utf16_without_a_mark(text: str, order: str) -> None:
    whole = f"name,kind,gss_code\n{text}"
    assert decode(whole.encode(f"utf-16-{order}")) == (whole, UTF16)


@given(st.binary(max_size=200))
def test_rows_are_read_or_refused_with_their_line(content: bytes) -> None:
    try:
        rows = list(numbered_rows(decode(content)[0]))
    except UnreadableFileError:
        return
    lines = [line for line, _ in rows]
    assert lines == sorted(set(lines))
    assert all(any(cells) for _, cells in rows)


@given(TABLES, st.sampled_from(list(SEPARATORS)))
def test_a_table_comes_back(table: list[list[str]], separator: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(table)
    assert [cells for _, cells in numbered_rows(file.getvalue())] == table


@given(TABLES, st.sampled_from([*SEPARATORS, "|"]), st.sampled_from(["\n", "\r", "\r\n"]))
def test_a_line_that_says_the_separator_is_believed_and_left_out(
    table: list[list[str]], separator: str, end: str
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows(table)
    found = list(numbered_rows(f"sep={separator}{end}{file.getvalue()}"))
    assert [cells for _, cells in found] == table
    assert found[0][0] == 2
