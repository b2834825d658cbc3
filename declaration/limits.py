"""How often a stranger may try: counted by address, refused in words with a time to come back."""

import time
from math import ceil

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

APP = "allauth.account"


def seconds_to_wait(request: HttpRequest, action: str) -> int:
    """Count one try, also of something that is only read; beyond the limit, how long to wait.

    `action` names its rate in ACCOUNT_RATE_LIMITS, by address; 0 within the limit. allauth's public
    function counts no reading, so this is the one place that uses its inner ones.
    """
    if ratelimit.consume(request, app=APP, action=action, limit_get=True):
        return 0
    rates = ratelimit.get_rates(app=APP, action=action)
    return max(_seconds_left(request, action, rate) for rate in rates)


def wait_in_words(seconds: int) -> str:
    """How long to wait, in whole minutes, and never too short."""
    minutes = ceil(seconds / 60)
    return "1 minute" if minutes <= 1 else f"{minutes} minutes"


def too_often(request: HttpRequest, action: str, reason: str) -> HttpResponse | None:
    """Count one try; the page to answer with beyond the limit, which `reason` begins to explain."""
    seconds = seconds_to_wait(request, action)
    if not seconds:
        return None
    context = {"reason": reason, "wait": wait_in_words(seconds)}
    page = render(request, "429.html", context, status=429)
    page.headers["Retry-After"] = str(seconds)
    return page


def _seconds_left(request: HttpRequest, action: str, rate: ratelimit.Rate) -> int:
    """Until one try more is within the rate; a moment where only many came at once.

    What is kept is when each try was let in, the newest first: those refused do not count, so
    whoever waits so long is let in.
    """
    key = ratelimit.get_cache_key(request, app=APP, action=action, rate=rate)
    tries: list[float] = cache.get(key, [])
    if len(tries) < rate.amount:
        return 1
    left: float = tries[rate.amount - 1] + rate.duration - time.time()
    return max(ceil(left), 1)
