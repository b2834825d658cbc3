"""Uploaded files are written whole, under names nobody can guess, or not at all."""

import errno
import hashlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from declaration import files
from declaration.actions import RefusedError
from tests.small_disk import room_for

CONTENT = bytes(range(256)) * 1000


def upload(content: bytes = CONTENT, name: str = "../plan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def on_disk() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_an_upload_is_kept_whole_with_its_hash() -> None:
    kept = files.keep_upload(upload(), "evidence")
    assert kept.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (Path(settings.MEDIA_ROOT) / kept.name).read_bytes() == CONTENT


def test_its_name_tells_nothing_and_is_another_one_each_time() -> None:
    names = {files.keep_upload(upload(), "evidence").name for _ in range(3)}
    assert len(names) == 3
    for name in names:
        folder, inner, secret = name.split("/")
        assert (folder, inner, len(secret)) == ("evidence", secret[:2], 32)
        assert "plan" not in name
        assert "pdf" not in name


def test_files_lie_outside_what_the_web_server_serves() -> None:
    assert Path(settings.MEDIA_ROOT) not in Path(settings.STATIC_ROOT).parents
    assert Path(settings.STATIC_ROOT) not in Path(settings.MEDIA_ROOT).parents
    assert settings.MEDIA_URL == "/"


def test_a_full_disk_is_told_in_words_and_leaves_nothing() -> None:
    with room_for(1000), pytest.raises(RefusedError, match="no room left for files") as refused:
        files.keep_upload(upload(), "evidence")
    assert "“plan.pdf”" in str(refused.value)
    assert on_disk() == []
    # The negative control: with room it is kept.
    files.keep_upload(upload(), "evidence")
    assert len(on_disk()) == 1


def test_a_folder_that_cannot_be_written_is_told_in_words(settings: object, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"a file, where a folder should be")
    settings.MEDIA_ROOT = blocked  # type: ignore[attr-defined]  # pytest-django's settings
    with pytest.raises(RefusedError, match="could not write"):
        files.keep_upload(upload(), "evidence")


def test_what_was_cut_off_on_its_way_is_not_kept() -> None:
    cut = upload(CONTENT[:100])
    cut.size = len(CONTENT)
    with pytest.raises(RefusedError, match="was cut off on its way"):
        files.keep_upload(cut, "evidence")
    assert on_disk() == []


def test_old_files_are_found_and_new_ones_are_not() -> None:
    old, new = (files.keep_upload(upload(), "evidence").name for _ in range(2))
    yesterday = time.time() - 25 * 60 * 60
    os.utime(default_storage.path(old), (yesterday, yesterday))
    moment = datetime.fromtimestamp(time.time() - 24 * 60 * 60, UTC)
    found = [name for names in files.older_than(moment, "evidence") for name in names]
    assert found == [old]
    assert new not in found
    assert list(files.older_than(moment, "nothing here")) == []


def test_removing_what_is_gone_is_no_error() -> None:
    kept = files.keep_upload(upload(), "evidence")
    files.remove(kept.name)
    files.remove(kept.name)
    assert on_disk() == []


def test_every_way_in_which_a_disk_is_full_has_the_same_words() -> None:
    assert {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} == files.FULL
