"""For everyone and their programs: what is open, as pages and as files that describe themselves."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from declaration.exports import csv_file
from progress.dashboards.open_data import open_data as read_open_data
from progress.opendata import files
from progress.opendata.files import OpenFile


@login_not_required
@require_safe
@conditional_page
def open_data(request: HttpRequest) -> HttpResponse:
    """Say what is open, under which licence, where it is and what has changed."""
    return render(request, "progress/open_data.html", {"page": read_open_data()})


@login_not_required
@require_safe
@conditional_page
def data_signatories(request: HttpRequest) -> HttpResponseBase:
    """Every signature as a file."""
    return _rows(files.signatories())


@login_not_required
@require_safe
@conditional_page
def data_signatories_metadata(request: HttpRequest) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.signatories())


@login_not_required
@require_safe
@conditional_page
def data_commitments(request: HttpRequest, edition: str) -> HttpResponseBase:
    """An edition’s commitments as a file."""
    return _rows(files.commitments(edition))


@login_not_required
@require_safe
@conditional_page
def data_commitments_metadata(request: HttpRequest, edition: str) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.commitments(edition))


@login_not_required
@require_safe
@conditional_page
def data_indicators(request: HttpRequest, edition: str) -> HttpResponseBase:
    """An edition’s indicators as a file."""
    return _rows(files.indicators(edition))


@login_not_required
@require_safe
@conditional_page
def data_indicators_metadata(request: HttpRequest, edition: str) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.indicators(edition))


@login_not_required
@require_safe
@conditional_page
def data_results(request: HttpRequest, round: str, number: int) -> HttpResponseBase:
    """What all partners said in a release, as a file."""
    return _rows(files.results_of(round, number))


@login_not_required
@require_safe
@conditional_page
def data_results_metadata(request: HttpRequest, round: str, number: int) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.results_of(round, number))


@login_not_required
@require_safe
@conditional_page
def data_ratings(request: HttpRequest, round: str, number: int) -> HttpResponseBase:
    """The ratings in a release that partners chose to publish, as a file."""
    return _rows(files.ratings_of(round, number))


@login_not_required
@require_safe
@conditional_page
def data_ratings_metadata(request: HttpRequest, round: str, number: int) -> HttpResponse:
    """What that file says of itself."""
    return _description(files.ratings_of(round, number))


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
