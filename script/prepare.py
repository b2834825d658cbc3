"""Bring the database and the static files up to date before the portal or its tests start.

What is being done goes to standard error; the demo's sign-ins, shown last, to standard output.
With DEMO=off there is no demo and nothing to show.
"""

import hashlib
import os
import sys

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Migrating the database", ("migrate", "--no-input", "--verbosity=0")),
    ("Making the cache table", ("createcachetable", "--verbosity=0")),
    (
        "Loading the Declaration",
        ("load_declaration", "fixtures/essex_data_declaration.yaml", "--verbosity=0"),
    ),
    ("Publishing the edition", ("publish_edition", "essex", "--verbosity=0")),
)
DEMO = ("Making the demo where the database is empty", "load_demo", "--if-empty", "--verbosity=0")


def step(sentence: str, *command: str) -> None:
    """Say what is being done, and do it."""
    print(f"→ {sentence} …", file=sys.stderr, flush=True)
    call_command(*command, stdout=sys.stderr)


def collect_static_files() -> None:
    """Collect, hash and compress, unless no file has changed since: it takes some seconds."""
    files = sorted(
        f"{storage.path(path)} {storage.size(path)} {storage.get_modified_time(path)}"
        for finder in get_finders()
        for path, storage in finder.list([])
    )
    mark = hashlib.sha256("\n".join(files).encode()).hexdigest()
    stamp = settings.BUILD_ROOT / "collected.stamp"
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text() == mark:
        return
    step("Collecting static files", "collectstatic", "--no-input", "--verbosity=0")
    stamp.write_text(mark)


def main() -> None:
    """Take each step in turn, in one process: each start of Django costs a second."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "declaration.settings")
    django.setup()
    collect_static_files()
    if "--static-only" in sys.argv:
        return
    for sentence, command in STEPS:
        step(sentence, *command)
    if settings.DEMO:
        step(*DEMO)
        call_command("demo_signins")


if __name__ == "__main__":
    main()
