"""What may be uploaded: each file of the corpus has the one verdict that is expected of it."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from declaration import archives
from declaration.uploads import MAX_BYTES, UnusableFileError, check, clean_name, megabytes
from tests.declaration.upload_corpus import CORPUS, PDF, office, types, zipped


def verdict(name: str, content: bytes) -> str:
    """The media type, or the words of the refusal."""
    try:
        return check(SimpleUploadedFile(name, content)).media_type
    except UnusableFileError as error:
        return str(error)


@pytest.mark.parametrize("case", CORPUS)
def test_each_file_has_its_one_verdict(case: str) -> None:
    upload = CORPUS[case]
    found = verdict(upload.name, upload.content())
    if "/" in upload.verdict:
        assert found == upload.verdict
    else:
        assert found.startswith(f"“{upload.name}” ")
        assert upload.verdict in found
        assert found.endswith(".")


def test_a_file_that_is_kept_is_left_at_its_beginning() -> None:
    upload = SimpleUploadedFile("Plan.PDF", PDF)
    checked = check(upload)
    assert (checked.name, checked.suffix, checked.size) == ("Plan.PDF", ".pdf", len(PDF))
    assert upload.read() == PDF


@given(st.binary(max_size=300), st.sampled_from(["a.pdf", "a.docx", "a.png", "a.jpg", "a.ods"]))
def test_any_bytes_have_a_verdict(content: bytes, name: str) -> None:
    assert verdict(name, content)


@given(st.data())
def test_a_broken_document_has_a_verdict(data: st.DataObject) -> None:
    """One byte of a good document changed, wherever it is: a verdict, never an error."""
    name = data.draw(st.sampled_from(["docx", "odt", "png", "jpg"]))
    content = bytearray(CORPUS[name].content())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert verdict(CORPUS[name].name, bytes(content))


ENCODINGS = ("foo", "shift_jis", "utf-7", "idna", "hex")


def typed_in(encoding: str) -> bytes:
    """A document whose list of types says that it is in this encoding."""
    head = f'<?xml version="1.0" encoding="{encoding}"?><Types/>'
    return zipped({"[Content_Types].xml": head.encode(), "main.xml": b"<a/>"})


def packed_as(method: int) -> bytes:
    """A document that says of every part that it is packed in another way than it is."""
    content = bytearray(office("wordprocessingml.document"))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset : place + offset + 2] = method.to_bytes(2, "little")
            place = content.find(mark, place + 4)
    return bytes(content)


def misnamed() -> bytes:
    """A document whose first part has a name that is no text."""
    content = bytearray(office("wordprocessingml.document"))
    content[6:8], content[30] = b"\x00\x08", 0xFF
    return bytes(content)


BROKEN = {
    **{f"types in {one}": typed_in(one) for one in ENCODINGS},
    **{f"packed as {one}": packed_as(one) for one in (12, 14, 99)},
    "packed with LZMA": zipped(
        {"[Content_Types].xml": types("x"), "main.xml": b"<a/>"}, zipfile.ZIP_LZMA
    ),
    "misnamed": misnamed(),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_containers_are_damaged_and_never_an_error(case: str) -> None:
    assert verdict("plan.docx", BROKEN[case]).startswith("“plan.docx” is damaged or was cut off")


def test_whatever_a_file_does_to_its_reader_is_told_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    upload = SimpleUploadedFile("plan.pdf", PDF)
    upload.file.close()  # type: ignore[union-attr]  # there is one
    with pytest.raises(UnusableFileError, match="is damaged or was cut off"):
        check(upload)
    assert "could not be looked at" in caplog.text


def test_a_document_with_something_before_it_is_none() -> None:
    content = b"MZ" + office("wordprocessingml.document")
    with pytest.raises(archives.NoContainerError):
        archives.open_container(BytesIO(content), len(content))


def test_a_directory_of_too_many_parts_is_not_even_read() -> None:
    content = zipped({f"{number}": b"" for number in range(archives.MAX_ENTRIES + 1)})
    with pytest.raises(archives.TooMuchError, match="more than 5,000 parts"):
        archives.open_container(BytesIO(content), len(content))


def test_a_comment_that_looks_like_an_end_does_not_hide_the_end() -> None:
    """The end that counts is the one whose comment reaches to the end of the file."""
    content = office("wordprocessingml.document")
    comment = b"PK\x05\x06" + bytes(30)
    content = content[:-2] + len(comment).to_bytes(2, "little") + comment
    archives.open_container(BytesIO(content), len(content))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("..", "file"),
        ("", "file"),
        ("plan\x00\x07.pdf", "plan.pdf"),
        ("plan\r\nSet-Cookie: a=b.pdf", "plan Set-Cookie: a=b.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("pl\u200ban\ud800.pdf", "plan.pdf"),
        ("  plan   2026 .pdf. ", "plan 2026 .pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("Strategaeth Ŵy (cyfrinachol) – £.pdf", "Strategaeth Ŵy (cyfrinachol) – £.pdf"),
        ("خطة.pdf", "خطة.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 253),
    ],
)
def test_names_are_cleaned_and_keep_their_extension(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@given(st.text())
def test_any_name_becomes_one_that_can_be_shown_and_stored(typed: str) -> None:
    name = clean_name(typed)
    assert 1 <= len(name) <= 255
    assert clean_name(name) == name
    assert not set(name) & set("/\\\0\n\r\u202e")
    assert name.encode()


def test_one_byte_too_many_is_seen_to_be_too_many() -> None:
    assert megabytes(MAX_BYTES) == "25 MB"
    assert megabytes(MAX_BYTES + 1) == "25.1 MB"
    assert megabytes(1) == "0.1 MB"
