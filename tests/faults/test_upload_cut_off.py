"""An upload that ends in the middle leaves no row, no file and no half sentence (F14)."""

import re
import signal
import socket
from http.cookiejar import CookieJar
from pathlib import Path

from tests.servers import Portal, wait_until
from tests.visitor import TOKEN, Visitor

EVIDENCE = "SELECT count(*) FROM assessments_evidence WHERE url = ''"
VERSIONS = "SELECT sum(version) FROM assessments_answer"
FIRST = (
    "SELECT min(a.id) FROM assessments_answer a"
    " JOIN assessments_assessment s ON s.id = a.assessment_id"
    " JOIN signatories_partner p ON p.id = s.partner_id"
    " WHERE p.slug = 'braintree-district-council' AND s.state = 'draft'"
)
LINE = "\r\n"
BOUNDARY = "cut-here"
SIZE = 8 * 1024 * 1024


class Sender:
    """Sends the indicator's form byte by byte, as a browser would, over a socket of its own."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        visitor = Visitor(portal.url)
        visitor.sign_in("lead@braintree.example")
        self.answer = int(str(portal.query(FIRST)[0][0]))
        page = visitor.get(f"/answers/{self.answer}/").text
        found = TOKEN.search(page)
        version = re.search(r'name="version" value="(\d+)"', page)
        assert found
        assert version
        self.token, self.version = found[1], version[1]
        self.cookies = "; ".join(f"{one.name}={one.value}" for one in jar_of(visitor))

    def body(self, size: int) -> bytes:
        """The form with a file of that size, as its last part."""
        fields = {
            "csrfmiddlewaretoken": self.token,
            "version": self.version,
            "narrative": "We do.",
            "rating": "2",
        }
        said = f"--{BOUNDARY}{LINE}Content-Disposition: form-data; name="
        parts = [f'{said}"{name}"{LINE * 2}{value}{LINE}' for name, value in fields.items()]
        head = 'Content-Disposition: form-data; name="files"; filename="plan.txt"'
        parts += [f"--{BOUNDARY}{LINE}{head}{LINE}Content-Type: text/plain{LINE * 2}"]
        return "".join(parts).encode() + b"a" * size + f"{LINE}--{BOUNDARY}--{LINE}".encode()

    def head(self, path: str, announced: int) -> bytes:
        """The head of the request, which says how long its body is."""
        lines = [
            f"POST /answers/{self.answer}/{path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.portal.port}",
            f"Cookie: {self.cookies}",
            f"Origin: {self.portal.url}",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
            f"Content-Length: {announced}",
            "Connection: close",
        ]
        return (LINE.join(lines) + LINE * 2).encode()

    def send(self, path: str, body: bytes, announced: int) -> bytes:
        """Send the head and so much of the body, end the connection, return what came back."""
        with socket.create_connection(("127.0.0.1", self.portal.port), timeout=30) as connection:
            connection.sendall(self.head(path, announced) + body)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return answer


def jar_of(visitor: Visitor) -> CookieJar:
    """The visitor's cookies."""
    handlers: list[object] = vars(visitor._opener)["handlers"]
    for handler in handlers:
        jar = getattr(handler, "cookiejar", None)
        if isinstance(jar, CookieJar):
            return jar
    raise AssertionError("a visitor keeps cookies")


def kept(portal: Portal) -> list[Path]:
    folder = Path(portal.environment["FILES_ROOT"]) / "evidence"
    return [path for path in folder.rglob("*") if path.is_file()]


def count(portal: Portal, statement: str) -> int:
    return int(str(portal.query(statement)[0][0]))


def test_an_upload_cut_off_anywhere_leaves_nothing(portal: Portal) -> None:
    sender = Sender(portal)
    body = sender.body(SIZE)
    before = count(portal, VERSIONS)
    for path in ("files", "save"):
        for there in (300, 100_000, SIZE // 2, len(body) - len(BOUNDARY) - 8, len(body) - 1):
            answer = sender.send(path, body[:there], len(body))
            assert b"HTTP/1.1 302" not in answer
            assert b"HTTP/1.1 200" not in answer
    assert count(portal, EVIDENCE) == 0
    assert count(portal, VERSIONS) == before
    assert kept(portal) == []
    # The negative control: the same bytes, all of them, are stored.
    assert sender.send("files", body, len(body)).startswith(b"HTTP/1.1 200")
    assert count(portal, EVIDENCE) == 1
    [file] = kept(portal)
    assert file.stat().st_size == SIZE
    assert sender.send("save", body, len(body)).startswith(b"HTTP/1.1 302")
    assert count(portal, VERSIONS) == before + 1


def test_a_server_that_is_killed_in_the_middle_leaves_nothing_to_be_seen(portal: Portal) -> None:
    sender = Sender(portal)
    body = sender.body(SIZE)
    with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
        connection.sendall(sender.head("files", len(body)) + body[: SIZE // 2])
        portal.stop("web", signal.SIGKILL)
    portal.start_web()
    wait_until(lambda: Visitor(portal.url).get("/readyz").status == 200, seconds=30, what="back")
    assert count(portal, EVIDENCE) == 0
    assert kept(portal) == []
