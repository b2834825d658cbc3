"""How often a stranger may try: counted by address, refused in words with a time to come back."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

APP = "allauth.account"


def too_often(request: HttpRequest, action: str, reason: str) -> HttpResponse | None:
    """Count one try, also of a page that is only read; the page to answer with beyond the limit.

    `action` names its rate in ACCOUNT_RATE_LIMITS, `reason` begins the sentence that says why.
    allauth's public function counts no reading, so this is the one place that uses its inner one.
    """
    if ratelimit.consume(request, app=APP, action=action, limit_get=True):
        return None
    rates = ratelimit.get_rates(app=APP, action=action)
    page = render(request, "429.html", {"reason": reason}, status=429)
    page.headers["Retry-After"] = str(int(max(rate.duration for rate in rates)))
    return page
