"""The shell every page stands in, and the pages for when something is wrong."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

TEMPLATES = [
    path
    for path in sorted(Path(settings.ROOT, "templates").rglob("*.html"))
    # Those are for paper and for letterboxes, not for a browser with a policy.
    if path.parent.name not in {"documents", "emails"}
]
ERROR_PAGES = ("400.html", "403.html", "404.html", "409.html", "429.html")


@pytest.fixture
def request_of_nobody() -> HttpRequest:
    """A request before anything is known of the person."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.resolver_match = None
    return request


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_the_page_for_a_broken_site_needs_neither_request_nor_database(name: str) -> None:
    page = get_template(name).render({})
    assert page.count("<h1") == 1
    assert "– Essex Data Declaration</title>" in page


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_is_whole_and_offers_a_way_on(
    name: str, request_of_nobody: HttpRequest
) -> None:
    context = {"title": "It has moved on", "message": "Look again.", "back_url": "/there/"}
    page = render_to_string(name, context, request_of_nobody)
    assert page.count("<h1") == 1
    assert '<html lang="en"' in page
    assert 'href="/there/"' in page if name == "409.html" else "Go to the home page" in page


def test_a_form_sent_too_late_says_that_the_text_is_in_the_browser(
    request_of_nobody: HttpRequest,
) -> None:
    page = render_to_string("403.html", {"expired": True}, request_of_nobody)
    assert "This page was open too long" in page
    assert "back button" in page


@pytest.mark.parametrize("errors", [{}, {"name": ["Enter a name"]}])
def test_the_title_says_error_and_the_banner_stays_away_after_a_failed_submission(
    errors: dict[str, Any], request_of_nobody: HttpRequest
) -> None:
    message = SimpleNamespace(message="Saved", level_tag="success")
    context = {"form": SimpleNamespace(errors=errors), "messages": [message]}
    page = render_to_string("base.html", context, request_of_nobody)
    assert ("<title>Error: " in page) is bool(errors)
    assert ("govuk-notification-banner" in page) is not bool(errors)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_script_or_style_of_its_own(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on", source)


@pytest.mark.parametrize(
    ("state", "step", "expected", "polls"),
    [
        ("queued", "", "waiting to be made", True),
        # Between two of its short tasks.
        ("queued", "Drawing charts", "Drawing charts", True),
        ("running", "Drawing charts", "Drawing charts", True),
        ("done", "", "Download", False),
        ("failed", "", "Pango is missing", False),
    ],
)
def test_a_job_says_how_it_stands_and_asks_again_only_while_it_is_under_way(
    state: str, step: str, expected: str, polls: bool
) -> None:
    job = SimpleNamespace(
        pk=1,
        state=state,
        is_waiting=polls,
        percent=40,
        step=step,
        error="Pango is missing",
    )
    context = {"job": job, "status_url": "/status", "download_url": "/d", "retry_url": "/r"}
    page = render_to_string("components/_job.html", context)
    assert expected in page
    assert ('hx-get="/status"' in page) is polls
    assert ("40%</progress>" in page) is polls
    assert ("Try again" in page) is (state == "failed")
    assert "data-announce" in page


def test_a_rating_is_always_in_words() -> None:
    page = render_to_string("components/_rating.html", {"value": 0, "text": "0 Not started"})
    assert "rating-0" in page
    assert "0 Not started" in page
    page = render_to_string("components/_rating.html", {"value": None, "text": "No answer yet"})
    assert "rating-none" in page
