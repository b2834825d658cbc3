"""What a killed process left in the folder for evidence is cleared once a day, and nothing else."""

import os
import time

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from assessments.actions.files import FOLDER, clear_files
from assessments.models import Assessment, EvidenceFile
from assessments.tasks import clear_files as daily
from declaration import celery, files
from signatories.models import User
from tests.assessments.uploading import TEXT, add_file, on_disk, upload

pytestmark = pytest.mark.django_db

DAY = 24 * 60 * 60


def aged(name: str, seconds: float) -> str:
    """The file, as if it had been written that long ago."""
    then = time.time() - seconds
    os.utime(default_storage.path(name), (then, then))
    return name


def left_behind(seconds: float) -> str:
    """A file whose row was never committed."""
    return aged(files.keep_upload(upload("left.txt", TEXT), FOLDER).name, seconds)


def names() -> set[str]:
    return {str(path.relative_to(settings.MEDIA_ROOT)) for path in on_disk()}


def test_only_old_files_without_a_row_are_deleted(assessment: Assessment, lead: User) -> None:
    answer = assessment.answers.in_order()[0]
    kept = aged(str(add_file(answer, lead).file.name), 10 * DAY)
    fresh = left_behind(DAY - 60)
    left_behind(DAY + 60)
    left_behind(10 * DAY)
    other = aged(files.keep(b"%PDF-1.7 a report", "reports", ".pdf").name, 10 * DAY)
    assert clear_files() == 2
    assert names() == {kept, fresh}
    assert default_storage.exists(other)
    assert clear_files() == 0


def test_removed_evidence_keeps_its_file(assessment: Assessment, lead: User) -> None:
    answer = assessment.answers.in_order()[0]
    file = add_file(answer, lead)
    aged(str(file.file.name), 10 * DAY)
    assert clear_files() == 0
    assert EvidenceFile.objects.get().file.storage.exists(str(file.file.name))


def test_an_empty_folder_is_no_trouble() -> None:
    assert clear_files() == 0


def test_the_clock_asks_for_it_once_a_day() -> None:
    entry = celery.app.conf.beat_schedule["clear-files"]
    assert entry["task"] == daily.name
    assert str(entry["schedule"]).startswith("<crontab: 30 3 * * *")
    left_behind(2 * DAY)
    daily()
    assert names() == set()
