"""What a leader stated on a page that was open too long is in the form when they sign in again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.models import Edition
from declaration.writers import sign_writer
from signatories.models import Partner, Signature, User
from tests.factories import EDITION_DATA, make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
STATED = {
    "signatory_name": "Dame Lara Leader",
    "job_title": "Chief Executive",
    "authority": "decision of Cabinet, 12 May 2026",
}


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


def url(name: str, partner: Partner) -> str:
    return reverse(f"signatories:signature-{name}", args=[partner.slug])


def typed(partner: Partner, writer: User) -> dict[str, str]:
    """The whole form, with the token of whom the page was made for."""
    token = sign_writer(writer.pk, f"signature-{partner.slug}")
    return STATED | {"writer": token, "edition": EDITION_DATA["slug"], "confirmed": "on"}


def sign_in(client: Client, person: User, page: str) -> Any:
    """Sign in by e-mailed code, as whoever is led there from the page."""
    sent = {"email": person.email, "next": page}
    to_confirm = client.post(reverse("account_request_login_code"), sent)["Location"]
    lines = mail.outbox[-1].body.splitlines()
    code = next(line.strip() for line in lines if line.strip()[4:5] == "-")
    assert f'name="next" value="{page}"' in client.get(to_confirm).text
    return client.post(reverse("account_confirm_login_code"), {"code": code, "next": page})


def holds(page: str) -> bool:
    return all(f'value="{words}"' in page for words in STATED.values())


def test_the_page_names_whom_it_was_made_for(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    page = client_of(leader).get(url("create", partner)).text
    assert f'name="writer" value="{typed(partner, leader)["writer"].split(":")[0]}' in page


def test_after_signing_in_again_all_that_was_typed_is_there_and_nothing_signed(
    partner: Partner, edition: Edition, leader: User
) -> None:
    client = Client()
    response = client.post(url("confirm", partner), typed(partner, leader), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "You were signed out, so nothing was signed" in response.text
    assert STATED["authority"] not in response.text
    assert not Signature.objects.exists()
    response = sign_in(client, leader, url("create", partner))
    assert response["Location"] == url("create", partner)
    page = client.get(url("create", partner)).text
    assert holds(page)
    assert "checked" not in page
    client.post(url("confirm", partner), typed(partner, leader))
    assert Signature.objects.get().authority == STATED["authority"]
    assert "typed_signature" not in client.session


def test_an_old_csrf_token_loses_nothing_either(
    partner: Partner, edition: Edition, leader: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(leader)
    response = client.post(url("confirm", partner), typed(partner, leader), follow=True)
    assert "The page was open too long, so nothing was signed" in response.text
    assert holds(response.text)
    assert not Signature.objects.exists()


def test_it_is_shown_to_nobody_else_at_no_other_partner_and_for_an_hour(
    partner: Partner, edition: Edition, leader: User
) -> None:
    client = Client()
    client.post(url("confirm", partner), typed(partner, leader))
    kept = client.session["typed_signature"]

    def shown_to(person: User, at: Partner) -> bool:
        other = Client()
        other.force_login(person)
        session = other.session
        session["typed_signature"] = kept
        session.save()
        return holds(other.get(url("create", at)).text)

    assert shown_to(leader, partner)
    assert not shown_to(make_member(partner, "leader"), partner)
    elsewhere = make_partner()
    elsewhere.memberships.create(person=leader, role="leader")
    assert not shown_to(leader, elsewhere)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert not shown_to(leader, partner)


def test_without_a_token_of_the_page_nothing_is_kept(
    partner: Partner, edition: Edition, leader: User
) -> None:
    client = Client()
    for form in (
        STATED,
        STATED | {"writer": "forged"},
        STATED | {"writer": sign_writer(leader.pk, "signature-elsewhere")},
    ):
        response = client.post(url("confirm", partner), form)
        assert response["Location"] == reverse("account_login")
        assert "typed_signature" not in client.session


def test_what_somebody_else_had_typed_is_not_kept_for_who_is_signed_in(
    partner: Partner, edition: Edition, leader: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(partner, "leader"))
    assert client.post(url("confirm", partner), typed(partner, leader)).status_code == 403
    assert "typed_signature" not in client.session
