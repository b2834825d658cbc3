"""A visitor without a browser: keeps cookies, sends forms with their CSRF token, over real HTTP."""

import re
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import uuid4

from progress.management.demo import PASSWORD

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answered:
    """What came back, after redirects."""

    status: int
    url: str
    headers: Message
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode()


class Visitor:
    """One person's session with a portal at `base`."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Answered:
        """Fetch a page."""
        return self._send(Request(self._url(path)))

    def post(self, path: str, form: dict[str, str], *, page: str = "") -> Answered:
        """Send a form with the token of `page`, which is the form's own address by default."""
        found = TOKEN.search(self.get(page or path).text)
        assert found, f"no form at {page or path}"
        data = urlencode(form | {"csrfmiddlewaretoken": found[1]}).encode()
        return self._send(Request(self._url(path), data=data, headers={"Referer": self.base}))

    def upload(self, path: str, name: str, file_name: str, content: bytes) -> Answered:
        """Send one file in the form of that page."""
        found = TOKEN.search(self.get(path).text)
        assert found, f"no form at {path}"
        edge = uuid4().hex
        parts = [
            f'name="csrfmiddlewaretoken"\r\n\r\n{found[1]}\r\n'.encode(),
            f'name="{name}"; filename="{file_name}"\r\n\r\n'.encode() + content + b"\r\n",
        ]
        begin = f"--{edge}\r\nContent-Disposition: form-data; ".encode()
        data = b"".join(begin + part for part in parts) + f"--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        headers = {"Referer": self.base, "Content-Type": kind}
        return self._send(Request(self._url(path), data=data, headers=headers))

    def sign_in(self, email: str) -> None:
        """Sign in as one of the demonstration's people."""
        done = self.post("/accounts/login/", {"login": email, "password": PASSWORD})
        assert "/accounts/login" not in done.url, done.text

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.base + path

    def _send(self, request: Request) -> Answered:
        try:
            with self._opener.open(request, timeout=30) as response:
                return Answered(response.status, response.url, response.headers, response.read())
        except HTTPError as error:
            return Answered(error.code, error.url, error.headers, error.read())
