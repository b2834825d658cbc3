"""The register as a file: the same partners, a row for each signature, safe to open."""

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from commitments.models import Edition
from signatories.dashboards.register import HEADER
from signatories.models import Partner, Signature, User
from tests.factories import make_partner, make_signature

pytestmark = pytest.mark.django_db

FILE = "/register.csv"


def rows_of(client: Client, **filters: str) -> list[dict[str, str]]:
    response = client.get(FILE, filters)
    assert response.status_code == 200
    content = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline=""), strict=True))


def test_each_signature_is_a_row_and_so_is_a_partner_without_one(
    client: Client, edition: Edition, partner: Partner, other_partner: Partner, leader: User
) -> None:
    make_signature(partner, edition, leader)
    Signature.objects.update(
        withdrawn_at=timezone.now(), withdrawn_by=leader, withdrawal_reason="By mistake,\r\n“sorry”"
    )
    make_signature(partner, edition, leader)
    today = timezone.localdate().isoformat()
    signed, withdrawn, unsigned = rows_of(client)
    assert signed == {
        "partner": "Braintree District Council",
        "kind": "District council",
        "gss_code": "",
        "state": "Signed the newest edition",
        "edition": edition.title,
        "signed_as": "Braintree District Council",
        "signatory": "Lara Leader",
        "job_title": "Chief Executive",
        "signed_on": today,
        "on_paper": "no",
        "withdrawn_on": "",
        "withdrawal_reason": "",
        "partner_ended_on": "",
    }
    assert (withdrawn["withdrawn_on"], withdrawn["partner"]) == (today, signed["partner"])
    assert withdrawn["withdrawal_reason"] == "By mistake,\r\n“sorry”"
    assert (unsigned["partner"], unsigned["state"]) == (other_partner.name, "Not signed")
    assert unsigned["signatory"] == ""


def test_it_follows_the_filter_of_the_page(
    client: Client, edition: Edition, partner: Partner, other_partner: Partner, leader: User
) -> None:
    make_signature(partner, edition, leader)
    make_partner("Essex Police", kind="police")
    found = rows_of(client, kind="district", state="none")
    assert [row["partner"] for row in found] == [other_partner.name]


def test_no_cell_is_a_formula(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    User.objects.filter(pk=leader.pk).update(name='=HYPERLINK("http://evil.example")')
    leader.refresh_from_db()
    make_signature(partner, edition, leader)
    (row,) = rows_of(client)
    assert row["signatory"] == '\'=HYPERLINK("http://evil.example")'


def test_an_empty_register_is_a_file_with_its_header(client: Client, db: None) -> None:
    response = client.get(FILE)
    assert response.getvalue().decode("utf-8-sig") == ",".join(HEADER) + "\r\n"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    disposition = 'attachment; filename="essex-data-declaration-register.csv"'
    assert response.headers["Content-Disposition"] == disposition


def test_a_filter_that_is_not_understood_leads_to_the_page_that_says_so(
    client: Client, db: None
) -> None:
    response = client.get(FILE, {"kind": "nothing"})
    assert response.headers["Location"] == "/register/?kind=nothing"
