"""Spreadsheets as people bring them back: filled in, cut about, saved by other programs."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assessments.actions.uploading import SheetPreview
from assessments.dashboards import read_offline
from assessments.models import Answer, Assessment, SheetUpload
from assessments.sheets import read_sheet, write_sheet
from declaration.workbooks import MEDIA_TYPE
from tests.assessments.posting import fields_in

Changes = Mapping[tuple[str, str], object]


def download(assessment: Assessment) -> bytes:
    """The spreadsheet as it is handed out now."""
    return write_sheet(assessment, read_offline(assessment))


def opened(content: bytes, work: Callable[[Any], object]) -> bytes:
    """The workbook after somebody worked in it and saved it."""
    book = load_workbook(io.BytesIO(content))
    work(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def places(sheet: Any) -> tuple[dict[str, int], dict[str, int]]:
    """The rows by indicator's code, and the columns by title."""
    rows = {str(sheet.cell(number, 1).value): number for number in range(2, sheet.max_row + 1)}
    titles = {str(cell.value): cell.column for cell in sheet[1]}
    return rows, titles


def fill_in(content: bytes, changes: Changes) -> bytes:
    """The spreadsheet with these cells filled in, by code and title; texts stay texts."""

    def work(book: Any) -> None:
        sheet = book["Answers"]
        rows, titles = places(sheet)
        for (code, title), value in changes.items():
            cell = sheet.cell(rows[code], titles[title])
            cell.value = value
            if isinstance(value, str) and not value.startswith("="):
                cell.data_type = "s"

    return opened(content, work)


def filled_in(assessment: Assessment, changes: Changes) -> bytes:
    """The spreadsheet of now with these cells filled in."""
    return fill_in(download(assessment), changes)


def preview_of(assessment: Assessment, content: bytes) -> SheetPreview:
    """What bringing it back would do."""
    return read_sheet(content, Assessment.objects.get(pk=assessment.pk))


def values_in(preview: SheetPreview, code: str) -> Mapping[str, object]:
    """What the preview would make of the indicator."""
    found = {row.answer.indicator.code: row for row in preview.rows}
    return found[code].merge.values


def bring_back(
    client: Client, assessment: Assessment, content: bytes, name: str = "answers.xlsx"
) -> Any:
    """Upload the file; what came back."""
    path = reverse("assessments:sheet-upload", args=[assessment.pk])
    return client.post(path, {"file": SimpleUploadedFile(name, content, MEDIA_TYPE)})


def uploaded(client: Client, assessment: Assessment, content: bytes) -> SheetUpload:
    """Upload a file that is taken."""
    response = bring_back(client, assessment, content)
    assert response.status_code == 302, response.content.decode()
    return SheetUpload.objects.latest("pk")


def page_of(upload: SheetUpload, verb: str = "detail") -> str:
    """Where one of the upload's pages is."""
    return reverse(f"assessments:sheet-{verb}", args=[upload.pk])


FORM = "sheet-form"
CHANGES = {
    ("1.1", "Narrative"): "We do more.",
    ("1.2", "Rating"): "Exploring",
    ("1.2", "Completed"): "yes",
}


def confirmed(client: Client, upload: SheetUpload, **chosen: str) -> Any:
    """Send the form of the preview as it stands, with what is chosen."""
    page = client.get(page_of(upload))
    sent = {name: texts[0] for name, texts in fields_in(page, FORM).items()}
    return client.post(page_of(upload, "confirm"), sent | chosen)


def first_two(assessment: Assessment) -> list[tuple[Any, ...]]:
    """Rating, narrative, completed and version of the first two answers, as they are stored."""
    rows = Answer.objects.filter(assessment=assessment).in_order()[:2]
    return [(row.rating, row.narrative, row.completed, row.version) for row in rows]
