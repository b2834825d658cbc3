"""An administrator looks through the partners, and sees what was imported last."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from commitments.models import Edition
from signatories.models import Partner, PartnerImport, User
from tests.factories import make_member, make_partner, make_signature

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
LIST = "/administration/partners/"


def upload(by: User, name: str, **said: Any) -> PartnerImport:
    return PartnerImport.objects.create(
        file_name=name, content=b"name,kind", sha256="a" * 64, uploaded_by=by, key=name, **said
    )


@pytest.mark.parametrize(
    "looked_for", ["braintree", "TREE dist", "E0700", "e07000067", "e07 000 067"]
)
def test_a_partner_is_found_by_part_of_its_name_or_its_code(
    client_of: ClientOf,
    administrator: User,
    partner: Partner,
    other_partner: Partner,
    looked_for: str,
) -> None:
    Partner.objects.filter(pk=partner.pk).update(gss_code="E07000067")
    page = client_of(administrator).get(LIST, {"q": looked_for}).text
    assert partner.name in page
    assert other_partner.name not in page
    assert "1 partner\n" in page


@pytest.mark.parametrize("looked_for", ["%", "_", "\\", "' OR 1=1 --", "__class__", "é"])
def test_signs_mean_themselves(
    client_of: ClientOf, administrator: User, partner: Partner, looked_for: str
) -> None:
    page = client_of(administrator).get(LIST, {"q": looked_for}).text
    assert "No partner fits" in page


def test_the_number_of_members_leads_to_them(
    client_of: ClientOf, administrator: User, partner: Partner
) -> None:
    make_member(partner, "contributor")
    page = client_of(administrator).get(LIST).text
    members = f'href="/partners/{partner.slug}/members/"'
    assert page.count(members) == 1
    hidden = f'<span class="govuk-visually-hidden"> member of {partner.name}</span>'
    assert f">1{hidden}</a>" in page.partition(members)[2]


def test_the_kind_narrows_it_and_the_files_follow(
    client_of: ClientOf, administrator: User, partner: Partner
) -> None:
    make_partner("Essex Police", kind="police")
    page = client_of(administrator).get(LIST, {"kind": "police"}).text
    assert "Essex Police" in page
    assert partner.name not in page
    assert 'href="/administration/partners.csv?kind=police"' in page
    assert 'href="/administration/partners.xlsx?kind=police"' in page
    assert "Remove the filter" in page


def test_what_is_not_understood_is_said_and_all_are_shown(
    client_of: ClientOf, administrator: User, partner: Partner
) -> None:
    page = client_of(administrator).get(LIST, {"kind": "none", "q": "x" * 201}).text
    assert "There is no such kind. All kinds are shown." in page
    assert "That is too long to look for. All partners are shown." in page
    assert partner.name in page


def test_fifty_partners_make_a_page(client_of: ClientOf, administrator: User) -> None:
    Partner.objects.bulk_create(
        Partner(name=f"Partner {number:03}", slug=f"p-{number}", kind="health")
        for number in range(51)
    )
    client = client_of(administrator)
    first = client.get(LIST, {"q": "partner"}).text
    assert "Partner 049" in first
    assert "Partner 050" not in first
    assert "51 partners, page 1 of 2" in first
    assert "Partner 050" in client.get(LIST, {"q": "partner", "page": "2"}).text
    assert "Partner 050" in client.get(LIST, {"q": "partner", "page": "99"}).text


def test_no_partners_yet_is_said(client_of: ClientOf, administrator: User) -> None:
    assert "There are no partners yet" in client_of(administrator).get(LIST).text


def test_the_last_lists_are_named_with_what_became_of_them(
    client_of: ClientOf, administrator: User
) -> None:
    now = timezone.now()
    confirmed: dict[str, Any] = {
        "state": "done",
        "confirmed_by": administrator,
        "confirmed_at": now,
    }
    undone: dict[str, Any] = confirmed | {"undone_by": administrator, "undone_at": now}
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("queued.csv", {}, "Being read"),
        ("failed.csv", {"state": "failed"}, "Could not be finished"),
        ("trouble.csv", {"state": "done", "trouble": "It is a picture."}, "Cannot be read"),
        ("refused.csv", {"state": "done", "refused_count": 1}, "Has refused rows"),
        ("waits.csv", {"state": "done"}, "Waits to be confirmed"),
        ("imported.csv", confirmed, "Imported"),
        ("undone.csv", undone, "Undone"),
    ]
    for name, said, words in cases:
        found = upload(administrator, name, **said)
        page = client_of(administrator).get(LIST).text
        row = page[page.index(name) :].split("</tr>")[0]
        assert words in row
        assert f"/administration/imports/{found.pk}/" in page
    page = client_of(administrator).get(LIST).text
    assert "queued.csv" not in page
    assert "failed.csv" not in page


@pytest.mark.parametrize("count", [3, 30])
def test_the_number_of_queries_does_not_grow(
    client_of: ClientOf,
    administrator: User,
    edition: Edition,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        partner = make_partner()
        make_signature(partner, edition, make_member(partner, "leader"))
        upload(administrator, f"{number}.csv")
    client = client_of(administrator)
    client.get(LIST)
    # The session, the person, how many partners, the page of them, the last lists.
    with django_assert_num_queries(5):
        client.get(LIST)
