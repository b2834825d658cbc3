"""Run the whole portal on this machine: database, broker, web, worker and schedule.

`script/server` calls this after `script/setup`. Everything started here stops with it, in order.
"""

import contextlib
import http.client
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from script.processes import ServiceError, end_with_parent, stop_on_signals
from script.services import Postgres, Server, Valkey

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
CELERY = ("celery", "--app=declaration", "--quiet")
WORKER = ("worker", "--pool=prefork", "--concurrency=2", "--without-gossip")
GUNICORN = (
    *("gunicorn", "declaration.wsgi:application", "--worker-class=gthread", "--workers=2"),
    *("--threads=4", "--graceful-timeout=10", "--no-control-socket", "--worker-tmp-dir=/dev/shm"),
    # PROXY_COUNT alone says whether a proxy is believed.
    "--forwarded-allow-ips=",
)
READY_SECONDS = 60.0
# How long each may take to finish what it is doing; a report under way is taken up again later.
STOP_SECONDS = 15.0


class Program:
    """A part of the portal as a child process, each line of its output with its name before it."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.last: deque[str] = deque(maxlen=20)
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl-C reaches only this supervisor, which stops its children in order.
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGTERM),
        )
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._show, args=[self.process.stdout], daemon=True)
        self._reader.start()

    def _show(self, lines: IO[str]) -> None:
        for line in lines:
            self.last.append(line)
            show(f"{self.name:<6} | {line}")

    def stop(self) -> None:
        """Ask it to stop, then insist; its own children are in its process group."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(1)


def show(text: str) -> None:
    """Write at once and whole; nobody reading any more is no reason to fail."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(text)
        sys.stdout.flush()


def chosen_port() -> int:
    """Return the port to serve on; refuse one that cannot be had."""
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ServiceError(f"PORT is a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise ServiceError(
                f"Port {text} cannot be used: {error.strerror}. "
                f"Choose another, for example: PORT={min(int(text) + 1, 65535)} script/server"
            ) from None
    return int(text)


def secret_key() -> str:
    """Return this folder's secret key, made at the first start."""
    path = LOCAL / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def settings(port: int) -> dict[str, str]:
    """Return the environment of a development server; what is set already stays as it is."""
    return {
        "SECRET_KEY": secret_key(),
        "HTTPS": "off",
        "DEMO": "on",
        "PUBLIC_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "FILES_ROOT": str(LOCAL / "files"),
        "OUTBOX_ROOT": str(LOCAL / "outbox"),
        # Nobody who tries the demonstration waits until the morning for an e-mail.
        "DIGEST_AT": "off",
        "TURN_GAP_SECONDS": "0",
        **os.environ,
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def servers(environment: dict[str, str]) -> Iterator[list[Server]]:
    """Start the servers that the environment does not name, and name them there."""
    started: list[Server] = []
    with ExitStack() as stack:
        if "DATABASE_URL" not in environment:
            show("→ Starting PostgreSQL …\n")
            started.append(stack.enter_context(Postgres(LOCAL / "postgres", durable=True)))
            environment["DATABASE_URL"] = started[-1].url
        if "REDIS_URL" not in environment:
            show("→ Starting Valkey …\n")
            started.append(stack.enter_context(Valkey(LOCAL / "valkey")))
            environment["REDIS_URL"] = started[-1].url
        yield started


@contextlib.contextmanager
def noted(environment: dict[str, str]) -> Iterator[None]:
    """Keep the settings in .local/env while the portal runs, for other commands in this folder."""
    note = LOCAL / "env"
    new = {name: value for name, value in environment.items() if os.environ.get(name) != value}
    note.touch(mode=0o600)
    note.write_text("".join(f"export {name}={shlex.quote(new[name])}\n" for name in sorted(new)))
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def prepare(environment: dict[str, str]) -> str:
    """Bring database and static files up to date; return the demo's sign-ins."""
    done = subprocess.run(
        [sys.executable, "-m", "script.prepare"],
        env={**environment, "DB_POOL": "off", "STATEMENT_TIMEOUT": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    if done.returncode:
        raise ServiceError("The portal could not be made ready; the reason is above.")
    return done.stdout


@contextlib.contextmanager
def programs(port: int, environment: dict[str, str]) -> Iterator[list[Program]]:
    """Start worker, schedule and web; stop them the other way round."""
    (LOCAL / "beat").mkdir(parents=True, exist_ok=True)
    web = {"DB_POOL": "on", "STATEMENT_TIMEOUT": "15", **environment}
    # The schedule turns every few seconds: only what goes wrong is worth a line.
    quiet = {"LOG_LEVEL": "WARNING", "PYTHONWARNINGS": "ignore:You're running the worker"}
    others = {**quiet, **environment, "DB_POOL": "off", "STATEMENT_TIMEOUT": "0"}
    beat = ["beat", "--pidfile=", f"--schedule={LOCAL / 'beat' / 'schedule'}"]
    started: list[Program] = []
    with ExitStack() as stack:
        for name, command, its_environment in (
            ("worker", [*CELERY, *WORKER], others),
            ("beat", [*CELERY, *beat], others),
            ("web", [*GUNICORN, f"--bind=127.0.0.1:{port}"], web),
        ):
            show(f"→ Starting {name} …\n")
            started.append(Program(name, command, its_environment))
            stack.callback(started[-1].stop)
        yield started


def check(running: list[Program], serving: list[Server]) -> None:
    """Raise when any part has ended by itself."""
    for program in running:
        code = program.process.poll()
        if code is not None:
            why = "".join(program.last) or "(it wrote nothing)\n"
            raise ServiceError(f"{program.name} ended by itself, exit code {code}:\n{why}")
    for server in serving:
        if not server.running:
            raise ServiceError(f"{server.name} ended by itself:\n{server.tail()}")


def answers(port: int) -> bool:
    """Tell whether the site serves."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def watch(port: int, sign_ins: str, running: list[Program], serving: list[Server]) -> None:
    """Say when the site is ready, then wait until a part ends or this process is told to stop."""
    deadline = time.monotonic() + READY_SECONDS
    while not answers(port):
        check(running, serving)
        if time.monotonic() > deadline:
            raise ServiceError(f"The site did not answer within {READY_SECONDS:.0f} seconds.")
        time.sleep(0.1)
    sign_ins = sign_ins.rstrip() + "\n\n" if sign_ins else ""
    show(f"\n{sign_ins}Ready: http://localhost:{port}   (Ctrl-C stops everything)\n\n")
    while True:
        check(running, serving)
        time.sleep(0.2)


def main() -> None:
    """Run everything until Ctrl-C, SIGTERM or the end of one part."""
    stop_on_signals()
    os.chdir(ROOT)
    try:
        port = chosen_port()
        LOCAL.mkdir(exist_ok=True)
        environment = settings(port)
        with servers(environment) as serving:
            sign_ins = prepare(environment)
            with noted(environment), programs(port, environment) as running:
                watch(port, sign_ins, running, serving)
    except ServiceError as error:
        sys.exit(str(error))
    except SystemExit:
        show("→ Everything has stopped.\n")
        sys.exit(0)


if __name__ == "__main__":
    main()
