"""Real servers with the demonstration's data, to be broken."""

from collections.abc import Iterator

import pytest

from tests.servers import Portal


@pytest.fixture
def portal(tmp_path: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The demonstration behind a real web server; no worker yet."""
    with Portal(tmp_path_factory.mktemp("portal"), "fault", demo=True) as portal:
        portal.start_web()
        yield portal
