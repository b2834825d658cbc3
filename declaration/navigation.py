"""The service navigation: what each audience is offered, with the current page marked."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


class Audience(Enum):
    """Who is shown an item."""

    EVERYONE = auto()
    STRANGERS = auto()
    SIGNED_IN = auto()
    STAFF = auto()
    ADMINISTRATORS = auto()


@dataclass(frozen=True)
class Item:
    """One link of the navigation, by the name of its URL."""

    text: str
    url_name: str
    audience: Audience


SERVICE_NAME = "Essex Data Declaration"
HOME = "progress:home"
ITEMS = (
    Item("Home", HOME, Audience.EVERYONE),
    Item("The Declaration", "commitments:declaration", Audience.EVERYONE),
    Item("Check a certificate", "signatories:certificate-check", Audience.EVERYONE),
    Item("Your partners", "progress:start", Audience.SIGNED_IN),
    Item("Overview", "progress:overview", Audience.STAFF),
    Item("Heatmap", "progress:heatmap", Audience.STAFF),
    Item("Reviews", "assessments:review-queue", Audience.STAFF),
    Item("Rounds", "assessments:round-list", Audience.STAFF),
    Item("Partners", "signatories:partner-list", Audience.ADMINISTRATORS),
    Item("Sign in", "account_login", Audience.STRANGERS),
    Item("Sign out", "account_logout", Audience.SIGNED_IN),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates the parameters of GOV.UK's service navigation; no queries of its own.

    A name that does not resolve is a mistake in `ITEMS` and raises.
    """
    audiences = audiences_of(getattr(request, "user", None))
    match = request.resolver_match
    here = match.view_name if match else ""
    links = [
        {"text": item.text, "href": reverse(item.url_name), "current": item.url_name == here}
        for item in ITEMS
        if item.audience in audiences
    ]
    service = {"serviceName": SERVICE_NAME, "serviceUrl": reverse(HOME)}
    return {"navigation": service | {"navigation": links}}


def audiences_of(user: Any) -> set[Audience]:
    """Return the audiences a person belongs to; before sign-in `user` may be missing."""
    if user is None or not user.is_authenticated:
        return {Audience.EVERYONE, Audience.STRANGERS}
    office = getattr(user, "office", "")
    audiences = {Audience.EVERYONE, Audience.SIGNED_IN}
    if office in {"staff", "administrator"}:
        audiences.add(Audience.STAFF)
    if office == "administrator":
        audiences.add(Audience.ADMINISTRATORS)
    return audiences
