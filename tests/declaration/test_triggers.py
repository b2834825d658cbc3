"""Triggers ask whether they are set aside without a subtransaction, and refuse as before."""

import pgtrigger
import pytest
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.utils import DatabaseError
from pgtrigger import registry

from declaration import triggers
from signatories.models import Event
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

RULE = "signatories.Event:event_append_only"


def function() -> tuple[str, str, str, str]:
    """The function's source, language, volatility and what it returns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc, lanname, provolatile, pg_get_function_result(pg_proc.oid)"
            " FROM pg_proc JOIN pg_language ON pg_language.oid = prolang"
            " WHERE pg_proc.oid = to_regprocedure(%s)",
            [f"{triggers.function_name()}(name)"],
        )
        source, language, volatility, result = cursor.fetchone()
    return source, language, volatility, result


def refuses() -> bool:
    """Whether the rule that the timeline is never edited holds now."""
    try:
        with transaction.atomic():
            Event.objects.update(note="Edited")
    except DatabaseError:
        return True
    return False


def test_after_migrating_the_function_catches_no_errors() -> None:
    source, language, volatility, result = function()
    assert "EXCEPTION" not in source.upper()
    # As the library declares it: what calls it need not know.
    assert (language, volatility, result) == ("sql", "v", "boolean")


def test_rules_hold_unless_they_are_set_aside_by_name() -> None:
    Event.objects.create(partner=make_partner(), subject_kind="x", subject_id=1, verb="signed")
    assert refuses()
    with pgtrigger.ignore(RULE):
        assert not refuses()
    # The setting is there now, and empty.
    assert refuses()
    with pgtrigger.ignore("signatories.Signature:signature_facts_frozen"):
        assert refuses()


def test_what_the_library_writes_back_is_replaced_by_the_next_migrate() -> None:
    call_command("pgtrigger", "install", RULE, verbosity=0)
    assert "EXCEPTION" in function()[0]
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert function()[0] == triggers.BODY


def test_the_library_finds_all_its_triggers_installed() -> None:
    statuses = {
        trigger.get_installation_status(model)[0] for model, trigger in registry.registered()
    }
    assert statuses == {"INSTALLED"}
