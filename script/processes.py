"""Small tools for programs that start others: ports, users, signals."""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

# Root may not run PostgreSQL, so root runs it as this system user.
SYSTEM_USER = "declaration-postgres"
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class ServiceError(RuntimeError):
    """A server cannot be started or stopped; the message says why and shows the end of its log."""


def environment() -> Mapping[str, str]:
    """Return the servers' environment: English messages, and no PG… of the developer's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def package_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ServiceError(f"The Python package {package} is missing. Run script/setup.")
    return Path(spec.origin).parent


def free_port() -> int:
    """Return a port that nothing on 127.0.0.1 uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_in(folder: Path) -> list[int]:
    """Return the processes that work in this folder, as a server does in that of its data."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").samefile(folder):
                found.append(int(process.name))
    return found


def end_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return what a child does before its program: ask for this signal at the parent's death."""
    parent = os.getpid()

    def ask_kernel() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def system_account() -> pwd.struct_passwd:
    """Return the system user PostgreSQL runs as when root runs this, made at the first use."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    command = [
        "useradd",
        "--system",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise ServiceError(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} could not be made: "
            f"{made.stderr.strip()}"
        ) from None


def run_as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the arguments that make `subprocess` run as this user; None is the present one."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def make_reachable(path: Path, account: pwd.struct_passwd) -> None:
    """Let the account pass through the folders above the path.

    Only the right to pass (o+x) is given, and only where it is missing: names in the folders stay
    hidden. It is needed where root's own folder holds the project, or a temporary folder the data.
    """
    for folder in path.parents:
        state = folder.stat()
        owner_may = state.st_uid == account.pw_uid and state.st_mode & 0o100
        if not owner_may and not state.st_mode & 0o001:
            folder.chmod(state.st_mode | 0o001)


def stop_on_signals() -> None:
    """Make Ctrl-C, SIGTERM and a closed terminal end this process the orderly way, once.

    Also where SIGINT arrives ignored, as it does in a background job of a shell script.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # not under nohup
        numbers.append(signal.SIGHUP)

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for each in numbers:
        signal.signal(each, stop)
