"""The open data for programs: read-only JSON, paged, described by OpenAPI."""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from math import ceil
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_safe
from ninja import NinjaAPI, Query, Schema
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer
from pydantic import Field

from declaration.limits import seconds_to_wait
from declaration.problems import MEDIA_TYPE, problem
from progress.dashboards.api_pages import api_page
from progress.dashboards.released import public_figures
from progress.opendata import reading, results, rows
from progress.opendata.describing import ATTRIBUTION, LICENCE, LICENCE_ADDRESS, RATE
from progress.opendata.files import in_full

ROOT = "api/v1/"
READ = ("GET", "HEAD")
PER_PAGE, MOST_PER_PAGE = 100, 500
WORDS = {
    "page": "a whole number from 1 on",
    "per_page": f"a whole number from 1 to {MOST_PER_PAGE}",
}
NOT_HERE = "There is nothing at this address. The description of the API lists what there is."

Row = TypeVar("Row")
View = Callable[..., HttpResponse]


class Paging(Schema):
    """Which part of the rows to answer with."""

    page: int = Field(1, ge=1, description="Which page, from 1 on.")
    per_page: int = Field(
        PER_PAGE,
        ge=1,
        le=MOST_PER_PAGE,
        description="How many rows a page has: 100 unless you ask for others, 500 at most.",
    )


class Page(Schema, Generic[Row]):
    """One page of the rows."""

    count: int = Field(description="How many rows there are on all pages.")
    next: str | None = Field(description="The address of the next page; null on the last one.")
    previous: str | None = Field(
        description="The address of the page before it; null on the first one."
    )
    results: list[Row] = Field(description="The rows of this page.")


class Problem(Schema):
    """Why there is no answer (RFC 9457)."""

    type: str = Field(description="Always about:blank: the status says what kind it is.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The status.")
    detail: str = Field(description="What is wrong, in a sentence or two.")


class NotThereError(Exception):
    """What an address names does not exist; the words say so."""


class Readable(JSONRenderer):
    """JSON as people read it, too: letters stay letters."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Essex Data Declaration: open data",
    version="1",
    description="Who has signed the Declaration, what is promised, and what each round of "
    f"self-assessment added up to. {ATTRIBUTION}",
    docs_url=None,
    openapi_url=None,
    urls_namespace="open-data-1",
    renderer=Readable(),
    openapi_extra={"info": {"license": {"name": LICENCE, "url": LICENCE_ADDRESS}}},
)


# What OpenAPI says of the answers that are none, and of the headers.
REFUSALS = {
    400: "A parameter is not known, or not understood.",
    404: "There is no such page, round or release.",
    405: "The API can only be read, with GET or HEAD.",
    429: "Too many requests from one address; Retry-After says how many seconds to wait.",
}
UNCHANGED = "Nothing has changed since the answer whose ETag was sent as If-None-Match."
ETAG = {
    "ETag": {
        "description": "What is another one when the answer is; send it back as If-None-Match.",
        "schema": {"type": "string"},
    }
}
HEADERS: dict[int, dict[str, Any]] = {
    405: {
        "Allow": {"description": "The methods that there are.", "schema": {"type": "string"}},
    },
    429: {
        "Retry-After": {
            "description": "How many seconds to wait before the next request.",
            "schema": {"type": "integer"},
        }
    },
}


def _described() -> dict[int, Any]:
    """What OpenAPI says of each answer, besides the rows."""
    schema = {"$ref": "#/components/schemas/Problem"}
    refusals = {
        status: {
            "description": words,
            "headers": HEADERS.get(status, {}),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status, words in REFUSALS.items()
    }
    unchanged = {"description": UNCHANGED, "headers": ETAG}
    return {200: {"headers": ETAG}, 304: unchanged} | refusals


def _paged(at: str, found: Sequence[Any], asked: Paging) -> dict[str, Any]:
    last = max(ceil(len(found) / asked.per_page), 1)
    if asked.page > last:
        pages = "is one page" if last == 1 else f"are {last} pages"
        raise NotThereError(f"There {pages} of these rows: page {asked.page} is not among them.")
    begin = (asked.page - 1) * asked.per_page

    def address(page: int) -> str:
        asked_for = {"page": page, "per_page": asked.per_page}
        return in_full(f"{at}?{urlencode(asked_for)}")

    return {
        "count": len(found),
        "next": address(asked.page + 1) if asked.page < last else None,
        "previous": address(asked.page - 1) if asked.page > 1 else None,
        "results": found[begin : begin + asked.per_page],
    }


def table(
    address: str, row: type[Any], name: str, summary: str
) -> Callable[[Callable[..., Any]], Any]:
    """Register an operation that answers with a page of rows."""
    return api.get(
        address,
        response=Page[row],  # type: ignore[valid-type]  # the class of the rows
        url_name=f"api-{name}",
        operation_id=name,
        summary=summary,
        openapi_extra={"responses": _described()},
    )


@table("editions", rows.Edition, "editions", "Editions of the Declaration")
def editions(request: HttpRequest, asked: Query[Paging]) -> Any:
    """Every published text of the Declaration, the newest first."""
    return _paged(request.path, reading.read_editions(), asked)


@table("commitments", rows.Commitment, "commitments", "Commitments")
def commitments(request: HttpRequest, asked: Query[Paging]) -> Any:
    """The commitments of every edition, the newest edition’s first."""
    return _paged(request.path, reading.read_commitments(), asked)


@table("indicators", rows.Indicator, "indicators", "Success indicators")
def indicators(request: HttpRequest, asked: Query[Paging]) -> Any:
    """The success indicators of every edition, the newest edition’s first."""
    return _paged(request.path, reading.read_indicators(), asked)


@table("signatories", rows.Signatory, "signatories", "Signatories")
def signatories(request: HttpRequest, asked: Query[Paging]) -> Any:
    """Every signature, by the partner’s name, also those that were withdrawn or superseded."""
    return _paged(request.path, reading.read_signatories(), asked)


@table("rounds", rows.Round, "rounds", "Rounds of self-assessment")
def rounds(request: HttpRequest, asked: Query[Paging]) -> Any:
    """The rounds that have opened, the newest first."""
    return _paged(request.path, reading.read_rounds(), asked)


@table("releases", rows.Release, "releases", "Releases of the rounds’ figures")
def releases(request: HttpRequest, asked: Query[Paging]) -> Any:
    """Every release, of the newest round first and from its newest on."""
    return _paged(request.path, reading.read_release_rows(), asked)


@table("releases/{slug:round}/{int:number}/results", rows.Result, "results", "Results of a release")
def release_results(request: HttpRequest, round: str, number: int, asked: Query[Paging]) -> Any:
    """What all partners said of each indicator, where enough of them stand behind the figures."""
    return _paged(request.path, _found(results.read_results(round, number)), asked)


@table(
    "releases/{slug:round}/{int:number}/ratings",
    rows.Rating,
    "ratings",
    "Published ratings of a release",
)
def release_ratings(request: HttpRequest, round: str, number: int, asked: Query[Paging]) -> Any:
    """The ratings of the partners whose leaders had chosen that everybody may see them."""
    return _paged(request.path, _found(results.read_ratings(round, number)), asked)


def _found(release: results.OfRelease | None) -> Sequence[Any]:
    if release is None:
        raise NotThereError("There is no such release. The list of releases names them all.")
    return release.rows


# --- Refusals ------------------------------------------------------------------------------------


@api.exception_handler(NotThereError)
def _not_there(request: HttpRequest, error: NotThereError) -> HttpResponse:
    return problem(404, str(error))


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    names = dict.fromkeys(str(each["loc"][-1]) for each in error.errors)
    wrong = (f"“{name}” has to be {WORDS.get(name, 'something else')}" for name in names)
    return problem(400, f"{'; '.join(wrong)}.")


# --- Who asks, and how ---------------------------------------------------------------------------


def description() -> dict[str, Any]:
    """The OpenAPI description of the API."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=f"/{ROOT}")
    found["servers"] = [{"url": in_full(""), "description": "The portal"}]
    found["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    # As whoever reads it gets it: statuses are numbers to ninja and texts in JSON.
    described: dict[str, Any] = json.loads(json.dumps(found))
    return described


def examples() -> dict[str, str]:
    """Real answers as JSON, by the operation: the first row of the editions and of the results."""
    asked = Paging(page=1, per_page=1)
    found = reading.read_editions()
    page = _paged(reverse("progress:api-editions"), found, asked)
    answers = {"editions": Page[rows.Edition](**page).model_dump_json(indent=2)}
    released = public_figures()
    if released:
        last = released[-1].releases[-1]
        at = reverse("progress:api-results", args=[last.round.slug, last.release.number])
        page = _paged(at, results.results_of(last), asked)
        answers["results"] = Page[rows.Result](**page).model_dump_json(indent=2)
    return answers


def openapi(request: HttpRequest) -> HttpResponse:
    """The description as JSON."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


@login_not_required
@csrf_exempt
@require_safe
@conditional_page
def documentation(request: HttpRequest) -> HttpResponse:
    """The same as a page, with real answers."""
    return render(
        request, "progress/open_data_api.html", {"api": api_page(description(), examples())}
    )


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Say so where there is nothing."""
    return problem(404, NOT_HERE)


def for_everybody(view: View, parameters: frozenset[str] = frozenset()) -> View:
    """Let anybody read, so often: every refusal is JSON, and what has not changed is not sent."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method not in READ:
            allow = {"Allow": ", ".join(READ)}
            return problem(405, "This can only be read: ask with GET.", headers=allow)
        return _limited(request) or _strange(request, parameters) or answer(request, **kwargs)

    @conditional_page
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        # Ninja knows GET only; the server leaves the body of an answer to HEAD away.
        request.method = "GET"
        return view(request, **kwargs)

    return csrf_exempt(login_not_required(guarded))


def _limited(request: HttpRequest) -> HttpResponse | None:
    seconds = seconds_to_wait(request, RATE)
    if not seconds:
        return None
    detail = f"So that the data is there for everybody, wait {seconds} seconds and ask again."
    return problem(429, detail, headers={"Retry-After": str(seconds)})


def _strange(request: HttpRequest, known: frozenset[str]) -> HttpResponse | None:
    """Refuse parameters that would be ignored: whoever sends them takes the answer for another."""
    strange = sorted(set(request.GET) - known)
    if not strange:
        return None
    names = ", ".join(f"“{name[:40]}”" for name in strange[:5])
    allowed = ", ".join(f"“{name}”" for name in sorted(known)) or "none"
    return problem(400, f"Not known here: {names}. The parameters are: {allowed}.")


def _patterns() -> list[URLPattern]:
    """Ninja’s addresses, each open to everybody; its own page at the root is left out."""
    parameters = frozenset(Paging.model_fields)
    return [
        path(f"{ROOT}{each.pattern}", for_everybody(each.callback, parameters), name=each.name)
        for each in api.urls[0]
        if isinstance(each, URLPattern) and each.name != "api-root"
    ]


urlpatterns = [
    path("open-data/api/", documentation, name="open-data-api"),
    path(f"{ROOT}openapi.json", for_everybody(openapi), name="api-openapi"),
    *_patterns(),
    path("api/", for_everybody(unknown), name="api-nothing"),
    path("api/<path:rest>", for_everybody(unknown), name="api-unknown"),
]
