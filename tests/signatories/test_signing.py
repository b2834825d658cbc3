"""A leader signs the newest edition, once, and the signature asks for its certificate."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.actions import load_edition
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.actions.editions import publish_edition
from signatories.actions.signing import AlreadySignedError
from signatories.models import Certificate, Event, Partner, Signature, User
from signatories.verbs import Verb
from tests.factories import EDITION_DATA, make_edition, make_signature

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TYPED = {
    "signatory_name": "Lara Leader",
    "job_title": "Chief Executive",
    "authority": "under delegated powers",
    "confirmed": "on",
    "edition": EDITION_DATA["slug"],
}


def url(name: str, partner: Partner, *its: object) -> str:
    return reverse(f"signatories:signature-{name}", args=[partner.slug, *its])


def test_the_page_shows_the_whole_text_and_the_name_of_the_leader(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    page = client_of(leader).get(url("create", partner)).content.decode()
    assert "Sign for Braintree District Council" in page
    assert 'value="Lara Leader"' in page
    for commitment in edition.commitments.all():
        assert commitment.title in page
    assert page.count("<li>") >= 13


def test_signing_keeps_the_facts_and_asks_for_the_certificate(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    response = client_of(leader).post(url("confirm", partner), TYPED, follow=True)
    signature = Signature.objects.get()
    assert response.redirect_chain == [(url("detail", partner, signature.pk), 302)]
    assert signature.partner_name == "Braintree District Council"
    assert (signature.edition, signature.signed_by) == (edition, leader)
    assert (signature.job_title, signature.authority) == (
        "Chief Executive",
        "under delegated powers",
    )
    assert signature.certificate.state == Certificate.State.QUEUED
    page = response.content.decode()
    assert "Declaration signed" in page
    assert signature.certificate.number in page
    assert reverse("signatories:certificate-status", args=[partner.slug, signature.pk]) in page
    event = Event.objects.about(signature).get()
    assert (event.verb, event.by, event.partner) == (Verb.SIGNED, leader, partner)


def test_nothing_is_signed_without_the_confirmation(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    response = client_of(leader).post(url("confirm", partner), TYPED | {"confirmed": ""})
    page = response.content.decode()
    assert "Confirm that you have read the Declaration and may sign it" in page
    assert 'value="under delegated powers"' in page
    assert not Signature.objects.exists()


def test_a_leader_who_has_signed_is_led_to_the_signature(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    signature = make_signature(partner, edition, leader)
    response = client_of(leader).get(url("create", partner))
    assert response["Location"] == url("detail", partner, signature.pk)


def test_signing_again_is_a_409_that_says_who_signed(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    make_signature(partner, edition, leader)
    response = client_of(leader).post(url("confirm", partner), TYPED)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Lara Leader signed" in page
    assert url("list", partner) in page
    assert Signature.objects.count() == 1


def test_the_action_refuses_a_second_live_signature(
    partner: Partner, edition: Edition, leader: User
) -> None:
    make_signature(partner, edition, leader)
    with pytest.raises(AlreadySignedError):
        make_signature(partner, edition, leader)


def test_after_a_withdrawal_the_partner_may_sign_again(
    partner: Partner, edition: Edition, leader: User
) -> None:
    first = make_signature(partner, edition, leader)
    Signature.objects.filter(pk=first.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=leader, withdrawal_reason="Signed too early"
    )
    assert make_signature(partner, edition, leader) != first


def test_an_edition_that_is_not_published_is_not_signed(partner: Partner, leader: User) -> None:
    draft = make_edition(publish=False)
    with pytest.raises(RefusedError, match="not published yet"):
        make_signature(partner, draft, leader)


def test_without_a_published_edition_the_page_says_so(
    partner: Partner, leader: User, client_of: ClientOf
) -> None:
    response = client_of(leader).get(url("create", partner))
    assert response.status_code == 409
    assert "No edition of the Declaration is published yet" in response.content.decode()


def test_a_partner_that_has_been_abolished_does_not_sign(
    partner: Partner, edition: Edition, leader: User
) -> None:
    partner.active_to = timezone.localdate() - timedelta(days=1)
    partner.save(update_fields=["active_to"])
    with pytest.raises(RefusedError, match="does not exist as an organisation today"):
        make_signature(partner, edition, leader)


def test_the_page_of_an_abolished_partner_says_so_instead_of_asking(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    Partner.objects.update(active_to=timezone.localdate() - timedelta(days=1))
    response = client_of(leader).get(url("create", partner))
    assert response.status_code == 409
    assert "does not exist as an organisation today" in response.text
    assert "<form" not in response.text.partition("<main")[2].partition("</main>")[0]


def test_a_partner_that_ended_meanwhile_is_refused_on_the_form_with_all_that_was_typed(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    Partner.objects.update(active_to=timezone.localdate() - timedelta(days=1))
    response = client_of(leader).post(url("confirm", partner), TYPED)
    assert response.status_code == 409
    assert "There is a problem" in response.text
    assert "does not exist as an organisation today" in response.text
    for name in ("signatory_name", "job_title", "authority"):
        assert f'value="{TYPED[name]}"' in response.text
    assert not Signature.objects.exists()


def test_only_leaders_sign(
    partner: Partner,
    edition: Edition,
    contributor: User,
    lead: User,
    staff: User,
    administrator: User,
    stranger: User,
    client_of: ClientOf,
) -> None:
    for person, status in [
        (contributor, 403),
        (lead, 403),
        (staff, 403),
        (administrator, 403),
        (stranger, 404),
    ]:
        assert client_of(person).post(url("confirm", partner), TYPED).status_code == status
    assert not Signature.objects.exists()


def test_the_signatures_of_a_partner_that_has_not_signed_are_said_to_be_none(
    partner: Partner, edition: Edition, lead: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(url("list", partner)).content.decode()
    assert "Nothing signed yet" in page
    assert client_of(lead).get(url("detail", partner, 1)).status_code == 404


def test_a_url_that_changes_something_answers_405_to_a_look(
    partner: Partner, leader: User, client_of: ClientOf
) -> None:
    assert client_of(leader).get(url("confirm", partner)).status_code == 405


def test_a_text_that_the_leader_has_not_seen_is_not_signed(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    newer = load_edition(data=EDITION_DATA | {"slug": "essex-2", "title": "The second edition"})
    publish_edition(edition=newer, by=None)
    client = client_of(leader)
    for typed in ({**TYPED, "edition": ""}, {**TYPED, "edition": "\0"}, TYPED):
        response = client.post(url("confirm", partner), typed)
        page = response.content.decode()
        assert response.status_code == 409
        assert "it was published after you had opened the page" in page
        assert "The second edition" in page
        assert 'value="Chief Executive"' in page
        assert 'name="edition" value="essex-2"' in page
    assert not Signature.objects.exists()
    client.post(url("confirm", partner), TYPED | {"edition": "essex-2"})
    assert Signature.objects.get().edition == newer
