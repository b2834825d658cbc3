"""Whose sign-in is older than 15 minutes enters a code from an e-mail before anything is signed."""

import re
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from signatories.models import Event, Partner, Signature, User
from signatories.verbs import Verb
from signatories.views import confirming
from tests.factories import make_member, make_signature, note_sign_in

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TYPED = {
    "signatory_name": "Lara Leader OBE",
    "job_title": "Chief Executive",
    "authority": "under delegated powers",
    "confirmed": "on",
    "edition": "essex-data-declaration",
}
OLD = 15 * 60 + 1


@pytest.fixture(autouse=True)
def no_counts() -> None:
    """Nothing is counted from one test to the next."""
    cache.clear()


@pytest.fixture
def path(partner: Partner, edition: Edition) -> str:
    TYPED["edition"] = edition.slug
    return reverse("signatories:signature-confirm", args=[partner.slug])


@pytest.fixture
def client(leader: User, client_of: ClientOf) -> Client:
    """The leader's browser, in which they signed in a while ago."""
    found = client_of(leader)
    note_sign_in(found, leader, seconds_ago=OLD)
    return found


def post(client: Client, path: str, **typed: str) -> str:
    return client.post(path, TYPED | typed).content.decode()


def code_in(message: Any) -> str:
    found = re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{4})$", message.body, re.MULTILINE)
    assert found, message.body
    return found[1]


def assert_nothing_is_lost(page: str) -> None:
    assert 'value="Lara Leader OBE"' in page
    assert 'value="under delegated powers"' in page
    assert re.search(r'name="confirmed"[^>]*checked', page)
    assert not Signature.objects.exists()


def test_a_fresh_sign_in_signs_at_once(path: str, leader: User, client_of: ClientOf) -> None:
    client = client_of(leader)
    note_sign_in(client, leader, seconds_ago=15 * 60 - 5)
    post(client, path)
    assert Signature.objects.count() == 1
    assert mail.outbox == []


def test_an_older_sign_in_is_asked_for_a_code_which_then_signs(
    path: str, client: Client, leader: User
) -> None:
    page = post(client, path)
    assert_nothing_is_lost(page)
    assert f"We have sent a code to {leader.email}" in page
    assert 'name="code"' in page
    [message] = mail.outbox
    assert message.to == [leader.email]
    code = code_in(message)
    assert code not in str(dict(client.session))
    response = client.post(path, TYPED | {"code": f" {code.lower().replace('-', ' ')} "})
    signature = Signature.objects.get()
    assert response.status_code == 302
    assert signature.signatory_name == "Lara Leader OBE"
    assert Event.objects.get(verb=Verb.IDENTITY_CONFIRMED).by == leader


def test_whoever_has_entered_a_code_is_fresh_for_a_quarter_of_an_hour(
    path: str, client: Client, partner: Partner, leader: User
) -> None:
    post(client, path)
    post(client, path, code=code_in(mail.outbox[0]))
    signature = Signature.objects.get()
    withdraw = reverse("signatories:withdrawal-confirm", args=[partner.slug, signature.pk])
    client.post(withdraw, {"reason": "Too early", "confirmed": "on"})
    signature.refresh_from_db()
    assert signature.withdrawal_reason == "Too early"
    assert len(mail.outbox) == 1


def test_a_session_that_does_not_say_when_it_began_is_not_fresh(path: str, leader: User) -> None:
    client = Client()
    client.force_login(leader)
    assert "We have sent a code" in post(client, path)
    assert not Signature.objects.exists()


def test_looking_at_the_page_sends_nothing_and_says_what_will_be_asked(
    path: str, client: Client, partner: Partner, leader: User
) -> None:
    page = client.get(reverse("signatories:signature-create", args=[partner.slug]))
    assert f"we e-mail a code to {leader.email}" in page.content.decode()
    assert mail.outbox == []


def test_a_form_with_a_mistake_sends_nothing_and_keeps_the_code(path: str, client: Client) -> None:
    assert "Enter your job title" in post(client, path, job_title="")
    assert mail.outbox == []
    post(client, path)
    page = post(client, path, job_title="", code="HALF-TYPED")
    assert 'value="HALF-TYPED"' in page
    assert len(mail.outbox) == 1


def test_a_wrong_code_is_said_and_three_end_it(path: str, client: Client) -> None:
    post(client, path)
    code = code_in(mail.outbox[0])
    for _ in range(3):
        page = post(client, path, code="XXXX-XXXX")
        assert "The code is not right" in page
        assert 'value="XXXX-XXXX"' in page
        assert_nothing_is_lost(page)
    page = post(client, path, code=code)
    assert "A code can be tried three times" in page
    assert_nothing_is_lost(page)
    page = post(client, path, send_code="again")
    assert "We have sent a code" in page
    post(client, path, code=code_in(mail.outbox[1]))
    assert Signature.objects.exists()


def test_without_a_code_the_page_asks_again_and_sends_no_second_one(
    path: str, client: Client
) -> None:
    post(client, path)
    page = post(client, path, code="")
    assert "Enter the code that we have sent to" in page
    assert_nothing_is_lost(page)
    assert len(mail.outbox) == 1


def test_another_code_makes_the_first_one_useless(path: str, client: Client) -> None:
    post(client, path)
    post(client, path, send_code="again")
    first, second = map(code_in, mail.outbox)
    assert "The code is not right" in post(client, path, code=first)
    assert post(client, path, code=second) == ""


def test_a_code_that_is_too_old_is_replaced(path: str, client: Client) -> None:
    post(client, path)
    session = client.session
    session[confirming.SENT] = session[confirming.SENT] | {"until": time.time() - 1}
    session.save()
    page = post(client, path, code=code_in(mail.outbox[0]))
    assert "too old or was used before. We have sent you another one" in page
    assert_nothing_is_lost(page)
    post(client, path, code=code_in(mail.outbox[1]))
    assert Signature.objects.exists()


def test_a_code_works_once(path: str, client: Client, leader: User) -> None:
    post(client, path)
    code = code_in(mail.outbox[0])
    assert post(client, path, code=code) == ""
    signature = Signature.objects.get()
    note_sign_in(client, leader, seconds_ago=OLD)
    withdraw = reverse(
        "signatories:withdrawal-confirm", args=[signature.partner.slug, signature.pk]
    )
    page = client.post(withdraw, {"reason": "No", "confirmed": "on", "code": code})
    assert "too old or was used before" in page.content.decode()
    signature.refresh_from_db()
    assert signature.withdrawn_at is None


def test_a_code_is_of_no_use_in_another_session_or_to_somebody_else(
    path: str, client: Client, partner: Partner, leader: User, client_of: ClientOf
) -> None:
    post(client, path)
    code, kept = code_in(mail.outbox[0]), client.session[confirming.SENT]
    for person in (leader, make_member(partner, "leader", "Otto Other")):
        other = client_of(person)
        note_sign_in(other, person, seconds_ago=OLD)
        session = other.session
        session[confirming.SENT] = kept
        session.save()
        assert "The code is not right" in post(other, path, code=code)
    assert not Signature.objects.exists()


def test_a_mail_server_that_is_away_is_said_and_loses_nothing(
    path: str, client: Client, settings: Any
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = taken.getsockname()
        for _ in range(7):
            page = post(client, path)
            assert "We cannot send e-mail at the moment" in page
            assert_nothing_is_lost(page)
            assert "We have sent a code" not in page
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "We have sent a code" in post(client, path)


def test_a_person_is_sent_few_codes(path: str, client: Client) -> None:
    for _ in range(5):
        assert "We have sent a code" in post(client, path, send_code="again")
    page = post(client, path, send_code="again")
    assert "We have sent you several codes already" in page
    assert_nothing_is_lost(page)
    assert len(mail.outbox) == 5


def test_no_code_is_sent_for_what_is_signed_already(
    path: str, client: Client, partner: Partner, edition: Edition, leader: User
) -> None:
    make_signature(partner, edition, leader)
    assert client.post(path, TYPED).status_code == 409
    assert mail.outbox == []
