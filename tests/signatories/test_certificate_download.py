"""Members and ecda download the certificate: the same bytes, under a speaking name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from declaration import jobs
from signatories.actions.certificates import certificate_made, make_certificate
from signatories.models import Certificate, Event, Partner, User
from signatories.verbs import Verb
from tests.factories import make_signature

pytestmark = pytest.mark.django_db(transaction=True)

ClientOf = Callable[[User], Client]
NAME = "essex-data-declaration-braintree-district-council-certificate-{number}.pdf"


@pytest.fixture
def queued(partner: Partner, edition: Edition, leader: User) -> Certificate:
    return make_signature(partner, edition, leader).certificate


@pytest.fixture
def ready(queued: Certificate) -> Certificate:
    jobs.run(
        Certificate,
        queued.pk,
        lambda job: make_certificate(job, render=lambda html: b"%PDF-bytes"),
        certificate_made,
    )
    return Certificate.objects.get(pk=queued.pk)


def url(certificate: Certificate, name: str = "certificate-download") -> str:
    signature = certificate.signature
    return reverse(f"signatories:{name}", args=[signature.partner.slug, signature.pk])


def test_every_member_and_ecda_may_download(
    ready: Certificate,
    partner: Partner,
    contributor: User,
    lead: User,
    leader: User,
    staff: User,
    administrator: User,
    client_of: ClientOf,
) -> None:
    name = NAME.format(number=ready.number)
    people = [contributor, lead, leader, staff, administrator]
    for person in people:
        response: Any = client_of(person).get(url(ready))
        assert response.getvalue() == b"%PDF-bytes"
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    taken = Event.objects.about(ready).filter(verb=Verb.CERTIFICATE_DOWNLOADED)
    assert [event.by for event in taken] == people


def test_strangers_and_former_members_get_404(
    ready: Certificate, partner: Partner, stranger: User, former: User, client_of: ClientOf
) -> None:
    for person in (stranger, former):
        assert client_of(person).get(url(ready)).status_code == 404
    assert not Event.objects.filter(verb=Verb.CERTIFICATE_DOWNLOADED).exists()


def test_a_certificate_that_is_not_ready_is_a_409_in_words(
    queued: Certificate, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    response = client_of(lead).get(url(queued))
    assert response.status_code == 409
    assert "not ready to download yet" in response.content.decode()


def test_the_page_asks_again_until_it_is_ready(
    queued: Certificate, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(url(queued, "certificate-status")).content.decode()
    assert f'hx-get="{url(queued, "certificate-status")}"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "<html" not in page


def test_a_ready_certificate_is_offered_and_asked_for_no_more(
    ready: Certificate, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(url(ready, "signature-detail")).content.decode()
    assert "hx-get" not in page
    assert url(ready) in page
    assert reverse("signatories:certificate-detail", args=[ready.code]) in page


def test_a_certificate_whose_file_is_lost_says_so_and_counts_as_no_download(
    ready: Certificate, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    ready.file.storage.delete(str(ready.file.name))
    response = client_of(lead).get(url(ready))
    assert response.status_code == 409
    assert "The file of this certificate is lost" in response.content.decode()
    assert not Event.objects.filter(verb=Verb.CERTIFICATE_DOWNLOADED).exists()


def test_trying_again_is_on_the_timeline_with_who_did_it(
    queued: Certificate, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    Certificate.objects.update(state=Certificate.State.FAILED, error="Broken")
    path = url(queued, "certificate-retry")
    assert [client_of(lead).post(path).status_code for _ in range(2)] == [302, 409]
    assert Event.objects.get(verb=Verb.CERTIFICATE_RETRIED).by == lead
