"""A link in an e-mail survives the sign-in: it leads to its page, with all that it asks for."""

import re
from typing import Any

import pytest
from django.test import Client

from signatories.actions.events import record
from signatories.actions.messages import gather_notices, send_message
from signatories.models import Partner, User
from signatories.verbs import Verb
from tests.signatories.telling import URGENT, make_due

pytestmark = pytest.mark.django_db


def link_in(mails: Any, path: str) -> str:
    """The link of the e-mail that begins with the path, as the person would press it."""
    found = re.search(
        rf"^\s*http://localhost:8000({re.escape(path)}\S*)$", mails[-1].body, re.MULTILINE
    )
    assert found, mails[-1].body
    return found[1]


def code_in(mails: Any) -> str:
    found = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)$", mails[-1].body, re.MULTILINE)
    assert found
    return found[1]


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no {name} in the page"
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    "asked", ["", "?round=2026&compare=last", "?q=50%25+%26+more&back=%2Fx%3Fy%3D1"]
)
def test_pressed_by_somebody_who_is_signed_out_it_leads_there_after_the_code(
    asked: str, partner: Partner, lead: User, leader: User, client: Client, mailoutbox: Any
) -> None:
    path = f"/partners/{partner.slug}/members/{asked}"
    record(verb=Verb.SIGNED, by=leader, partner=partner, path=path, notices=URGENT)
    make_due()
    send_message(gather_notices()[0])
    # Pressed: what to sign in with is asked for, and where it leads is kept.
    asks = client.get(link_in(mailoutbox, "/partners/"), follow=True)
    assert asks.redirect_chain[-1][0].startswith("/accounts/login/")
    target = field(asks.text, "next")
    by_code = client.get(f"/accounts/login/code/?{asks.redirect_chain[-1][0].partition('?')[2]}")
    wanted = {"email": lead.email, "next": field(by_code.text, "next")}
    assert wanted["next"] == target
    confirm = client.post("/accounts/login/code/", wanted, follow=True)
    given = {"code": code_in(mailoutbox), "next": field(confirm.text, "next")}
    landed = client.post("/accounts/login/code/confirm/", given)
    assert landed["Location"] == path
    assert client.get(path).status_code == 200


def test_pressed_by_somebody_who_is_signed_in_it_leads_there_at_once(
    partner: Partner, lead: User, client: Client
) -> None:
    client.force_login(lead)
    assert client.get(f"/partners/{partner.slug}/members/?x=1").status_code == 200


def test_it_leads_to_no_other_site(lead: User, client: Client, mailoutbox: Any) -> None:
    client.post(
        "/accounts/login/code/", {"email": lead.email, "next": "https://evil.example/"}, follow=True
    )
    given = {"code": code_in(mailoutbox), "next": "https://evil.example/"}
    landed = client.post("/accounts/login/code/confirm/", given)
    assert "evil" not in landed["Location"]
