"""Error pages in house wording; a database that is away is 503, not a fault of the page."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from declaration.problems import is_for_programs, problem
from declaration.writers import keep_refused

RETRY_SECONDS = 10


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 with Retry-After while the database is away, and 500 for all else.

    Renders without context processors: they may need what has just failed.
    """
    error = sys.exc_info()[1]
    is_away = isinstance(error, OperationalError | InterfaceError)
    if is_for_programs(request):
        return _problem(is_away=is_away)
    if is_away:
        page = get_template("503.html").render({})
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return HttpResponse(get_template("500.html").render({}), status=500)


def _problem(*, is_away: bool) -> HttpResponse:
    if is_away:
        later = {"Retry-After": str(RETRY_SECONDS)}
        return problem(503, "The data cannot be read at the moment.", headers=later)
    return problem(500, "Something went wrong on our side. Nothing is wrong with your request.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 and say that the page was open too long, which is the usual cause.

    What was typed is kept first, where the view has a keeper.
    """
    match = request.resolver_match
    kept = keep_refused(request, match.func, match.kwargs) if match else None
    return kept or render(request, "403.html", {"expired": True}, status=403)
