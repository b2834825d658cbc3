"""A leader withdraws the partner's signature with a reason; nothing is deleted."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.actions.withdrawing import AlreadyWithdrawnError, withdraw
from signatories.models import Certificate, Event, Notice, Partner, Signature, User
from signatories.verbs import Verb
from tests.factories import make_member, make_signature, note_sign_in

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TYPED = {"reason": "The council has\nleft Essex.", "confirmed": "on"}


@pytest.fixture
def signature(partner: Partner, edition: Edition, leader: User) -> Signature:
    return make_signature(partner, edition, leader)


def url(signature: Signature, name: str = "withdrawal-confirm") -> str:
    return reverse(f"signatories:{name}", args=[signature.partner.slug, signature.pk])


def test_the_page_says_what_a_withdrawal_means(
    signature: Signature, leader: User, client_of: ClientOf
) -> None:
    page = client_of(leader).get(url(signature, "signature-withdraw")).content.decode()
    assert "Withdraw the signature of Braintree District Council" in page
    assert "it cannot be undone" in page
    assert "Everyone can read the reason" in page


def test_a_withdrawal_keeps_reason_and_who_and_the_signature_stays(
    signature: Signature, leader: User, lead: User, staff: User, client_of: ClientOf
) -> None:
    response = client_of(leader).post(url(signature), TYPED)
    assert response["Location"] == url(signature, "signature-detail")
    signature.refresh_from_db()
    assert signature.withdrawn_by == leader
    assert signature.withdrawal_reason.split() == TYPED["reason"].split()
    assert signature.withdrawn_at is not None
    certificate = Certificate.objects.with_validity().get(signature=signature)
    assert certificate.validity == Certificate.Validity.WITHDRAWN
    event = Event.objects.get(verb=Verb.SIGNATURE_WITHDRAWN)
    told = Notice.objects.filter(event=event)
    assert {notice.person for notice in told} == {lead, staff}
    assert {notice.path for notice in told} == {url(signature, "signature-detail")}
    assert "The council has" in told[0].words


def test_the_pages_show_the_withdrawal_with_its_reason(
    signature: Signature, leader: User, lead: User, client_of: ClientOf
) -> None:
    withdraw(signature=signature, reason="Left <b>Essex</b>", by=leader)
    client = client_of(lead)
    detail = client.get(url(signature, "signature-detail")).content.decode()
    every = client.get(reverse("signatories:signature-list", args=[signature.partner.slug]))
    for page in (detail, every.content.decode()):
        assert "Withdrawn" in page
        assert "Left &lt;b&gt;Essex&lt;/b&gt;" in page
    assert "This signature is withdrawn" in detail
    assert "Declaration signed" not in detail
    home = client.get(reverse("progress:partner-home", args=[signature.partner.slug])).text
    assert "was withdrawn" in home


def test_after_a_withdrawal_the_partner_may_sign_again_and_both_are_listed(
    signature: Signature, partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    withdraw(signature=signature, reason="Signed too early", by=leader)
    client = client_of(leader)
    assert client.get(url_of_signing := f"/partners/{partner.slug}/sign/").status_code == 200
    assert url_of_signing in client.get(f"/partners/{partner.slug}/").text
    again = make_signature(partner, edition, leader)
    page = client.get(f"/partners/{partner.slug}/signatures/").text
    assert page.index(again.certificate.number) < page.index(signature.certificate.number)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": " \n "}, "Enter why the signature is withdrawn"),
        ({"reason": "x" * 1001}, "The reason must be 1,000 characters or fewer"),
        ({"confirmed": ""}, "Confirm that you withdraw this signature"),
    ],
)
def test_a_form_with_a_mistake_withdraws_nothing(
    signature: Signature, leader: User, client_of: ClientOf, typed: dict[str, str], words: str
) -> None:
    page = client_of(leader).post(url(signature), TYPED | typed).content.decode()
    assert words in page
    assert (TYPED | typed)["reason"] in page
    signature.refresh_from_db()
    assert signature.withdrawn_at is None


def test_a_line_break_counts_once_and_is_kept_as_one(
    signature: Signature, leader: User, client_of: ClientOf
) -> None:
    reason = "\r\n".join(["a" * 99] * 10)
    assert (len(reason), len(reason.replace("\r\n", "\n"))) == (1008, 999)
    assert client_of(leader).post(url(signature), TYPED | {"reason": reason}).status_code == 302
    signature.refresh_from_db()
    assert signature.withdrawal_reason == "\n".join(["a" * 99] * 10)


def test_an_older_sign_in_is_asked_for_a_code_first(
    signature: Signature, leader: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    note_sign_in(client, leader, seconds_ago=20 * 60)
    page = client.post(url(signature), TYPED).content.decode()
    assert "We have sent a code" in page
    assert "The council has" in page
    signature.refresh_from_db()
    assert signature.withdrawn_at is None
    code = next(line for line in mail.outbox[0].body.splitlines() if line[4:5] == "-")
    client.post(url(signature), TYPED | {"code": code})
    signature.refresh_from_db()
    assert signature.withdrawn_at is not None


def test_only_leaders_withdraw_what_was_signed_here(
    signature: Signature,
    contributor: User,
    lead: User,
    staff: User,
    administrator: User,
    stranger: User,
    client_of: ClientOf,
) -> None:
    people = {contributor: 403, lead: 403, staff: 403, administrator: 403, stranger: 404}
    for person, status in people.items():
        assert client_of(person).post(url(signature), TYPED).status_code == status
        link = client_of(person).get(url(signature, "signature-detail"))
        assert url(signature, "signature-withdraw") not in link.content.decode()
    signature.refresh_from_db()
    assert signature.withdrawn_at is None


def test_the_second_withdrawal_is_refused_in_words(
    signature: Signature, partner: Partner, leader: User, client_of: ClientOf
) -> None:
    stale = Signature.objects.get(pk=signature.pk)
    withdraw(signature=signature, reason="First", by=leader)
    with pytest.raises(AlreadyWithdrawnError, match="Lara Leader has withdrawn"):
        withdraw(signature=stale, reason="Second", by=make_member(partner, "leader"))
    client = client_of(leader)
    for typed in (TYPED, {"reason": "The council has\r\nleft Essex." + "x" * 1000}):
        response = client.post(url(signature), typed)
        assert response.status_code == 409
        assert "This signature is withdrawn already" in response.text
        assert typed["reason"] in response.text
    looked = client.get(url(signature, "signature-withdraw"))
    assert looked["Location"] == url(signature, "signature-detail")
    assert Signature.objects.get().withdrawal_reason == "First"


def test_the_action_needs_a_reason_of_a_reasonable_length(
    signature: Signature, leader: User
) -> None:
    for reason in (" ", "x" * 1001):
        with pytest.raises(RefusedError, match="reason"):
            withdraw(signature=signature, reason=reason, by=leader)
    assert Signature.objects.live().count() == 1
