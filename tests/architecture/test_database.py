"""Models, migrations and the triggers in the database agree."""

import pytest
from django.core.management import call_command
from pgtrigger import registered

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_trigger_is_installed_and_enabled(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("pgtrigger", "ls")
    listed = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert len(listed) == len(registered()) > 20
    assert [line for line in listed if "INSTALLED" not in line or "ENABLED" not in line] == []
