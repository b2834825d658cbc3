"""The line and the ladder hold, and planted violations are caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["declaration", "commitments", "signatories", "assessments", "progress"]
LINTER = Path(sys.executable).with_name("lint-imports")
RUFF = Path(sys.executable).with_name("ruff")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The apps' code in a folder of its own, to plant violations in."""
    for app in APPS:
        shutil.copytree(
            ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__", "migrations")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=120
    )


def plant(folder: Path, module: str, line: str) -> None:
    path = folder / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def test_the_contracts_hold(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("commitments/models.py", "import progress.dashboards", "The line"),
        ("declaration/files.py", "import signatories.models", "The line"),
        ("signatories/access.py", "import assessments.models", "The line"),
        ("assessments/actions/rounds.py", "import assessments.forms", "The ladder"),
        ("signatories/models/events.py", "import signatories.access", "The ladder"),
        ("assessments/workflow.py", "import django", "Pure rules"),
        ("progress/reports/partner.py", "import weasyprint", "WeasyPrint"),
        ("progress/actions/making.py", "import import_export", "django-import-export"),
        ("assessments/sheets/reading.py", "import openpyxl", "openpyxl"),
        ("signatories/views/signing.py", "import declaration.pdf", "Only tasks make PDFs"),
        ("progress/views/reports.py", "import progress.tasks", "Nothing imports tasks"),
    ],
)
def test_a_planted_import_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    plant(copy, module, line)
    done = lint(copy)
    assert done.returncode == 1, done.stdout
    broken = [text for text in done.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(contract in text for text in broken), done.stdout


@pytest.mark.parametrize(
    ("module", "line", "rule"),
    [
        ("progress/actions/making.py", "def late():\n    import os\n    return os", "PLC0415"),
        ("signatories/actions/signing.py", "from django.shortcuts import render", "TID251"),
        ("progress/forms/reports.py", "from django.http import HttpResponse", "TID251"),
    ],
)
def test_a_planted_habit_is_caught(copy: Path, module: str, line: str, rule: str) -> None:
    plant(copy, module, line)
    done = subprocess.run(
        [RUFF, "check", "--no-cache", "--output-format=concise", module],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert rule in done.stdout
