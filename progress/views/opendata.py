"""For everyone and their programs: what is open, as pages and as files that describe themselves."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_safe

from declaration.exports import csv_file
from declaration.limits import seconds_to_wait, wait_in_words
from progress.dashboards.open_data import open_data as read_open_data
from progress.opendata import files
from progress.opendata.describing import RATE
from progress.opendata.files import OpenFile

View = Callable[..., HttpResponseBase]


def for_everybody(view: View) -> View:
    """Let anybody and any program read a file, so often; what has not changed is not sent.

    Nothing can be changed there, so other methods are refused as such, with or without a token.
    """
    answer = conditional_page(view)

    @wraps(view)
    def limited(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        seconds = seconds_to_wait(request, RATE)
        return _wait(seconds) if seconds else answer(request, **kwargs)

    return login_not_required(csrf_exempt(require_safe(limited)))


@login_not_required
@csrf_exempt
@require_safe
@conditional_page
def open_data(request: HttpRequest) -> HttpResponse:
    """Say what is open, under which licence, where it is and what has changed."""
    return render(request, "progress/open_data.html", {"page": read_open_data()})


@for_everybody
def data_signatories(request: HttpRequest) -> HttpResponseBase:
    """Every signature as a file."""
    return _rows(files.signatories())


@for_everybody
def data_signatories_metadata(request: HttpRequest) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.signatories())


@for_everybody
def data_commitments(request: HttpRequest, edition: str) -> HttpResponseBase:
    """An edition’s commitments as a file."""
    return _rows(files.commitments(edition))


@for_everybody
def data_commitments_metadata(request: HttpRequest, edition: str) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.commitments(edition))


@for_everybody
def data_indicators(request: HttpRequest, edition: str) -> HttpResponseBase:
    """An edition’s indicators as a file."""
    return _rows(files.indicators(edition))


@for_everybody
def data_indicators_metadata(request: HttpRequest, edition: str) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.indicators(edition))


@for_everybody
def data_results(request: HttpRequest, round: str, number: int) -> HttpResponseBase:
    """What all partners said in a release, as a file."""
    return _rows(files.results_of(round, number))


@for_everybody
def data_results_metadata(request: HttpRequest, round: str, number: int) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.results_of(round, number))


@for_everybody
def data_ratings(request: HttpRequest, round: str, number: int) -> HttpResponseBase:
    """The ratings in a release that partners chose to publish, as a file."""
    return _rows(files.ratings_of(round, number))


@for_everybody
def data_ratings_metadata(request: HttpRequest, round: str, number: int) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.ratings_of(round, number))


def _wait(seconds: int) -> HttpResponse:
    """Refuse in words that a program’s log shows as they are, and that cost no page."""
    return HttpResponse(
        "Too many requests. So that the data is there for everybody, wait "
        f"{wait_in_words(seconds)}, then ask again.\n",
        content_type="text/plain; charset=utf-8",
        status=429,
        headers={"Retry-After": str(seconds)},
    )


def _rows(file: OpenFile | None) -> HttpResponseBase:
    """The file with a tag, where its description is, and what supersedes it."""
    found = _found(file)
    response = csv_file(found.name, found.table.header, found.lines)
    # A file that is sent in pieces gets no tag by itself.
    response.headers["ETag"] = f'"{found.tag}"'
    response.headers["Link"] = _links(found)
    return response


def _description(file: OpenFile | None) -> HttpResponse:
    return JsonResponse(
        _found(file).description,
        content_type="application/csvm+json",
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )


def _found(file: OpenFile | None) -> OpenFile:
    if file is None:
        raise Http404("There is no such edition, round or release.")
    return file


def _links(file: OpenFile) -> str:
    links = [f'<{file.metadata_path}>; rel="describedby"; type="application/csvm+json"']
    if file.newer:
        links += [f'<{file.newer}>; rel="{rel}"' for rel in ("latest-version", "successor-version")]
    return ", ".join(links)
