"""Run pytest against a PostgreSQL and a Valkey of its own, both gone afterwards.

`script/test` calls this after `script/setup --browser`. Arguments go to pytest.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from script.processes import ServiceError, end_with_parent, stop_on_signals
from script.services import local_services

ROOT = Path(__file__).resolve().parent.parent
# Arguments that say themselves how to share out the tests, or that need them in one process.
ONE_PROCESS = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "-pno:xdist", "no:xdist")


def parallel(arguments: list[str]) -> list[str]:
    """Return what lets two processes share the tests, unless the arguments say otherwise."""
    if any(argument.startswith(ONE_PROCESS) for argument in arguments):
        return []
    return ["-n", "2", "--dist", "loadgroup"]


def own_settings() -> set[str]:
    """Return the names of the portal's settings: what a developer has set must not reach tests."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {line.lstrip("# ").partition("=")[0] for line in lines if "=" in line}


def environment(folder: Path, database: str, broker: str) -> dict[str, str]:
    """Return the environment of the tests."""
    return {
        **{name: value for name, value in os.environ.items() if name not in own_settings()},
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "HTTPS": "off",
        "PUBLIC_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "FILES_ROOT": str(folder / "files"),
        "OUTBOX_ROOT": str(folder / "outbox"),
        # Playwright's own loop makes Django believe that tests are asynchronous.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "on",
    }


def run(command: list[str], variables: dict[str, str]) -> int:
    """Run a command to its end; stop it when this process is told to stop."""
    process = subprocess.Popen(
        [sys.executable, *command],
        env=variables,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            # As Ctrl-C does: pytest ends its fixtures, and with them what they have started.
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def main() -> None:
    """Start the servers, run the tests, stop the servers, and end as pytest did."""
    stop_on_signals()
    os.chdir(ROOT)
    arguments = sys.argv[1:]
    try:
        with tempfile.TemporaryDirectory(prefix="declaration-") as name:
            folder = Path(name)
            print("→ Starting PostgreSQL and Valkey for the tests …", flush=True)
            with local_services(folder, durable=False) as (postgres, valkey):
                variables = environment(folder, postgres.url, valkey.url)
                code = run(["-m", "script.prepare", "--static-only"], variables)
                code = code or run(["-m", "pytest", *parallel(arguments), *arguments], variables)
    except ServiceError as error:
        sys.exit(str(error))
    sys.exit(code)


if __name__ == "__main__":
    main()
