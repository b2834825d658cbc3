"""Refuse a request whose body ended early: what was cut off must not pass for what was sent.

A server hands on what it got before the connection ended, and Django takes that for the whole: half
a narrative, half a file. And once it could not read a body, it says that nothing was sent.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Set in the environment of a request whose body ended early.
CUT_OFF = "declaration.body_cut_off"

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class WholeBody:
    """A request's body, which raises ConnectionResetError when less comes than was announced."""

    def __init__(self, environ: Environ, length: int) -> None:
        self.body = environ["wsgi.input"]
        self.environ = environ
        self.left = length

    def read(self, size: int = -1) -> bytes:
        """Read that many bytes, or all that are left."""
        wanted = self.left if size < 0 else min(size, self.left)
        parts = []
        while wanted:
            part = self.body.read(wanted)
            self._count(part)
            wanted -= len(part)
            parts.append(part)
        return b"".join(parts)

    def readline(self, size: int = -1) -> bytes:
        """Read a line, of that many bytes at most."""
        limit = self.left if size < 0 else min(size, self.left)
        if not limit:
            return b""
        line: bytes = self.body.readline(limit)
        self._count(line)
        return line

    def _count(self, part: bytes) -> None:
        if not part:
            self.environ[CUT_OFF] = True
            raise ConnectionResetError("The body of the request ended early.")
        self.left -= len(part)


def whole_bodies(application: Application) -> Application:
    """The application, whose requests have the whole of their bodies or cannot be read."""

    def checked(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = str(environ.get("CONTENT_LENGTH") or "")
        if length.isascii() and length.isdigit():
            environ["wsgi.input"] = WholeBody(environ, int(length))
        return application(environ, start_response)

    return checked


def refuse_cut_off(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Answer 400 instead of calling a view that would find nothing in the body.

    Stands after the middleware that looks for the token, which is the first to read the body.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, *args: Any) -> HttpResponse | None:
        cut_off = request.META.get(CUT_OFF, False)
        return render(request, "400.html", status=400) if cut_off else None

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django's hook for function middleware
    return middleware
