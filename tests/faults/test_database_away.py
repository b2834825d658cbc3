"""While the database refuses everybody the portal says so kindly, and recovers by itself (F7)."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.servers import Portal, wait_until
from tests.visitor import Visitor


@contextmanager
def shut(portal: Portal) -> Iterator[None]:
    """Shut the portal's database: nobody gets in, and those inside are put out."""

    def allow(word: str) -> None:
        statement = sql.SQL(f"ALTER DATABASE {{}} WITH ALLOW_CONNECTIONS {word}")
        with psycopg.connect(portal.server_url, autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(portal.database)))
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [portal.database],
            )

    allow("false")
    try:
        yield
    finally:
        allow("true")


def test_a_database_that_is_away_is_503_and_comes_back(portal: Portal) -> None:
    visitor = Visitor(portal.url)
    visitor.sign_in("staff@ecda.example")
    with shut(portal):
        away = visitor.get("/overview/")
        assert away.status == 503
        assert int(str(away.headers["Retry-After"])) > 0
        assert "Traceback" not in away.text
        assert "<h1" in away.text
        assert Visitor(portal.url).get("/readyz").status == 503
        assert Visitor(portal.url).get("/healthz").status == 200
    back = "the portal recovers by itself, with the session"
    wait_until(lambda: visitor.get("/overview/").status == 200, seconds=30, what=back)
