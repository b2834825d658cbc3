"""How a URL is found, what came back from it, and whether anything changed."""

from collections import deque
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import URLPattern, URLResolver, reverse

from tests.architecture.access_table import OK, SIGN_IN

OURS = ("commitments", "signatories", "assessments", "progress")


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inside = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from names(entry, inside)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"


def own_tables() -> list[str]:
    """The portal's own tables, those of the libraries left out."""
    return [model._meta.db_table for app in OURS for model in apps.get_app_config(app).get_models()]


def written() -> int:
    """How many rows of them this transaction has written so far, undone ones included.

    Where it has not grown nothing has changed, and no hash has to be taken to know it.
    """
    counts = "n_tup_ins + n_tup_upd + n_tup_del"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum({counts}), 0) FROM pg_stat_xact_user_tables"
            " WHERE relname = ANY(%s)",
            [own_tables()],
        )
        return int(cursor.fetchone()[0])


def fingerprint() -> str:
    """A hash over every row of the portal's own tables."""
    tables = own_tables()
    with connection.cursor() as cursor:
        parts = [
            f"SELECT '{t}', md5(string_agg(x::text, '' ORDER BY x::text)) FROM {t} x"
            for t in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return str(sorted(cursor.fetchall()))


def take(response: Any) -> Any:
    """The response, all of it taken: a download holds its file until then."""
    if response.streaming:
        deque(response, maxlen=0)
    return response


def outcome_of(response: Any) -> int:
    """The response as the table speaks of it."""
    where = response["Location"] if response.status_code == 302 else ""
    # Whoever has been sent a code is led on to enter it: no refusal.
    is_sent = where.startswith(reverse("account_confirm_login_code"))
    if where.startswith(reverse(settings.LOGIN_URL)) and not is_sent:
        return SIGN_IN
    status: int = response.status_code
    return status if status in {403, 404, 405} else OK
