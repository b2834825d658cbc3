"""Behind a proxy that speaks HTTPS: cookies, HSTS, redirects, and whose word is believed."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPMessage
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from progress.management.demo import PASSWORD, SIGN_INS
from tests.servers import Portal
from tests.visitor import TOKEN

FORWARDED = {"X-Forwarded-Proto": "https"}
SIGN_IN = "/accounts/login/"


class Answer(NamedTuple):
    """One answer, no redirect followed."""

    status: int
    headers: HTTPMessage
    text: str

    @property
    def cookies(self) -> dict[str, Morsel[str]]:
        """The cookies it sets, by name."""
        found: SimpleCookie = SimpleCookie()
        for line in self.headers.get_all("Set-Cookie", []):
            found.load(line)
        return dict(found)


def ask(portal: Portal, path: str, headers: dict[str, str], form: dict[str, str] | None) -> Answer:
    """Ask as a proxy on this machine would: over plain HTTP."""
    body = urlencode(form) if form else None
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    connection = HTTPConnection("127.0.0.1", portal.port, timeout=30)
    try:
        connection.request("POST" if form else "GET", path, body, headers | kind)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


def get(portal: Portal, path: str, headers: dict[str, str]) -> Answer:
    return ask(portal, path, headers, None)


@contextmanager
def served(folder: Path, proxies: int) -> Iterator[Portal]:
    """A portal with HTTPS on that believes so many proxies."""
    settings = {"HTTPS": "on", "PROXY_COUNT": str(proxies)}
    portal = Portal(folder, f"tls{proxies}", settings, demo=True)
    portal.environment["PUBLIC_URL"] = f"https://127.0.0.1:{portal.port}"
    with portal:
        portal.start_web()
        yield portal


def address(portal: Portal) -> str:
    return portal.environment["PUBLIC_URL"]


def assert_locked_to_this_host(cookie: Morsel[str]) -> None:
    assert cookie.key.startswith("__Host-")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Behind one proxy, as in service."""
    with served(tmp_path_factory.mktemp("tls"), 1) as portal:
        yield portal


def test_cookies_stay_with_this_host_and_with_https(portal: Portal) -> None:
    page = get(portal, SIGN_IN, FORWARDED)
    assert page.status == 200
    assert set(page.cookies) == {"__Host-csrftoken"}
    assert_locked_to_this_host(page.cookies["__Host-csrftoken"])
    token = TOKEN.search(page.text)
    assert token
    form = {"login": SIGN_INS[0].email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    cookie = f"__Host-csrftoken={page.cookies['__Host-csrftoken'].value}"
    headers = {"Cookie": cookie, "Origin": address(portal), "Referer": address(portal) + SIGN_IN}
    signed_in = ask(portal, SIGN_IN, FORWARDED | headers, form)
    assert signed_in.status == 302, signed_in.text
    assert_locked_to_this_host(signed_in.cookies["__Host-sessionid"])


def test_browsers_are_told_to_use_https_only(portal: Portal) -> None:
    told = get(portal, "/", FORWARDED).headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains; preload"


def test_plain_http_is_sent_to_https(portal: Portal) -> None:
    for headers in [{}, {"X-Forwarded-Proto": "http"}]:
        sent = get(portal, SIGN_IN, headers)
        assert (sent.status, sent.headers["Location"]) == (301, address(portal) + SIGN_IN)
        assert not sent.cookies


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_health_of_a_process_is_asked_over_plain_http(portal: Portal, path: str) -> None:
    assert get(portal, path, {}).status == 200


def test_without_a_proxy_nobody_is_believed(tmp_path: Path) -> None:
    """The negative control: the same request, with PROXY_COUNT=0."""
    with served(tmp_path / "portal", 0) as portal:
        sent = get(portal, SIGN_IN, FORWARDED)
        assert (sent.status, sent.headers["Location"]) == (301, address(portal) + SIGN_IN)
        assert get(portal, "/healthz", {}).status == 200
