"""What every request passes: broken input, refusals, old sessions, private pages."""

import time
from collections.abc import Callable, Mapping

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control

from declaration.actions import RefusedError

Handler = Callable[[HttpRequest], HttpResponse]
SIGNED_IN_AT = "signed_in_at"


def refuse_broken_input(get_response: Handler) -> Handler:
    """Answer 400 to text that no database column can hold: NUL and lone surrogates."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _is_broken(request.path_info) or _any_broken(request.GET):
            return render(request, "400.html", status=400)
        return get_response(request)

    return middleware


def _any_broken(values: Mapping[str, object]) -> bool:
    return any(
        _is_broken(key) or any(_is_broken(str(value)) for value in values.getlist(key))  # type: ignore[attr-defined]  # QueryDict
        for key in values
    )


def _is_broken(text: str) -> bool:
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


def explain_refusals(get_response: Handler) -> Handler:
    """Answer 409 with the reason when an action may not happen now."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, RefusedError):
            return None
        context = {"title": "This cannot be done now", "message": str(error)}
        return render(request, "409.html", context, status=409)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django's hook for function middleware
    return middleware


def end_old_sessions(get_response: Handler) -> Handler:
    """Sign a person out after the absolute limit, however busy the session is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            began = request.session.setdefault(SIGNED_IN_AT, int(time.time()))
            if time.time() - began > settings.SESSION_ABSOLUTE_AGE:
                logout(request)
        return get_response(request)

    return middleware


def keep_pages_private(get_response: Handler) -> Handler:
    """Forbid caches to store what a signed-in person sees."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True, private=True)
        return response

    return middleware
