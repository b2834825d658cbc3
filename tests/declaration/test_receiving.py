"""Uploads come in up to the limit, and trouble with one of them never fails the request."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from declaration.receiving import MAX_AT_ONCE, ReceivedFile
from declaration.uploads import MAX_BYTES, UnusableFileError, check
from tests.declaration.upload_corpus import PDF, whole_pdf
from tests.small_disk import room_for

LARGE = 3 * 1024 * 1024


Send = Callable[..., HttpRequest]


@pytest.fixture
def request_of() -> Iterator[Send]:
    """Make requests with files and a text beside them, read by nobody yet; closed at the end."""
    sent: list[HttpRequest] = []

    def post(*uploads: SimpleUploadedFile) -> HttpRequest:
        form = {"narrative": "Typed for an hour", "files": list(uploads)}
        sent.append(RequestFactory().post("/", form))
        return sent[-1]

    yield post
    for one in sent:
        one.close()


def files_of(sent: HttpRequest) -> list[Any]:
    assert sent.POST["narrative"] == "Typed for an hour"
    return sent.FILES.getlist("files")


def test_a_large_file_comes_in_whole(request_of: Send) -> None:
    [file] = files_of(request_of(SimpleUploadedFile("plan.pdf", whole_pdf(LARGE))))
    assert isinstance(file, ReceivedFile)
    assert check(file).size == LARGE
    assert file.read() == whole_pdf(LARGE)


def test_a_small_request_stays_in_memory(request_of: Send) -> None:
    [file] = files_of(request_of(SimpleUploadedFile("plan.pdf", PDF)))
    assert not isinstance(file, ReceivedFile)
    assert check(file).size == len(PDF)


def test_nothing_is_written_beyond_the_limit_and_the_size_is_what_was_sent(
    request_of: Send,
) -> None:
    [file] = files_of(request_of(SimpleUploadedFile("plan.pdf", bytes(MAX_BYTES + LARGE))))
    assert file.size == MAX_BYTES + LARGE
    assert len(file.read()) == MAX_BYTES
    with pytest.raises(UnusableFileError, match="is 28 MB, and 25 MB is the limit"):
        check(file)


def test_a_full_disk_costs_the_file_and_not_what_was_typed(request_of: Send) -> None:
    sent = request_of(SimpleUploadedFile("plan.pdf", whole_pdf(LARGE)))
    with room_for(100_000):
        [file] = files_of(sent)
    with pytest.raises(UnusableFileError, match="could not be received"):
        check(file)


def test_a_folder_that_is_gone_costs_the_file_and_not_what_was_typed(
    settings: Any, tmp_path: Path, request_of: Send
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "gone")
    [file] = files_of(request_of(SimpleUploadedFile("plan.pdf", whole_pdf(LARGE))))
    with pytest.raises(UnusableFileError, match="could not be received"):
        check(file)


def test_the_last_of_too_many_files_are_told(request_of: Send) -> None:
    many = [SimpleUploadedFile("plan.pdf", whole_pdf(200_000)) for _ in range(MAX_AT_ONCE + 1)]
    found = files_of(request_of(*many))
    assert [check(file).size for file in found[:-1]] == [200_000] * MAX_AT_ONCE
    with pytest.raises(UnusableFileError, match="20 at once are the limit"):
        check(found[-1])


def test_a_long_extension_does_not_fail_the_request(request_of: Send) -> None:
    """Django would make it part of a temporary file's name, which the file system refuses."""
    [file] = files_of(request_of(SimpleUploadedFile("plan." + "x" * 250, bytes(LARGE))))
    with pytest.raises(UnusableFileError, match="is not a kind of file"):
        check(file)


def test_nothing_is_left_in_the_folder_for_temporary_files(
    settings: Any, tmp_path: Path, request_of: Send
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    [file] = files_of(request_of(SimpleUploadedFile("plan.pdf", whole_pdf(LARGE))))
    assert list(tmp_path.iterdir()) == []
    assert file.size == LARGE
