"""The link in the e-mail: read by everybody who has it, accepted by the person it is for."""

import re
from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Edition
from signatories.actions.invitations import accept, revoke
from signatories.models import Event, Invitation, Membership, Partner, User
from tests.architecture.walking import fingerprint
from tests.factories import make_signature, make_user
from tests.signatories.inviting import ADDRESS, invited, move_back

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
Mails = list[EmailMessage]


@pytest.fixture
def invitation(partner: Partner, lead: User) -> Invitation:
    return invited(partner, lead, name="Nia Newcomer")


def link(invitation: Invitation, verb: str = "") -> str:
    return f"/invitations/{invitation.code}/{verb}"


def code_in(mails: Mails) -> str:
    """The sign-in code of the newest e-mail."""
    found = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)$", str(mails[-1].body), re.MULTILINE)
    assert found
    return found[1]


def go_on(client: Client, invitation: Invitation, mails: Mails, **typed: str) -> str:
    """Press Continue, enter the code, and return where that leads."""
    asked = client.post(link(invitation, "start"), typed)
    assert asked["Location"].startswith("/accounts/login/code/confirm/"), asked["Location"]
    back = {"code": code_in(mails), "next": link(invitation)}
    return str(client.post("/accounts/login/code/confirm/", back)["Location"])


# --- Reading it --------------------------------------------------------------------------------


def test_it_says_who_invites_whom_to_what_until_when(
    invitation: Invitation, client: Client
) -> None:
    page = client.get(link(invitation)).text
    for words in ("Braintree District Council", ADDRESS, "Contributor", "Lee Lead", "Continue"):
        assert words in page
    assert f"{invitation.expires_at:%-d %B %Y}" in page


def test_reading_it_changes_nothing(invitation: Invitation, client: Client) -> None:
    before = fingerprint()
    for read in (client.get, client.head, client.get):
        assert read(link(invitation)).status_code == 200
    assert client.get(link(invitation, "accept")).status_code == 405
    assert client.get(link(invitation, "start")).status_code == 405
    assert fingerprint() == before


def test_it_is_kept_by_no_cache_and_no_search_engine(
    invitation: Invitation, client: Client
) -> None:
    response = client.get(link(invitation))
    assert "no-store" in response["Cache-Control"]
    assert 'name="robots" content="noindex"' in response.text


def test_somebody_known_is_not_asked_for_a_name(
    partner: Partner, lead: User, stranger: User, client: Client
) -> None:
    page = client.get(link(invited(partner, lead, stranger.email))).text
    assert "Your full name" not in page
    assert "Stan Stranger" not in page


# --- From the e-mail to the role ---------------------------------------------------------------


def test_somebody_new_gets_an_account_a_code_and_the_role(
    invitation: Invitation, client: Client, mailoutbox: Mails, partner: Partner
) -> None:
    assert "Your full name" not in client.get(link(invitation)).text
    assert go_on(client, invitation, mailoutbox, name="Mallory") == link(invitation)
    assert [mail.to for mail in mailoutbox] == [[ADDRESS]]
    assert not Membership.objects.filter(person__email=ADDRESS).exists()
    assert 'value="Nia Newcomer"' in client.get(link(invitation)).text
    assert User.objects.get(email=ADDRESS).name == "Nia Newcomer"
    accepted = {"name": "Nia N. Comer"}
    response = client.post(link(invitation, "accept"), accepted, follow=True)
    assert response.redirect_chain[-1][0] == f"/partners/{partner.slug}/"
    assert "You are now a contributor of Braintree District Council." in response.text
    assert Membership.objects.get(person__email=ADDRESS).person.name == "Nia N. Comer"


def test_somebody_known_gets_the_code_at_their_own_address(
    partner: Partner, lead: User, stranger: User, client: Client, mailoutbox: Mails
) -> None:
    invitation = invited(partner, lead, stranger.email.upper())
    go_on(client, invitation, mailoutbox)
    client.post(link(invitation, "accept"))
    assert [mail.to for mail in mailoutbox] == [[stranger.email]]
    assert Membership.objects.filter(person=stranger).count() == 2


def test_the_link_alone_lets_nobody_in(
    invitation: Invitation, client: Client, mailoutbox: Mails
) -> None:
    client.post(link(invitation, "start"), {"name": "Nia", "email": "thief@example.org"})
    assert [mail.to for mail in mailoutbox] == [[ADDRESS]]
    assert client.post(link(invitation, "accept"))["Location"] == link(invitation)
    assert client.get("/start/").status_code == 302
    assert not Membership.objects.filter(person__email=ADDRESS).exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("  ", "Enter your full name"),
        ("Win at www.example.org", "Enter a name without web and e-mail addresses"),
    ],
)
def test_without_a_name_the_form_comes_back(
    invitation: Invitation, client_of: ClientOf, name: str, words: str
) -> None:
    client = client_of(make_user("Nia", email=ADDRESS))
    page = client.post(link(invitation, "accept"), {"name": name}).text
    assert page.count(words) == 2
    assert not Membership.objects.filter(person__email=ADDRESS).exists()


def test_who_has_the_link_and_not_the_letterbox_names_nobody(
    invitation: Invitation, client: Client
) -> None:
    client.post(link(invitation, "start"), {"name": "Mallory was here"})
    assert User.objects.get(email=ADDRESS).name == "Nia Newcomer"


def test_who_was_invited_without_a_name_is_called_by_their_address_at_first(
    partner: Partner, lead: User, client: Client
) -> None:
    client.post(link(invited(partner, lead, name=""), "start"))
    assert User.objects.get(email=ADDRESS).name == "nia"


def test_somebody_with_a_role_elsewhere_keeps_their_name(
    partner: Partner, lead: User, stranger: User, client_of: ClientOf
) -> None:
    invitation = invited(partner, lead, stranger.email)
    client = client_of(stranger)
    assert "Your full name" not in client.get(link(invitation)).text
    client.post(link(invitation, "accept"), {"name": "Mallory"})
    stranger.refresh_from_db()
    assert stranger.name == "Stan Stranger"
    assert Membership.objects.filter(person=stranger).count() == 2


def test_a_leader_goes_straight_to_what_is_to_be_signed(
    partner: Partner, administrator: User, edition: Edition, client_of: ClientOf
) -> None:
    nia = make_user(email=ADDRESS)
    invitation = invited(partner, administrator, role="leader")
    response = client_of(nia).post(link(invitation, "accept"), {"name": "Nia"})
    assert response["Location"] == f"/partners/{partner.slug}/sign/"


def test_a_leader_of_a_partner_that_has_signed_goes_to_its_page(
    partner: Partner, administrator: User, leader: User, edition: Edition, client_of: ClientOf
) -> None:
    make_signature(partner, edition, leader)
    invitation = invited(partner, administrator, role="leader")
    response = client_of(make_user(email=ADDRESS)).post(link(invitation, "accept"), {"name": "Nia"})
    assert response["Location"] == f"/partners/{partner.slug}/"


def test_accepting_twice_is_one_membership_and_no_error(
    invitation: Invitation, client_of: ClientOf, partner: Partner
) -> None:
    client = client_of(make_user(email=ADDRESS))
    for _ in range(2):
        response = client.post(link(invitation, "accept"), {"name": "Nia"})
        assert response["Location"] == f"/partners/{partner.slug}/"
    assert Membership.objects.filter(person__email=ADDRESS).count() == 1


def test_codes_are_sent_only_so_often(
    invitation: Invitation, client: Client, mailoutbox: Mails
) -> None:
    for _ in range(30):
        client.post(link(invitation, "start"), {"name": "Nia"})
    assert 0 < len(mailoutbox) < 10
    assert "You have tried too often" in client.get(link(invitation)).text


def test_a_mail_server_that_is_away_is_said_and_a_second_try_works(
    invitation: Invitation, client: Client, mailoutbox: Mails, settings: object
) -> None:
    away = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_PORT": 9}
    for name, value in away.items():
        setattr(settings, name, value)
    page = client.post(link(invitation, "start"), {"name": "Nia"}, follow=True)
    assert page.redirect_chain == [(link(invitation), 302)]
    assert "We cannot send e-mail at the moment" in page.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]  # pytest-django's
    assert go_on(client, invitation, mailoutbox) == link(invitation)


# --- Signed in already -------------------------------------------------------------------------


def test_somebody_else_is_told_for_whom_it_is_and_may_sign_out(
    invitation: Invitation, stranger: User, client_of: ClientOf
) -> None:
    client = client_of(stranger)
    page = client.get(link(invitation)).text
    assert "You are signed in with another address" in page
    assert stranger.email in page
    assert ADDRESS in page
    assert "Accept</button>" not in page
    client.post(link(invitation, "accept"))
    assert not Membership.objects.filter(person=stranger, partner=invitation.partner).exists()
    out = client.post("/accounts/logout/", {"next": link(invitation)})
    assert out["Location"] == link(invitation)
    assert "Continue" in client.get(link(invitation)).text


def test_continue_does_nothing_for_somebody_who_is_signed_in(
    invitation: Invitation, stranger: User, client_of: ClientOf, mailoutbox: Mails
) -> None:
    response = client_of(stranger).post(link(invitation, "start"), {"name": "N"})
    assert response["Location"] == link(invitation)
    assert mailoutbox == []


def test_who_has_got_a_role_meanwhile_is_told(
    partner: Partner, invitation: Invitation, client_of: ClientOf
) -> None:
    nia = make_user(email=ADDRESS)
    Membership.objects.create(person=nia, partner=partner, role="lead")
    client = client_of(nia)
    page = client.post(link(invitation, "accept"), follow=True).text
    assert "You already have a role here" in page
    assert "You are a lead of Braintree District Council" in page
    assert Membership.objects.filter(person=nia).count() == 1


def test_a_closed_account_is_said(
    invitation: Invitation, client: Client, mailoutbox: Mails
) -> None:
    make_user(email=ADDRESS, is_active=False)
    assert "The account of this address is closed" in client.get(link(invitation)).text
    page = client.post(link(invitation, "start"), follow=True).text
    assert "The account of nia@example.org is closed. Ask ecda to open it." in page
    assert mailoutbox == []


# --- Ended, foreign and forged -----------------------------------------------------------------

ENDED = {
    "expired": "This invitation has expired",
    "revoked": "This invitation has been revoked",
    "accepted": "This invitation has been used",
}


def test_who_continues_is_told_that_the_code_was_sent_and_finds_back(
    invitation: Invitation, client: Client
) -> None:
    asked = client.post(link(invitation, "start"), {"name": "Nia"})
    page = client.get(asked["Location"])
    for again in (page, client.post(asked["Location"], {"code": "no", "next": link(invitation)})):
        assert f"We have sent a code to {ADDRESS}." in " ".join(again.text.split())
        assert f'href="{link(invitation)}"' in again.text
        assert "Back to the invitation" in again.text
        assert "belongs to an account" not in again.text
        assert "Sign in another way" not in again.text


@pytest.mark.parametrize("how", ["expired", "revoked"])
def test_an_invitation_that_cannot_be_accepted_says_whom_to_ask_and_leads_home(
    invitation: Invitation, lead: User, client: Client, how: str
) -> None:
    end(invitation, how, lead)
    page = client.get(link(invitation)).text
    assert "Ask Lee Lead" in page or "ask Lee Lead" in page
    assert "Go to the home page" in page


def end(invitation: Invitation, how: str, lead: User) -> None:
    if how == "expired":
        move_back(invitation, days=14, minutes=1)
    elif how == "revoked":
        revoke(invitation=invitation, by=lead)
    else:
        accept(invitation=invitation, by=make_user(email=ADDRESS))


@pytest.mark.parametrize("how", ENDED)
def test_an_ended_invitation_says_why_and_does_nothing(
    invitation: Invitation,
    lead: User,
    client: Client,
    client_of: ClientOf,
    mailoutbox: Mails,
    how: str,
) -> None:
    end(invitation, how, lead)
    people = (client, client_of(lead))
    before = fingerprint()
    page = client.get(link(invitation))
    assert page.status_code == 410
    assert ENDED[how] in page.text
    for verb in ("start", "accept"):
        for person in people:
            after = person.post(link(invitation, verb), {"name": "Nia"}, follow=True)
            assert (after.status_code, ENDED[how] in after.text) == (410, True)
    assert fingerprint() == before
    assert mailoutbox == []


def test_the_one_who_accepted_is_led_to_their_pages(
    invitation: Invitation, client_of: ClientOf
) -> None:
    nia = make_user(email=ADDRESS)
    accept(invitation=invitation, by=nia)
    page = client_of(nia).get(link(invitation))
    assert page.status_code == 410
    assert "You have accepted this invitation" in page.text


def test_every_forged_link_gets_the_same_page(invitation: Invitation, client: Client) -> None:
    code = invitation.code
    forged = [code[:-1], f"{code}x", code.swapcase(), "x" * 22, "1", "%27%20OR%201=1", "é" * 300]
    pages = {client.get(f"/invitations/{one}/").content for one in forged}
    assert len(pages) == 1
    assert "This is not the link of an invitation" in pages.pop().decode()
    for one in forged:
        for verb in ("", "start", "accept"):
            method = client.post if verb else client.get
            assert method(f"/invitations/{one}/{verb}").status_code == 404


def test_the_page_takes_few_queries(invitation: Invitation, client: Client) -> None:
    client.get(link(invitation))
    with CaptureQueriesContext(connection) as found:
        client.get(link(invitation))
    assert len(found) <= 4


def test_the_timeline_tells_the_whole_story(
    invitation: Invitation, client: Client, mailoutbox: Mails, partner: Partner
) -> None:
    go_on(client, invitation, mailoutbox)
    client.post(link(invitation, "accept"), {"name": "Nia Newcomer"})
    told = Event.objects.order_by("pk").values_list("verb", flat=True)
    assert list(told) == [
        "invited somebody",
        "made an account for an invitation",
        "signed in",
        "accepted an invitation",
    ]
