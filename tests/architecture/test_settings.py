"""Settings, .env.example, image and compose file tell one story; unsafe settings do not start."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from declaration.env import HINTS

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
NUMBER = re.compile(r'env\.number\("([A-Z_]+)", (\d+)\)')
FLAG = re.compile(r'env\.flag\("([A-Z_]+)", default=(True|False)\)')
# ${NAME:?why} must be given, ${NAME:-value} need not.
ASKED = re.compile(r"\$\{([A-Z_]+):([?-])([^}]*)\}")
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "PORT"}
NO_SETTINGS = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
PORTAL = ["web", "worker", "beat", "migrate"]

SAFE = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PUBLIC_URL": "https://declaration.example",
    "ALLOWED_HOSTS": "declaration.example",
    "FILES_ROOT": "files",
    "PROXY_COUNT": "1",
}
IMPORT_WSGI = ["-c", "import declaration.wsgi"]
IMPORT_ASGI = ["-c", "import declaration.asgi"]
WORKER = ["-m", "celery", "--app=declaration", "worker", "--pool=solo"]
# Never a device here: beat removes a schedule that it cannot read, and root may remove anything.
SCHEDULE = f"--schedule={tempfile.gettempdir()}/declaration-beat-schedule"
BEAT = ["-m", "celery", "--app=declaration", "beat", "--pidfile=", SCHEDULE]


def settings_read() -> set[str]:
    return set(READ.findall((ROOT / "declaration/settings.py").read_text(encoding="utf-8")))


def compose() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services: dict[str, Any] = data["services"]
    return services


def compose_asks() -> dict[str, tuple[str, str]]:
    """Names that the compose file takes from .env, each with "?" or "-" and what follows it."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return {name: (how, rest) for name, how, rest in ASKED.findall(text)}


def start(settings: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Start a part of the portal, its checks unless told, in a process with these settings only."""
    path = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *(command or ["manage.py", "check"])],
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


@pytest.mark.parametrize("name", ["GATHER_SECONDS", "LEASE_SECONDS", "SWEEP_SECONDS", "HTTPS"])
@pytest.mark.parametrize("service", PORTAL)
def test_the_compose_file_lets_settings_through(service: str, name: str) -> None:
    assert compose()[service]["environment"][name].startswith(f"${{{name}:-")


def test_the_compose_file_and_the_settings_have_the_same_defaults() -> None:
    text = (ROOT / "declaration/settings.py").read_text(encoding="utf-8")
    defaults = dict(NUMBER.findall(text))
    defaults |= {name: "on" if word == "True" else "off" for name, word in FLAG.findall(text)}
    # The image is made to stand behind one proxy; without the image there may be none.
    defaults["PROXY_COUNT"] = "1"
    passed = {name: rest for name, (how, rest) in compose_asks().items() if how == "-"}
    shared = passed.keys() & defaults.keys()
    assert {"HTTPS", "GATHER_SECONDS", "LEASE_SECONDS", "SWEEP_SECONDS"} <= shared
    assert {name: passed[name] for name in shared} == {name: defaults[name] for name in shared}


def test_the_example_names_all_that_the_compose_file_asks_for() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    settings, _, section = example.partition("--- For docker-compose.yml ---")
    assert set(re.findall(r"^# ([A-Z_]+)=", section, re.MULTILINE)) == COMPOSE_ONLY
    given = set(re.findall(r"^([A-Z_]+)=", settings, re.MULTILINE)) | COMPOSE_ONLY
    assert set(compose_asks()) <= given
    asked = {name for name, (how, _) in compose_asks().items() if how == "?"}
    steps = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    missing = {name for name in asked if f"`{name}`" not in steps.partition("## Settings")[0]}
    assert not missing


def test_the_compose_file_runs_all_five_parts() -> None:
    assert {"web", "worker", "beat", "db", "broker"} <= set(compose())
    assert compose()["db"]["image"] == "postgres:18"
    assert "celery" in compose()["worker"]["command"]
    assert "beat" in compose()["beat"]["command"]


def test_the_image_copies_every_app() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for app in ["declaration", "commitments", "signatories", "assessments", "progress"]:
        assert f"COPY {app} {app}" in image


def test_the_image_sets_only_settings_there_are() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = re.findall(r"^(?:ENV|RUN) +((?:\w+=\S+ *)+)", image, re.MULTILINE)
    assert len(lines) == 2
    named = {word.partition("=")[0] for line in lines for word in line.split()}
    assert named <= settings_read() | NO_SETTINGS
    # Collecting static files needs every setting without a default.
    assert set(SAFE) - {"PROXY_COUNT"} <= named


def test_safe_settings_start() -> None:
    done = start(SAFE)
    assert done.returncode == 0, done.stderr
    assert "floor." not in done.stderr


@pytest.mark.parametrize("name", sorted(set(SAFE) - {"PROXY_COUNT"}))
def test_a_missing_setting_is_named_with_a_hint(name: str) -> None:
    done = start({key: value for key, value in SAFE.items() if key != name})
    assert done.returncode != 0
    assert f"Set {name}: {HINTS[name]}" in done.stderr


def test_a_list_of_no_host_names_is_none() -> None:
    done = start(SAFE | {"ALLOWED_HOSTS": " , "})
    assert done.returncode != 0
    assert "Set ALLOWED_HOSTS" in done.stderr


def test_https_behind_no_proxy_is_a_warning() -> None:
    done = start(SAFE | {"PROXY_COUNT": "0"})
    assert done.returncode == 0, done.stderr
    assert "floor.W002" in done.stderr
    strict = ["manage.py", "check", "--deploy", "--fail-level=WARNING"]
    assert start(SAFE | {"PROXY_COUNT": "0"}, *strict).returncode != 0


@pytest.mark.parametrize("command", [IMPORT_WSGI, IMPORT_ASGI], ids=["wsgi", "asgi"])
def test_web_processes_start_with_safe_settings(command: list[str]) -> None:
    done = start(SAFE, *command)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "command", [IMPORT_WSGI, IMPORT_ASGI, WORKER, BEAT], ids=["wsgi", "asgi", "worker", "beat"]
)
def test_no_process_starts_with_unsafe_settings(command: list[str]) -> None:
    """Each fault is told with its hint."""
    done = start(SAFE | {"DEMO": "on", "SECRET_KEY": "short"}, *command)
    assert done.returncode != 0
    assert "floor.E005: DEMO is on at a public address. Set DEMO=off" in done.stderr
    assert "floor.E007: SECRET_KEY is shorter than 50 characters. Make one" in done.stderr


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
        ({"DEBUG": "on"}, "floor.E008"),
        ({"HTTPS": "perhaps"}, "Set HTTPS to on or off"),
        ({"SWEEP_SECONDS": "five"}, "Set SWEEP_SECONDS"),
    ],
)
def test_unsafe_settings_refuse_to_start(changed: dict[str, str], code: str) -> None:
    done = start(SAFE | changed)
    assert done.returncode != 0
    assert code in done.stderr
