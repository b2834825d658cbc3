"""Files put behind an answer, for tests that need some."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.actions.files import FOLDER, add_files
from assessments.models import Answer, EvidenceFile
from declaration.uploads import check
from signatories.models import User
from tests.assessments.posting import filled
from tests.declaration.upload_corpus import PDF

TEXT = b"How we share data."


def upload(name: str = "plan.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def add_file(
    answer: Answer, by: User, name: str = "plan.pdf", content: bytes = PDF
) -> EvidenceFile:
    """Put one file behind the answer."""
    [file] = add_files(answer=answer, files=[check(upload(name, content))], by=by)
    return EvidenceFile.objects.get(pk=file.pk)


def post_files(client: Client, answer: Answer, *uploads: SimpleUploadedFile, **typed: Any) -> Any:
    """Press "Upload now" in the indicator's form, filled in."""
    path = reverse("assessments:evidence-upload", args=[answer.pk])
    return client.post(path, filled(answer, **typed) | {"files": list(uploads)})


def download_path(file: EvidenceFile) -> str:
    """Where the file is handed out."""
    return reverse("assessments:evidence-download", args=[file.code])


def detail_path(file: EvidenceFile) -> str:
    """The page of the file's evidence."""
    return reverse("assessments:evidence-detail", args=[file.evidence_id])


def on_disk() -> list[Path]:
    """Every file in the folder for evidence."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    return [path for path in folder.rglob("*") if path.is_file()]
