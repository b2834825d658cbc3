"""Refusals for programs: what is wrong as JSON, in words (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse

MEDIA_TYPE = "application/problem+json"
# Where no answer is a page.
FOR_PROGRAMS = "/api/"


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None) -> JsonResponse:
    """Answer with the status and with what is wrong, in a sentence or two."""
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return JsonResponse(
        said,
        status=status,
        content_type=MEDIA_TYPE,
        headers=headers,
        json_dumps_params={"ensure_ascii": False},
    )


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program asks, which cannot read a page."""
    return request.path_info.startswith(FOR_PROGRAMS)
