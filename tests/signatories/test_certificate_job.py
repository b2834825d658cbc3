"""The certificate is made once by a job, which says why when it cannot and can be tried again."""

from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from declaration import jobs, pdf
from declaration.actions import RefusedError
from signatories.actions.certificates import (
    certificate_made,
    make_certificate,
    retry_certificate,
)
from signatories.actions.withdrawing import withdraw
from signatories.models import Certificate, Event, Notice, Partner, User
from signatories.tasks import make_certificate_task
from signatories.verbs import Verb
from tests.factories import make_signature

pytestmark = pytest.mark.django_db(transaction=True)

ClientOf = Callable[[User], Client]


@pytest.fixture
def certificate(partner: Partner, edition: Edition, leader: User) -> Certificate:
    return make_signature(partner, edition, leader).certificate


def work(certificate: Certificate, render: Callable[[str], bytes]) -> Certificate:
    """Do the job once, with another renderer than the task's."""
    jobs.run(
        Certificate,
        certificate.pk,
        lambda job: make_certificate(job, render=render),
        certificate_made,
    )
    return Certificate.objects.get(pk=certificate.pk)


def test_the_task_makes_and_keeps_the_pdf(certificate: Certificate) -> None:
    make_certificate_task(certificate.pk)
    certificate.refresh_from_db()
    assert (certificate.state, certificate.percent) == (Certificate.State.DONE, 100)
    assert certificate.template_version == 2
    with default_storage.open(str(certificate.file)) as file:
        assert file.read(5) == b"%PDF-"
    assert certificate.sha256 in str(certificate.file)


def test_a_second_run_finds_nothing_to_do(certificate: Certificate) -> None:
    first = work(certificate, lambda html: b"%PDF-first")
    second = work(certificate, lambda html: b"%PDF-second")
    assert second.sha256 == first.sha256
    assert Event.objects.filter(verb=Verb.CERTIFICATE_MADE).count() == 1


def test_the_leads_are_told_with_a_link(certificate: Certificate, lead: User, leader: User) -> None:
    work(certificate, lambda html: b"%PDF-")
    made = Notice.objects.filter(event__verb=Verb.CERTIFICATE_MADE)
    assert {notice.person for notice in made} == {lead, leader}
    assert {notice.path for notice in made} == {
        f"/partners/braintree-district-council/signatures/{certificate.signature_id}/"
    }
    words = (
        "The certificate of Braintree District Council is ready: The Essex Data Declaration, "
        "signed by Lara Leader."
    )
    assert {notice.words for notice in made} == {words}


def test_of_a_signature_that_was_withdrawn_meanwhile_nobody_is_told(
    certificate: Certificate, lead: User, leader: User
) -> None:
    stale = Certificate.objects.select_related("signature").get(pk=certificate.pk)
    withdraw(signature=certificate.signature, reason="Signed too early", by=leader)
    with transaction.atomic():
        certificate_made(stale)
    made = Event.objects.get(verb=Verb.CERTIFICATE_MADE)
    assert made.note == "The Essex Data Declaration, signed by Lara Leader"
    assert not Notice.objects.filter(event=made).exists()


def test_a_renderer_that_stumbles_is_tried_again(certificate: Certificate) -> None:
    def stumbling(html: str) -> bytes:
        raise MemoryError("no room")

    found = work(certificate, stumbling)
    assert (found.state, found.error) == (Certificate.State.QUEUED, "MemoryError: no room")
    assert work(found, lambda html: b"%PDF-").state == Certificate.State.DONE


def test_a_document_that_cannot_be_made_says_why_and_can_be_tried_again(
    certificate: Certificate, partner: Partner, leader: User, client_of: ClientOf
) -> None:
    def refusing(html: str) -> bytes:
        return pdf.render(html.replace("asset:fonts", "file:///etc/fonts"))

    found = work(certificate, refusing)
    assert found.state == Certificate.State.FAILED
    client = client_of(leader)
    path = reverse("signatories:certificate-status", args=[partner.slug, certificate.signature_id])
    page = client.get(path).content.decode()
    assert "could not be made" in page
    assert "documents may not read" in page
    assert "Try again" in page
    client.post(
        reverse("signatories:certificate-retry", args=[partner.slug, certificate.signature_id])
    )
    assert work(found, lambda html: b"%PDF-").state == Certificate.State.DONE


def test_missing_system_libraries_are_named(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "weasyprint", None)
    monkeypatch.setattr(pdf, "MISSING", "cannot load library 'libpango'", raising=False)
    make_certificate_task(certificate.pk)
    certificate.refresh_from_db()
    assert certificate.state == Certificate.State.FAILED
    assert certificate.error.startswith("Install libpangoft2-1.0-0")


def test_only_a_failed_certificate_is_tried_again(certificate: Certificate, leader: User) -> None:
    with pytest.raises(RefusedError, match="not waiting for another try"):
        retry_certificate(certificate=certificate, by=leader)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "asset:../../etc/passwd", "x.png"]
)
def test_a_document_reads_nothing_but_assets(address: str) -> None:
    with pytest.raises(ValueError, match=r"may not read|no such asset"):
        pdf.render(f'<title>x</title><img alt="x" src="{address}">')
    with pytest.raises(ValueError, match=r"may not read|no such asset"):
        pdf.render(f'<title>x</title><link rel="stylesheet" href="{address}"><p>x')
