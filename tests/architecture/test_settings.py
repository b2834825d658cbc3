"""Settings, .env.example and the compose file tell the same story; unsafe ones refuse to start."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
PORTAL = ["web", "worker", "beat", "migrate"]

SAFE = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PUBLIC_URL": "https://declaration.example",
    "ALLOWED_HOSTS": "declaration.example",
    "FILES_ROOT": "files",
}


def settings_read() -> set[str]:
    return set(READ.findall((ROOT / "declaration/settings.py").read_text(encoding="utf-8")))


def compose() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services: dict[str, Any] = data["services"]
    return services


def check(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Start the portal's checks in a process that has these settings only."""
    path = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check"],
        cwd=ROOT,
        env=path | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_every_setting_stands_in_the_example_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.split("=")[0] for line in lines if line and not line.startswith("#")}
    assert named == settings_read()


@pytest.mark.parametrize("service", PORTAL)
def test_the_compose_file_names_only_settings_there_are(service: str) -> None:
    assert set(compose()[service]["environment"]) <= settings_read()


@pytest.mark.parametrize("service", PORTAL)
def test_the_compose_file_gives_every_setting_without_a_default(service: str) -> None:
    assert set(SAFE) <= set(compose()[service]["environment"])


def test_the_compose_file_runs_all_five_parts() -> None:
    assert {"web", "worker", "beat", "db", "broker"} <= set(compose())
    assert compose()["db"]["image"] == "postgres:18"
    assert "celery" in compose()["worker"]["command"]
    assert "beat" in compose()["beat"]["command"]


def test_the_image_copies_every_app() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for app in ["declaration", "commitments", "signatories", "assessments", "progress"]:
        assert f"COPY {app} {app}" in image


def test_safe_settings_start() -> None:
    done = check(SAFE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(set(SAFE) - {"ALLOWED_HOSTS"}))
def test_a_missing_setting_is_named_with_a_hint(name: str) -> None:
    done = check({key: value for key, value in SAFE.items() if key != name})
    assert done.returncode != 0
    assert f"Set {name}" in done.stderr


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"PUBLIC_URL": "declaration.example"}, "floor.E001"),
        ({"PUBLIC_URL": "http://declaration.example"}, "floor.E002"),
        ({"OUTBOX_ROOT": "outbox"}, "floor.E003"),
        ({"HTTPS": "off"}, "floor.E004"),
        ({"DEMO": "on"}, "floor.E005"),
        ({"LEASE_SECONDS": "2"}, "floor.E006"),
        ({"SECRET_KEY": "short"}, "floor.E007"),
        ({"HTTPS": "perhaps"}, "Set HTTPS to on or off"),
        ({"SWEEP_SECONDS": "five"}, "Set SWEEP_SECONDS"),
    ],
)
def test_unsafe_settings_refuse_to_start(changed: dict[str, str], code: str) -> None:
    done = check(SAFE | changed)
    assert done.returncode != 0
    assert code in done.stderr
