"""Hand out tables as CSV and Excel files: safe cells, row by row, in memory that stays flat."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO, TypeAlias

from django.http import FileResponse, StreamingHttpResponse

from declaration.spreadsheets import safe_cell
from declaration.workbooks import MEDIA_TYPE, Column, write_rows

Value: TypeAlias = str | int | date | None

CSV_TYPE = "text/csv; charset=utf-8"
# Excel takes a file without it for Windows-1252.
BOM = b"\xef\xbb\xbf"
CHUNK_BYTES = 64 * 1024


def text_of(value: Value) -> str:
    """Return a value as its cell says it: a text made safe, a date as ISO, nothing as nothing."""
    if isinstance(value, str):
        return safe_cell(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


class _Pieces:
    """Takes what the CSV writer writes, until somebody takes it away."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)

    def take(self) -> bytes:
        taken = "".join(self.parts).encode()
        self.parts, self.size = [], 0
        return taken


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Yield the table as UTF-8 with BOM and CRLF, in pieces of some 64 kB."""
    pieces = _Pieces()
    writer = csv.writer(pieces, lineterminator="\r\n")
    writer.writerow(header)
    yield BOM
    for row in rows:
        writer.writerow([text_of(value) for value in row])
        if pieces.size >= CHUNK_BYTES:
            yield pieces.take()
    yield pieces.take()


def csv_file(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]
) -> StreamingHttpResponse:
    """Answer with the table as a CSV file to be kept under the name."""
    return StreamingHttpResponse(
        csv_lines(header, rows), content_type=CSV_TYPE, headers=_attached(f"{name}.csv")
    )


def write_table(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    notes: Sequence[tuple[str, str]] = (),
) -> IO[bytes]:
    """Write a workbook to a nameless temporary file, every cell a safe text.

    One sheet holds the table; a second one the notes, each a name and a text, where there are any.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    safe = ([text_of(value) for value in row] for row in rows)
    told = [(safe_cell(name), safe_cell(text)) for name, text in notes]
    write_rows(title, columns, safe, file, told)
    file.seek(0)
    return file


def workbook_file(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    notes: Sequence[tuple[str, str]] = (),
) -> FileResponse:
    """Answer with the table as an Excel workbook to be kept under the name.

    `notes` become a second sheet: what is shown, for which filters, and what is left out.
    """
    return FileResponse(
        write_table(title, columns, rows, notes),
        content_type=MEDIA_TYPE,
        headers=_attached(f"{name}.xlsx"),
    )


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
