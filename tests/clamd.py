"""A small clamd on loopback: speaks INSTREAM as ClamAV does, and finds the EICAR test file."""

import socketserver
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

MARK = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
COMMAND = b"nINSTREAM\n"


class Clamd(socketserver.ThreadingTCPServer):
    """Scans what it is sent; `answer` makes it say something else, `seen` is what it got."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: bytes | None) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.answer = answer
        self.seen: list[bytes] = []

    @property
    def address(self) -> str:
        """Host and port, as the setting takes them."""
        return f"127.0.0.1:{self.server_address[1]}"


class Connection(socketserver.StreamRequestHandler):
    """One file."""

    server: Clamd

    def handle(self) -> None:
        """Read the command and the chunks, and say what was found."""
        assert self.rfile.readline() == COMMAND
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.seen.append(content)
        found = b"stream: Eicar-Test-Signature FOUND\n" if MARK in content else b"stream: OK\n"
        self.wfile.write(found if self.server.answer is None else self.server.answer)


@contextmanager
def clamd(answer: bytes | None = None) -> Iterator[Clamd]:
    """A scanner that runs as long as the block."""
    with Clamd(answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
