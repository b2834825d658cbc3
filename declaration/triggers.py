"""How a trigger asks whether it is set aside: by reading a setting, without a subtransaction.

The library's own function reads the setting in a block that catches errors, and so opens a
subtransaction at each call, which is at each row; where the setting is not set it aborts it, and
each abort goes through all foreign keys that wait for their check: a bulk write is quadratic.
"""

from typing import Any

from django.conf import settings
from django.db import connections, transaction

# A setting that was only ever set for a transaction is empty after it; never set, it is null.
BODY = """
    SELECT coalesce(
        trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false
    )
"""


def function_name() -> str:
    """The library's function, which each of its triggers calls with its own name."""
    schema = getattr(settings, "PGTRIGGER_SCHEMA", "public")
    return f'"{schema}"._pgtrigger_should_ignore'


def ask_without_subtransactions(using: str, **_: Any) -> None:
    """Replace what the library's function does; its name, argument and result stay.

    Called after each `migrate`: every migration that adds a trigger writes the library's own
    version back, and so does `pgtrigger install`. Nothing is written where it is ours already.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    name = function_name()
    with transaction.atomic(using=using), connection.cursor() as cursor:
        found = "SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure(%s)"
        cursor.execute(found, [f"{name}(name)"])
        if cursor.fetchone() not in {None, (BODY,)}:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}(trigger_name name) RETURNS boolean "
                f"LANGUAGE sql AS $${BODY}$$"
            )
