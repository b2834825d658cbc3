"""A request whose body ended early cannot be read: half of it never passes for the whole."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from declaration.bodies import WholeBody, refuse_cut_off, whole_bodies

FORM = "application/x-www-form-urlencoded"
MULTIPART = encode_multipart(
    BOUNDARY, {"narrative": "We do.", "files": SimpleUploadedFile("a.txt", b"a" * 100_000)}
)


class Trickle(BytesIO):
    """Hands out a few bytes at a time, as servers may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(7, size) if size and size > 0 else 7)


def received(body: bytes, length: int | None, kind: str = FORM) -> WSGIRequest:
    """The request as Django gets it from a server that announced so many bytes."""
    found: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        found.append(environ)
        return []

    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": kind,
        "wsgi.input": Trickle(body),
    }
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    whole_bodies(application)(environ, lambda *args: None)
    return WSGIRequest(found[0])


def test_a_whole_form_is_read() -> None:
    body = b"narrative=We+do.&reason="
    assert received(body, len(body)).POST.dict() == {"narrative": "We do.", "reason": ""}


def test_half_a_form_is_not() -> None:
    with pytest.raises(UnreadablePostError):
        print(received(b"narrative=We+do", 24).POST)
    # The negative control: Django by itself takes half a sentence for what was typed.
    assert WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "CONTENT_TYPE": FORM,
            "CONTENT_LENGTH": "24",
            "wsgi.input": BytesIO(b"narrative=We+do"),
        }
    ).POST.dict() == {"narrative": "We do"}


def test_whole_files_are_read() -> None:
    request = received(MULTIPART, len(MULTIPART), MULTIPART_CONTENT)
    assert request.POST["narrative"] == "We do."
    assert [file.size for file in request.FILES.getlist("files")] == [100_000]


@pytest.mark.parametrize("cut", [1, 10, 1000, len(MULTIPART) - 1, len(MULTIPART)])
def test_files_that_were_cut_off_are_not(cut: int) -> None:
    request = received(MULTIPART[:-cut], len(MULTIPART), MULTIPART_CONTENT)
    with pytest.raises(UnreadablePostError):
        print(request.FILES)


def test_a_request_without_a_length_has_no_body() -> None:
    assert received(b"narrative=We+do.", None).POST.dict() == {}


def test_lines_are_counted_too() -> None:
    body = WholeBody({"wsgi.input": BytesIO(b"one\ntwo")}, 9)
    assert body.readline() == b"one\n"
    assert body.readline(2) == b"tw"
    assert body.readline() == b"o"
    with pytest.raises(ConnectionResetError):
        body.readline()
    none = WholeBody({"wsgi.input": BytesIO(b"more")}, 0)
    assert (none.readline(), none.read()) == (b"", b"")


@pytest.mark.parametrize("cut", [0, 20])
def test_a_view_that_needs_no_token_in_the_body_is_not_called_with_nothing(cut: int) -> None:
    """A script sends the token as a header; Django then finds no field where some were cut off."""
    seen: list[dict[str, Any]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.POST.dict())
        return HttpResponse("called")

    request = received(MULTIPART[: len(MULTIPART) - cut], len(MULTIPART), MULTIPART_CONTENT)
    token = "t" * 32
    request.COOKIES[settings.CSRF_COOKIE_NAME] = token
    request.META |= {"HTTP_X_CSRFTOKEN": token, "HTTP_HOST": "localhost"}
    assert CsrfViewMiddleware(view).process_view(request, view, (), {}) is None
    refuse: Any = refuse_cut_off(view)
    refused = refuse.process_view(request, view, (), {})
    if not cut:
        assert refused is None
        return
    assert refused.status_code == 400
    # The negative control: this is what the view would have been told.
    view(request)
    assert seen == [{}]
