"""An open session alone signs nothing: no password that is set or repeated in it helps."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from signatories.models import Partner, Signature, User
from tests.factories import note_sign_in

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
PASSWORD = "three unlikely words"


@pytest.fixture(autouse=True)
def no_counts() -> None:
    """Nothing is counted from one test to the next."""
    cache.clear()


def sign(client: Client, partner: Partner, edition: Edition) -> None:
    typed = {
        "signatory_name": "Lara Leader",
        "job_title": "Chief Executive",
        "authority": "under delegated powers",
        "confirmed": "on",
        "edition": edition.slug,
    }
    client.post(reverse("signatories:signature-confirm", args=[partner.slug]), typed)


def test_no_password_is_set_in_an_open_session(leader: User, client_of: ClientOf) -> None:
    client = client_of(leader)
    typed = {"password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("account_set_password"), typed)
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_reset_password"))
    leader.refresh_from_db()
    assert not leader.has_usable_password()


def test_a_password_repeated_in_an_old_session_is_no_fresh_sign_in(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    leader.set_password(PASSWORD)
    leader.save(update_fields=["password"])
    client = client_of(leader)
    note_sign_in(client, leader, seconds_ago=3600)
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code == 302
    sign(client, partner, edition)
    assert not Signature.objects.exists()
    assert [mails.to for mails in mail.outbox] == [[leader.email]]


def test_signing_in_with_the_password_is_fresh(
    partner: Partner, edition: Edition, leader: User, client: Client
) -> None:
    leader.set_password(PASSWORD)
    leader.save(update_fields=["password"])
    client.post(reverse("account_login"), {"login": leader.email, "password": PASSWORD})
    sign(client, partner, edition)
    assert Signature.objects.count() == 1


def test_who_has_no_password_gets_one_by_a_link_from_an_e_mail(
    leader: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    page = client.get(reverse("account_change_password"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("account_reset_password")
    assert "You have no password yet, because you sign in with codes." in page.text
    assert "Back to your pages" in page.text
    client.post(reverse("account_reset_password"), {"email": leader.email})
    found = re.search(r"https?://[^/]+(/\S+)", str(mail.outbox[0].body))
    assert found
    form = client.get(found[1], follow=True)
    path = form.redirect_chain[-1][0]
    done = client.post(path, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "Your new password is saved" in done.text
    leader.refresh_from_db()
    assert leader.check_password(PASSWORD)
