"""Whose words a form holds: a token that cannot be forged, and views whose words are kept."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client
from django.urls import path
from django.utils import timezone

from declaration import urls
from declaration.writers import kept_without_session, read_writer, sign_writer
from tests.factories import make_user

SUBJECT = "answer-7"


def test_a_token_names_the_person_for_its_subject_alone() -> None:
    token = sign_writer(12, SUBJECT)
    assert read_writer(token, SUBJECT) == 12
    assert read_writer(token, "answer-8") is None
    assert read_writer(token, "") is None


def test_a_token_is_good_for_seven_days() -> None:
    token = sign_writer(12, SUBJECT)
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23), tick=False):
        assert read_writer(token, SUBJECT) == 12
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert read_writer(token, SUBJECT) is None


FORGED = {
    "nothing": "",
    "no signature": "WzEyLCJhbnN3ZXItNyJd",
    "another salt": signing.dumps([12, SUBJECT], salt="other"),
    "no pair": signing.dumps(12, salt="declaration.writers"),
    "no number": signing.dumps(["12", SUBJECT], salt="declaration.writers"),
    "letters of no alphabet": "\ud800:é:\0",
    "a megabyte": "x" * 1_000_000,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_token_of_anybody_else_names_nobody(name: str) -> None:
    assert read_writer(FORGED[name], SUBJECT) is None


def test_each_changed_character_of_a_token_is_noticed() -> None:
    token = sign_writer(12, SUBJECT)
    other = sign_writer(13, SUBJECT)
    for place, sign in enumerate(token):
        changed = token[:place] + ("A" if sign != "A" else "B") + token[place + 1 :]
        assert read_writer(changed, SUBJECT) is None
    body, rest = other.split(":", 1)
    assert read_writer(f"{body}:{token.split(':', 1)[1]}", SUBJECT) is None
    assert rest != token


# --- Views that keep ---------------------------------------------------------------------------

kept: list[tuple[str, dict[str, Any]]] = []


def keeper(request: HttpRequest, **arguments: Any) -> HttpResponse | None:
    kept.append((request.POST.get("words", ""), arguments))
    if "nothing" in request.POST:
        return None
    return redirect("/kept/") if "go" in request.POST else HttpResponse("kept", status=401)


@kept_without_session(keeper)
def keeping(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse("view")


def careless(request: HttpRequest, pk: int) -> HttpResponse:
    """The negative control: the same view without the mark."""
    return HttpResponse("view")


urlpatterns: list[Any] = [path("keeping/<int:pk>", keeping), path("careless/<int:pk>", careless)]
urlpatterns += urls.urlpatterns


@pytest.fixture
def checked(settings: Any, db: None) -> Client:
    """A client of somebody who is signed in, with an old CSRF token."""
    settings.ROOT_URLCONF = __name__
    kept.clear()
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    return client


@pytest.fixture
def nobody(checked: Client) -> Client:
    """A client without a session."""
    return Client()


def test_words_without_a_session_go_to_the_keeper(nobody: Client) -> None:
    response = nobody.post("/keeping/7", {"words": "An hour"})
    assert (response.status_code, response.text) == (401, "kept")
    assert kept == [("An hour", {"pk": 7})]


def test_words_with_an_old_csrf_token_go_to_the_keeper(checked: Client) -> None:
    response = checked.post("/keeping/7", {"words": "An hour"})
    assert (response.status_code, response.text) == (401, "kept")
    assert kept == [("An hour", {"pk": 7})]


def test_what_the_keeper_will_not_have_is_refused_as_ever(nobody: Client, checked: Client) -> None:
    response = nobody.post("/keeping/7", {"nothing": "1"})
    assert response.headers["Location"] == "/accounts/login/"
    response = checked.post("/keeping/7", {"nothing": "1"})
    assert response.status_code == 403
    assert "This page was open too long" in response.text
    assert len(kept) == 2


def test_a_view_without_the_mark_loses_them(nobody: Client, checked: Client) -> None:
    assert nobody.post("/careless/7", {"words": "An hour"}).status_code == 302
    assert checked.post("/careless/7", {"words": "An hour"}).status_code == 403
    assert kept == []


def test_reading_is_not_kept(nobody: Client) -> None:
    response = nobody.get("/keeping/7")
    assert response.headers["Location"] == "/accounts/login/?next=/keeping/7"
    assert kept == []


def test_a_fragment_is_told_to_go_where_the_keeper_leads(nobody: Client) -> None:
    response = nobody.post("/keeping/7", {"go": "1"}, headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/kept/")


def test_an_address_that_is_none_is_refused_as_ever(checked: Client) -> None:
    assert checked.post("/no/such/page", {"words": "x"}).status_code == 404
    assert kept == []
