"""script/setup names what the machine lacks; script/server starts with and without the demo."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import Portal

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ["bash", "dirname", "find", "sha256sum"]
# Each program that tests call, and the Debian package that brings it.
PROGRAMS = {"chromium": "chromium", "pdffonts": "poppler-utils", "pdftotext": "poppler-utils"}


@pytest.mark.parametrize("missing", PROGRAMS)
def test_what_is_missing_is_named(missing: str, tmp_path: Path) -> None:
    """On a machine without apt-get, so that nothing is installed."""
    programs = {name: shutil.which(name) for name in [*NEEDED, *PROGRAMS.keys() - {missing}]}
    for name, path in (programs | {"python3": sys.executable}).items():
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\nexec {path} "$@"\n')
        program.chmod(0o755)
    done = subprocess.run(
        [tmp_path / "bash", "script/setup", "--browser"],
        cwd=ROOT,
        env={"PATH": str(tmp_path), "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stdout
    assert f"apt-get install {PROGRAMS[missing]}" in done.stderr


@pytest.mark.parametrize(("demo", "partners"), [("off", 0), ("on", 16)])
def test_the_portal_is_made_ready_with_and_without_the_demo(
    demo: str, partners: int, tmp_path: Path
) -> None:
    with Portal(tmp_path / "portal", f"ready_{demo}", {"DEMO": demo}) as portal:
        done = subprocess.run(
            [sys.executable, "-m", "script.prepare"],
            cwd=ROOT,
            env=portal.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert portal.query("SELECT count(*) FROM signatories_partner") == [(partners,)]
    # Only the sign-ins go to standard output.
    assert ("Password" in done.stdout) == (demo == "on")
    assert bool(done.stdout) == (demo == "on")
