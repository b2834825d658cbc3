"""Pages for everybody: home, and what we say about accessibility, privacy and cookies."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from progress.dashboards import public


@login_not_required
@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    """Say what the Declaration is, and who has signed it."""
    return render(request, "progress/home.html", {"home": public.home()})


@login_not_required
@require_safe
@conditional_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the portal is, and whom to tell of a fault."""
    return render(request, "progress/accessibility.html", _contact())


@login_not_required
@require_safe
@conditional_page
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about people, why, and for how long."""
    return render(request, "progress/privacy.html", _contact())


@login_not_required
@require_safe
@conditional_page
def cookies(request: HttpRequest) -> HttpResponse:
    """Name the cookies, which are only those that signing in and sending forms need."""
    names = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "session_hours": str(settings.SESSION_ABSOLUTE_AGE // 3600),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "messages_cookie": CookieStorage.cookie_name,
    }
    return render(request, "progress/cookies.html", _contact() | names)


def _contact() -> dict[str, str]:
    return {"contact": settings.DEFAULT_FROM_EMAIL}
