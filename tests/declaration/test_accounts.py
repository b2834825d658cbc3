"""Signing in: the account library's pages in our components and words."""

import re

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from signatories.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "three unlikely words"


@pytest.fixture
def person() -> User:
    """Somebody with a password."""
    person = make_user("Pat Person", email="pat@braintree.example")
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def page_of(client: Client, name: str) -> str:
    """The page of an account URL."""
    return client.get(reverse(name)).content.decode()


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_login", "Sign in"),
        ("account_request_login_code", "E-mail me a sign-in code"),
        ("account_reset_password", "Choose a new password"),
        ("account_reset_password_done", "Check your e-mail"),
        ("account_signup", "There is no sign-up"),
        ("account_inactive", "This account is not in use"),
    ],
)
def test_an_account_page_is_one_of_ours(client: Client, name: str, heading: str) -> None:
    page = page_of(client, name)
    assert f"<title>{heading} – Essex" in re.sub(r">\s+", ">", page)
    assert page.count("<h1") == 1
    assert "placeholder=" not in page
    assert "<script>" not in page


def test_a_wrong_password_is_explained_without_saying_who_exists(
    client: Client, person: User
) -> None:
    pages = []
    for email in (person.email, "nobody@braintree.example"):
        answer = client.post(reverse("account_login"), {"login": email, "password": "wrong"})
        pages.append(answer.content.decode())
    for page in pages:
        assert "There is a problem" in page
        assert "The e-mail address or the password is not right" in page


def test_nothing_entered_is_said_at_each_field(client: Client) -> None:
    page = client.post(reverse("account_login"), {}).content.decode()
    assert "<title>Error: Sign in" in page
    assert '<a href="#id_login">Enter your e-mail address</a>' in page
    assert '<a href="#id_password">Enter your password</a>' in page


def test_signing_in_says_nothing_more_and_signing_out_is_confirmed(
    client: Client, person: User
) -> None:
    data = {"login": person.email.upper(), "password": PASSWORD}
    answer = client.post(reverse("account_login"), data)
    assert answer.status_code == 302
    assert "What you have saved stays saved" in page_of(client, "account_logout")
    answer = client.post(reverse("account_logout"))
    page = client.get(answer["Location"]).content.decode()
    assert "You have signed out" in page


def test_a_code_by_e_mail_signs_in(client: Client, person: User) -> None:
    answer = client.post(reverse("account_request_login_code"), {"email": person.email})
    page = client.get(answer["Location"]).content.decode()
    assert "Enter your sign-in code" in page
    assert "It works for 3 minutes" in page
    assert "Sign in another way" in page
    [message] = mail.outbox
    assert message.subject == "Your sign-in code for the Essex Data Declaration"
    found = re.search(r"^\S{4,12}$", str(message.body).split("is:")[1], re.MULTILINE)
    assert found
    page = client.post(answer["Location"], {"code": "nonsense"}).content.decode()
    assert "The code is not right" in page
    assert client.post(answer["Location"], {"code": found.group()}).status_code == 302
    assert "_auth_user_id" in client.session


def test_an_unknown_address_gets_the_same_page_and_a_friendly_e_mail(client: Client) -> None:
    data = {"email": "nobody@braintree.example"}
    answer = client.post(reverse("account_request_login_code"), data)
    assert "Enter your sign-in code" in client.get(answer["Location"]).content.decode()
    [message] = mail.outbox
    assert message.subject == "There is no account with this address"
    assert "example.com" not in message.body


def test_a_forgotten_password_is_replaced(client: Client, person: User) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})
    [message] = mail.outbox
    assert message.subject == "Choose a new password for the Essex Data Declaration"
    found = re.search(r"https?://[^/]+(/\S+)", str(message.body))
    assert found
    form = client.get(client.get(found.group(1))["Location"])
    assert "At least 12 characters" in form.content.decode()
    url = form.request["PATH_INFO"]
    page = client.post(url, {"password1": PASSWORD + "!", "password2": "x"}).content.decode()
    assert "Both passwords must be the same" in page
    client.post(url, {"password1": PASSWORD + "!", "password2": PASSWORD + "!"})
    person.refresh_from_db()
    assert person.check_password(PASSWORD + "!")


def test_a_link_used_before_says_so(client: Client) -> None:
    url = reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "abc"})
    assert "This link does not work" in client.get(url).content.decode()


def test_nobody_changes_their_own_address_and_so_becomes_somebody_else(
    client: Client, person: User
) -> None:
    client.force_login(person)
    theirs = {"email": "chief@maldon.example"}
    for done in ({}, {"action_add": ""}, {"action_primary": ""}):
        assert client.post("/accounts/email/", done | theirs).status_code == 404
    assert client.get("/accounts/email/").status_code == 404
    person.refresh_from_db()
    assert person.email == "pat@braintree.example"


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
@pytest.mark.parametrize("email", ["pat@braintree.example", "nobody@braintree.example"])
def test_a_mail_server_that_is_away_is_said_in_words_and_tells_nothing_of_who_exists(
    name: str, email: str, client: Client, person: User
) -> None:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1):
        answer = client.post(reverse(name), {"email": email})
    assert answer.status_code == 409
    assert "We cannot send e-mail at the moment" in answer.content.decode()
