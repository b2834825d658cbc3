"""What every request passes: broken input, refusals, old sessions, private pages."""

import codecs
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import add_never_cache_headers, patch_cache_control

from declaration.actions import RefusedError
from declaration.problems import is_for_programs, problem
from declaration.writers import keep_refused

READ = {"utf-8", "ascii"}
Handler = Callable[[HttpRequest], HttpResponse]
SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
SEEN_EVERY_SECONDS = 5 * 60


def refuse_broken_input(get_response: Handler) -> Handler:
    """Answer 400 to text that no database column can hold: NUL and lone surrogates."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _is_readable(request.encoding):
            request.encoding = settings.DEFAULT_CHARSET
            return _unreadable(request)
        if _is_broken(request.path_info) or _any_broken(request.GET):
            return _unreadable(request)
        return get_response(request)

    return middleware


def _unreadable(request: HttpRequest) -> HttpResponse:
    if is_for_programs(request):
        return problem(400, "What was sent cannot be read: it has to be text in UTF-8.")
    return render(request, "400.html", status=400)


def _is_readable(charset: str | None) -> bool:
    """Whether the request's charset is the one that browsers send.

    Others could smuggle in what UTF-8 cannot hold, and `hex` is a codec to Python and no charset.
    """
    try:
        return codecs.lookup(charset or settings.DEFAULT_CHARSET).name in READ
    except LookupError:
        return False


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


def explain_methods(get_response: Handler) -> Handler:
    """Give 405 a page: addresses that only take a form are opened again by browsers, with GET."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        page = render(request, "405.html", status=response.status_code)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page

    return middleware


class SignInFirst(LoginRequiredMiddleware):
    """Ask strangers to sign in, and land them on a page afterwards.

    A change cannot be sent again by following a link, so its address is no place to land; and a
    fragment that htmx asked for must not become a sign-in page inside another page. What somebody
    typed for an hour is kept first, where the view has a keeper.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Redirect strangers to the sign-in page, the whole window of it."""
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is not None and (kept := keep_refused(request, view_func, view_kwargs)):
            return kept
        to_sign_in = resolve_url(settings.LOGIN_URL)
        if refusal is not None and "HX-Request" in request.headers:
            return HttpResponse(status=204, headers={"HX-Redirect": to_sign_in})
        if refusal is not None and request.method not in {"GET", "HEAD"}:
            return redirect(to_sign_in)
        return refusal


def end_old_sessions(get_response: Handler) -> Handler:
    """Sign a person out after the absolute limit; until then each visit renews the idle limit.

    The visit is noted every few minutes only, so that most requests write nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault(SIGNED_IN_AT, now)
            if now - began > settings.SESSION_ABSOLUTE_AGE:
                logout(request)
            elif now - request.session.get(SEEN_AT, 0) > SEEN_EVERY_SECONDS:
                request.session[SEEN_AT] = now
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
