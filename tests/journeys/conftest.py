"""A real browser against the whole portal: gunicorn, Celery worker and beat."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import ARGUMENTS, CHROMIUM
from tests.servers import Portal


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, which stays off the network."""
    return {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="module")
def portal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal with the demonstration; with nobody in it where a module says `BEGINS_EMPTY`."""
    demo = not getattr(request.module, "BEGINS_EMPTY", False)
    with Portal(tmp_path_factory.mktemp("portal"), "journey", demo=demo) as portal:
        portal.start_web()
        portal.start_worker()
        yield portal


@pytest.fixture(scope="module")
def demo(portal: Portal) -> Portal:
    """The same, by the name of what is in it."""
    return portal


@pytest.fixture
def context(browser: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """A browser profile of its own."""
    context = browser.new_context(base_url=portal.url, locale="en-GB", timezone_id="Europe/London")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One tab."""
    return context.new_page()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one process: they share a portal."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
