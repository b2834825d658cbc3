"""How often a stranger may try: counted by address, refused in words with a time to come back."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

APP = "allauth.account"


def seconds_to_wait(request: HttpRequest, action: str) -> int:
    """Count one try, also of something that is only read; beyond the limit, how long to wait.

    `action` names its rate in ACCOUNT_RATE_LIMITS; 0 within the limit. allauth's public function
    counts no reading, so this is the one place that uses its inner one.
    """
    if ratelimit.consume(request, app=APP, action=action, limit_get=True):
        return 0
    return int(max(rate.duration for rate in ratelimit.get_rates(app=APP, action=action)))


def too_often(request: HttpRequest, action: str, reason: str) -> HttpResponse | None:
    """Count one try; the page to answer with beyond the limit, which `reason` begins to explain."""
    seconds = seconds_to_wait(request, action)
    if not seconds:
        return None
    page = render(request, "429.html", {"reason": reason}, status=429)
    page.headers["Retry-After"] = str(seconds)
    return page
