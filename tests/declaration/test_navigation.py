"""The service navigation: who is offered what, and where one is."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import NoReverseMatch, resolve, reverse

from declaration import navigation as nav
from declaration.navigation import ITEMS, Item, ShownTo, navigation

PUBLIC = [
    *("Home", "The Declaration", "Signatories", "Progress"),
    *("Check a certificate", "Good practice"),
]
STAFF = ["Overview", "Heatmap", "Reports", "Reviews", "Support", "Rounds", "Messages"]


def person(office: str) -> SimpleNamespace:
    """Somebody who is signed in."""
    return SimpleNamespace(is_authenticated=True, office=office)


def request_for(user: object, path: str = "/") -> HttpRequest:
    """A request that has been routed."""
    request = RequestFactory().get(path)
    request.user = user  # type: ignore[assignment]  # a stand-in for a person
    request.resolver_match = resolve(path)
    return request


def texts(request: HttpRequest) -> list[str]:
    """The words of the links, in order."""
    return [link["text"] for link in navigation(request)["navigation"]["navigation"]]


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (AnonymousUser(), [*PUBLIC, "Sign in"]),
        (person(""), [*PUBLIC, "Your partners", "Sign out"]),
        (person("staff"), ["Good practice", *STAFF, "Sign out"]),
        (
            person("administrator"),
            ["Good practice", *STAFF, "Partners", "People", "Sign out"],
        ),
    ],
)
def test_each_audience_is_offered_its_own_items(user: object, expected: list[str]) -> None:
    assert texts(request_for(user)) == expected


def test_a_request_refused_before_sign_in_is_looked_up_gets_the_public_items() -> None:
    request = RequestFactory().get("/")
    request.resolver_match = None
    assert texts(request) == [*PUBLIC, "Sign in"]


def test_only_the_current_page_is_marked() -> None:
    links = navigation(request_for(AnonymousUser(), reverse("account_login")))["navigation"]
    marked = [link["text"] for link in links["navigation"] if link["current"]]
    assert marked == ["Sign in"]


def test_a_page_below_another_marks_its_section() -> None:
    request = request_for(person("staff"), reverse("assessments:round-plan"))
    links = navigation(request)["navigation"]["navigation"]
    assert [link["text"] for link in links if link["active"]] == ["Rounds"]
    assert not any(link["current"] for link in links)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.url_name)
def test_each_item_leads_to_a_page(item: Item) -> None:
    assert reverse(item.url_name)


def test_an_item_without_a_page_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "ITEMS", (Item("Nowhere", "no:where", ShownTo.EVERYONE),))
    with pytest.raises(NoReverseMatch):
        texts(request_for(AnonymousUser()))


def test_the_navigation_needs_no_database() -> None:
    # This test has no access to the database: a query would raise.
    assert texts(request_for(person("administrator")))
