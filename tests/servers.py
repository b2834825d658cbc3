"""The whole portal as real processes on loopback: gunicorn, Celery worker, beat, their database."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
from psycopg import sql

from script.processes import end_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
START_SECONDS = 60.0
# The round of the demonstration in which partners are answering.
OPEN_ROUND = "SELECT slug FROM assessments_round WHERE opened_at IS NOT NULL AND closed_at IS NULL"
# Each portal has a numbered database of the broker to itself: seven for each pytest process.
PER_PROCESS = 7
portals = count()


@dataclass(frozen=True)
class Copy:
    """What a new portal of this process begins with: a database to copy, and its files."""

    database: str
    files: Path


# With the demonstration, and without; made by the first portal that needs it.
copies: dict[bool, Copy] = {}


def broker_url() -> str:
    """The address of a broker database that no other portal of this run uses."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    number = process % 2 * PER_PROCESS + next(portals) % PER_PROCESS + 1
    return urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}"))


def wait_until(true: Callable[[], object], *, seconds: float, what: str) -> None:
    """Wait for a condition, looking often; fail with its name at the deadline."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)


class Portal:
    """A portal of its own: database, files, outbox and processes; all gone at the end."""

    def __init__(
        self,
        folder: Path,
        name: str,
        settings: Mapping[str, str] | None = None,
        *,
        demo: bool = False,
    ) -> None:
        self.folder = folder
        self.demo = demo
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = f"portal_{name}_{os.getpid()}"
        self.files = folder / "files"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.server_url = os.environ["DATABASE_URL"]
        self.database_url = urlunsplit(urlsplit(self.server_url)._replace(path=f"/{self.database}"))
        self.environment = os.environ | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": broker_url(),
            "PUBLIC_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS": "off",
            "DEMO": "on",
            "FILES_ROOT": str(self.files),
            "OUTBOX_ROOT": str(folder / "outbox"),
            "LEASE_SECONDS": "5",
            "SWEEP_SECONDS": "1",
            "GATHER_SECONDS": "0",
            "DIGEST_AT": "off",
            "TURN_GAP_SECONDS": "0",
            **(settings or {}),
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        copy = copies.get(self.demo)
        if copy is not None:
            shutil.copytree(copy.files, self.files)
            self._create(self.database, template=copy.database)
            return self
        self.files.mkdir()
        self._create(self.database)
        try:
            self._fill()
            self._keep_copy()
        except BaseException:
            self._drop(self.database)
            raise
        return self

    def _fill(self) -> None:
        self.manage("migrate", "--verbosity=0")
        self.manage("createcachetable")
        self.manage("load_declaration", "fixtures/essex_data_declaration.yaml")
        self.manage("publish_edition", "essex")
        if self.demo:
            self.manage("load_demo")
            self._make_certificates()

    def _make_certificates(self) -> None:
        """Make the demonstration's certificates once, and not again in every portal."""
        waiting = "SELECT count(*) FROM signatories_certificate WHERE state <> 'done'"
        self.start_one_worker("maker")
        wait_until(
            lambda: self.query(waiting) == [(0,)],
            seconds=3 * START_SECONDS,
            what="the certificates are made",
        )
        self.stop("maker")

    def _keep_copy(self) -> None:
        """Keep what was filled in, so that the next portal of this process only copies it."""
        database = f"copy_{'demo' if self.demo else 'empty'}_{os.getpid()}"
        files = Path(tempfile.mkdtemp(prefix="portal-")) / "files"
        shutil.copytree(self.files, files)
        self._create(database, template=self.database)
        atexit.register(shutil.rmtree, files.parent, ignore_errors=True)
        atexit.register(self._drop, database)
        copies[self.demo] = Copy(database, files)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Nobody waits for what they were doing: their database goes, too.
        for name in list(self.processes):
            self.stop(name, signal.SIGKILL)
        self._drop(self.database)

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr}\n{done.stdout}"
        return done.stdout

    def start_web(self) -> None:
        """Start gunicorn and wait until it answers."""
        command = ["-m", "gunicorn", "declaration.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        options = ["--workers=2", "--threads=4", "--worker-class=gthread", "--no-control-socket"]
        options.append("--forwarded-allow-ips=")
        self._start("web", *command, *options, DB_POOL="on", STATEMENT_TIMEOUT="15")
        wait_until(self._answers, seconds=START_SECONDS, what="the web server answers")

    def start_worker(self) -> None:
        """Start a Celery worker and its clock."""
        self.start_one_worker("worker")
        self.start_beat()

    def start_beat(self) -> None:
        """Start Celery's clock, which sweeps and gathers."""
        beat = ["beat", "-s", str(self.folder / "beat"), "--pidfile="]
        self._start("beat", "-m", "celery", "-A", "declaration", *beat)

    def start_one_worker(self, name: str) -> None:
        """Start one more worker under a name of its own."""
        options = ["worker", "--concurrency=2", f"--hostname={name}-{self.database}@%h"]
        self._start(name, "-m", "celery", "-A", "declaration", *options, *self._quiet())

    def stop(self, name: str, by: signal.Signals = signal.SIGTERM) -> None:
        """End a process with all its children and wait for it."""
        process = self.processes.pop(name)
        if by == signal.SIGKILL:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            process.send_signal(by)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def log(self, name: str) -> str:
        """What a process has written so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the portal's database directly."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def _quiet(self) -> list[str]:
        return ["--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]

    def _start(self, name: str, *arguments: str, **settings: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [PYTHON, *arguments],
            cwd=ROOT,
            env=self.environment | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGTERM),
        )
        log.close()

    def _answers(self) -> bool:
        assert self.processes["web"].poll() is None, self.log("web")
        try:
            with urlopen(f"{self.url}/readyz", timeout=2) as response:
                return bool(response.status == 200)
        except (URLError, OSError):
            return False

    def _create(self, database: str, *, template: str = "template1") -> None:
        names = sql.Identifier(database), sql.Identifier(template)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def _drop(self, database: str) -> None:
        statement = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
        self._execute(sql.SQL(statement).format(sql.Identifier(database)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(statement)
