"""A new edition asks for a new signature, which supersedes the old certificate untouched."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commitments.actions import load_edition
from commitments.models import Edition
from declaration import jobs
from signatories.actions.certificates import certificate_made, make_certificate
from signatories.actions.editions import publish_edition
from signatories.actions.withdrawing import withdraw
from signatories.models import Certificate, Membership, Notice, Partner, User
from signatories.verbs import Verb
from tests.factories import EDITION_DATA, make_member, make_partner, make_signature

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def second_edition(number: int = 2) -> Edition:
    """The next text, published."""
    names = {"slug": f"essex-{number}", "title": f"The Essex Data Declaration, edition {number}"}
    return publish_edition(edition=load_edition(data=EDITION_DATA | names), by=None)


def test_the_leaders_of_all_partners_are_told_where_to_sign(
    partner: Partner, edition: Edition, lead: User, leader: User, other_partner: Partner
) -> None:
    other = make_member(other_partner, "leader")
    both = make_member(partner, "leader")
    Membership.objects.create(person=both, partner=other_partner, role="leader")
    abolished = make_partner()
    Partner.objects.filter(pk=abolished.pk).update(active_to="2020-01-01")
    make_member(abolished, "leader")
    former = make_member(partner, "leader")
    Membership.objects.filter(person=former).update(ended_at=timezone.now())
    second_edition()
    told = Notice.objects.filter(event__verb=Verb.EDITION_PUBLISHED, event__note__contains="2")
    assert {notice.person: notice.path for notice in told} == {
        leader: f"/partners/{partner.slug}/sign/",
        other: f"/partners/{other_partner.slug}/sign/",
        both: "/start/",
    }
    assert "“The Essex Data Declaration, edition 2” is published" in told[0].words


def test_the_partners_page_asks_again_and_names_what_was_signed(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    make_signature(partner, edition, leader)
    second_edition()
    client = client_of(leader)
    page = client.get(f"/partners/{partner.slug}/").text
    assert "has signed The Essex Data Declaration. " in page
    assert "edition 2 is newer" in page
    assert f'href="/partners/{partner.slug}/sign/"' in page
    page = client.get(f"/partners/{partner.slug}/sign/").text
    assert "your certificate for The Essex Data Declaration stays as it is" in page


@pytest.mark.django_db(transaction=True)
def test_signing_it_supersedes_the_old_certificate_without_touching_it(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    old = make_signature(partner, edition, leader)

    def work(job: Certificate) -> dict[str, str | int]:
        return make_certificate(job, render=lambda html: html.encode())

    jobs.run(Certificate, old.certificate.pk, work, certificate_made)
    before = Certificate.objects.filter(signature=old).values().get()
    new = make_signature(partner, second_edition(), leader)
    assert Certificate.objects.filter(signature=old).values().get() == before
    worth = {found.signature: found.validity for found in Certificate.objects.with_validity()}
    assert worth == {old: "superseded", new: "valid"}
    client = client_of(leader)
    path = reverse("signatories:signature-detail", args=[partner.slug, old.pk])
    assert "This signature is superseded" in client.get(path).text
    path = reverse("signatories:certificate-download", args=[partner.slug, old.pk])
    response: Any = client.get(path)
    assert hashlib.sha256(response.getvalue()).hexdigest() == before["sha256"]
    withdraw(signature=new, reason="Changed our mind", by=leader)
    worth = {found.signature: found.validity for found in Certificate.objects.with_validity()}
    assert worth == {old: "valid", new: "withdrawn"}


@pytest.mark.parametrize("size", [3, 30])
def test_the_pages_of_signing_need_the_same_few_queries(
    size: int, partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    signature = make_signature(partner, edition, leader)
    for _ in range(size):
        withdraw(signature=signature, reason="Again", by=leader)
        signature = make_signature(partner, edition, leader)
    client = client_of(leader)
    found = {}
    at = f"/partners/{partner.slug}/signatures/"
    for path in (at, f"{at}{signature.pk}/", f"{at}{signature.pk}/withdraw/"):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        found[path] = len(queries)
    second_edition()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/partners/{partner.slug}/sign/").status_code == 200
    assert [*found.values(), len(queries)] == [4, 5, 5, 10]
