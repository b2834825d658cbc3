"""Whoever is refused is told when to come back: the time that is left, and no longer."""

from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.test import RequestFactory

from declaration.limits import APP, seconds_to_wait, too_often, wait_in_words

pytestmark = pytest.mark.django_db

ACTION = "read_open_data"


@pytest.fixture
def request_of_a_stranger(rf: RequestFactory, settings: Any) -> Any:
    """A request from an address that may ask twice in five minutes."""
    settings.ACCOUNT_RATE_LIMITS = {ACTION: "2/5m/ip"}
    return rf.get("/", REMOTE_ADDR="203.0.113.50")


def let_pass(request: Any, seconds: int) -> None:
    """Move what is counted back, as if so many seconds had passed."""
    [rate] = ratelimit.get_rates(app=APP, action=ACTION)
    key = ratelimit.get_cache_key(request, app=APP, action=ACTION, rate=rate)
    cache.set(key, [each - seconds for each in cache.get(key)], rate.duration)


def test_the_time_to_wait_is_what_is_left_of_the_first_try(request_of_a_stranger: Any) -> None:
    request = request_of_a_stranger
    assert seconds_to_wait(request, ACTION) == 0
    let_pass(request, 100)
    assert seconds_to_wait(request, ACTION) == 0
    let_pass(request, 150)
    # The first was 250 seconds ago, the second 150; those refused count for nothing.
    for _ in range(3):
        assert 49 <= seconds_to_wait(request, ACTION) <= 50
    let_pass(request, 50)
    assert seconds_to_wait(request, ACTION) == 0


def test_the_page_says_the_same_in_minutes(request_of_a_stranger: Any) -> None:
    request = request_of_a_stranger
    assert too_often(request, ACTION, "So") is None
    assert too_often(request, ACTION, "So") is None
    let_pass(request, 130)
    page = too_often(request, ACTION, "So")
    assert page is not None
    assert page.status_code == 429
    assert 169 <= int(page.headers["Retry-After"]) <= 170
    assert "Wait 3 minutes, then try again" in page.content.decode()


def test_who_is_refused_only_because_many_came_at_once_may_come_back_at_once(
    request_of_a_stranger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = request_of_a_stranger
    monkeypatch.setattr(ratelimit, "CACHE_LOCK_WAIT_TIMEOUT", 0.01)
    [rate] = ratelimit.get_rates(app=APP, action=ACTION)
    key = ratelimit.get_cache_key(request, app=APP, action=ACTION, rate=rate)
    with ratelimit.cache_lock(key):
        assert seconds_to_wait(request, ACTION) == 1
    assert seconds_to_wait(request, ACTION) == 0


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 minute"), (60, "1 minute"), (61, "2 minutes"), (300, "5 minutes")]
)
def test_minutes_are_never_too_short(seconds: int, words: str) -> None:
    assert wait_in_words(seconds) == words
