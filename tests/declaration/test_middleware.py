"""What every request passes: broken input, sessions that end, pages that stay private."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make_user("Somebody", office="staff"))
    return client


@pytest.mark.parametrize("address", ["/%00/", "/certificates/?number=%00", "/heatmap/?a%00=1"])
def test_nul_in_an_address_is_refused_in_words(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert "<h1" in response.text


@pytest.mark.parametrize(
    "charset", ["hex", "rot13", "base64", "no-such", "utf-7", "idna", "punycode", "unicode_escape"]
)
def test_a_charset_that_is_none_is_no_fault_of_ours(client: Client, charset: str) -> None:
    kind = f"text/plain; charset={charset}"
    assert client.generic("GET", "/healthz?a=1", content_type=kind).status_code in {200, 400}
    assert client.generic("POST", "/rounds/plan/", "x=1", content_type=kind).status_code < 500


def test_a_busy_session_outlives_the_idle_limit(client: Client) -> None:
    start = timezone.now()
    for minutes in range(0, 180, 30):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get("/overview/").status_code == 200


def test_an_idle_session_ends_after_two_hours(client: Client) -> None:
    assert client.get("/overview/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1), tick=False):
        response = client.get("/overview/")
    assert response.headers["Location"].startswith("/accounts/login/")


def test_even_a_busy_session_ends_after_twelve_hours(client: Client) -> None:
    start = timezone.now()
    for hours in range(12):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert client.get("/overview/").status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=False):
        response = client.get("/overview/")
    assert response.headers["Location"].startswith("/accounts/login/")


def test_a_visit_within_minutes_writes_no_session(client: Client) -> None:
    client.get("/overview/")
    before = client.session["seen_at"]
    client.get("/overview/")
    assert client.session["seen_at"] == before
    assert time.time() - before < 60


def test_what_a_signed_in_person_sees_is_stored_nowhere(client: Client) -> None:
    assert "no-store" in client.get("/overview/").headers["Cache-Control"]
    assert "no-store" not in Client().get("/").headers.get("Cache-Control", "")


def test_a_change_without_a_session_lands_on_the_sign_in_page_alone() -> None:
    response = Client().post("/answers/1/save")
    assert response.headers["Location"] == "/accounts/login/"


def test_a_fragment_without_a_session_sends_the_whole_window_to_sign_in() -> None:
    response = Client().get("/reports/x/status", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == "/accounts/login/"


def test_the_content_policy_allows_the_portal_alone() -> None:
    policy = Client().get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_sessions_are_in_the_database_and_cookies_are_shut() -> None:
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY


@pytest.mark.parametrize("method", ["get", "head"])
def test_an_address_that_takes_a_form_has_a_page_when_it_is_opened(method: str) -> None:
    """Browsers open again with GET what they showed after a form."""
    response = getattr(Client(), method)("/certificates/check-file")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert method == "head" or "This address takes a form" in response.text
