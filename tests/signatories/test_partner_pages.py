"""Administrators see every partner, upload a list, look at the preview and confirm it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.models import Edition
from signatories.models import Partner, PartnerImport, User
from signatories.resources import COLUMNS
from tests.factories import FIXTURES, make_member, make_partner, make_signature

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
SIXTEEN = (FIXTURES / "partners.csv").read_bytes()
IMPORT = "/administration/partners/import/"


@pytest.fixture
def client(administrator: User, client_of: ClientOf) -> Client:
    return client_of(administrator)


def upload(client: Client, content: bytes, name: str = "partners.csv") -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)}, follow=True)


def text(response: Any) -> str:
    """The words of the page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_list_shows_partners_members_and_signatures(
    client: Client, partner: Partner, edition: Edition, leader: User
) -> None:
    make_signature(partner, edition, leader)
    page = text(client.get(reverse("signatories:partner-list")))
    assert "Braintree District Council District council None Signed 1" in page


def test_the_list_is_in_the_order_of_names(client: Client) -> None:
    for name in ("Maldon", "Basildon", "Tendring", "Colchester"):
        make_partner(name)
    page = text(client.get(reverse("signatories:partner-list")))
    places = [page.index(f"Members of {n}") for n in ("Basildon", "Colchester", "Maldon", "Tend")]
    assert places == sorted(places)


def test_the_template_is_the_header(client: Client) -> None:
    response = client.get(reverse("signatories:partner-template"))
    assert response.content.decode() == f"{','.join(COLUMNS)}\r\n"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]


def test_a_list_is_previewed_then_confirmed(client: Client) -> None:
    response = upload(client, SIXTEEN)
    page = text(response)
    assert "16 new, 0 changed, 0 unchanged" in page
    assert "E07000067" in page
    assert not Partner.objects.exists()
    found = PartnerImport.objects.get()
    done = client.post(reverse("signatories:import-confirm", args=[found.pk]), follow=True)
    assert "Partner list imported" in text(done)
    assert Partner.objects.count() == 16


def test_a_change_is_shown_field_by_field(client: Client) -> None:
    make_partner("Essex Police", kind="other")
    page = text(upload(client, b"name,kind,website\nEssex Police,police,https://p.example\n"))
    assert "kind other police" in page
    assert "website (empty) https://p.example" in page


def test_windows_1252_is_said_aloud(client: Client) -> None:
    page = text(upload(client, "name,kind\nCyngor Môn,other\n".encode("cp1252")))
    assert "We read it as Windows-1252" in page
    assert "Cyngor Môn" in page


def test_bad_rows_are_listed_and_nothing_is_kept(client: Client) -> None:
    response = upload(client, b"name,kind\nA,other\nB,parish\n,other\n")
    page = text(response)
    assert "2 problems in the file. 1 other row is in order" in page
    assert "3 kind parish Enter one of the kinds" in page
    assert "4 name (empty) Enter the partner’s name" in page
    assert "Confirm and import" not in page
    assert not PartnerImport.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("partners.xlsx", SIXTEEN, "The file must be a CSV file"),
        ("partners.csv", b"PK\x03\x04", "an Excel workbook"),
        ("partners.csv", b"\x89PNG", "a picture"),
        ("partners.csv", b"", "The file is empty"),
        ("partners.csv", b"a" * (2 * 1024 * 1024 + 1), "must be 2 MB or smaller"),
        ("partners.csv", b"colour\nred\n", "The column “colour” is not known"),
    ],
)
def test_what_is_no_partner_list_is_an_error_at_the_field(
    client: Client, name: str, content: bytes, words: str
) -> None:
    response = upload(client, content, name)
    assert response.status_code == 200
    assert text(response).count(words) == 2
    assert "Error: Import a partner list" in text(response)


def test_no_file_is_an_error_at_the_field(client: Client) -> None:
    assert text(client.post(IMPORT)).count("Select a CSV file") == 2


def test_confirming_twice_is_a_409(client: Client) -> None:
    upload(client, SIXTEEN)
    path = reverse("signatories:import-confirm", args=[PartnerImport.objects.get().pk])
    client.post(path)
    response = client.post(path)
    assert response.status_code == 409
    assert "Nothing was written twice" in text(response)


def test_an_outdated_preview_is_refused_and_a_new_one_offered(client: Client) -> None:
    upload(client, SIXTEEN)
    old = PartnerImport.objects.get()
    make_partner("Essex Police", kind="other")
    page = text(client.get(reverse("signatories:import-detail", args=[old.pk])))
    assert "Make a new preview" in page
    assert "Confirm and import" not in page
    refused = client.post(reverse("signatories:import-confirm", args=[old.pk]))
    assert refused.status_code == 409
    again = reverse("signatories:import-preview", args=[old.pk])
    assert again in refused.content.decode()
    assert "15 new, 1 changed" in text(client.post(again, follow=True))


def test_a_new_preview_of_a_file_that_no_longer_fits_lists_why(client: Client) -> None:
    upload(client, b"name,kind,gss_code\nNew Name,other,E07000001\n")
    old = PartnerImport.objects.get()
    make_partner("New Name")
    Partner.objects.create(name="Other", slug="other", kind="other", gss_code="E07000001")
    response = client.post(reverse("signatories:import-preview", args=[old.pk]))
    assert response.status_code == 409
    assert "Another partner has this name already" in text(response)


@pytest.mark.parametrize("name", ["import-detail", "import-confirm", "import-preview"])
def test_an_unknown_import_is_404(client: Client, name: str) -> None:
    path = reverse(f"signatories:{name}", args=[10**30])
    method = client.get if name == "import-detail" else client.post
    assert method(path).status_code == 404


def test_only_administrators_import(staff: User, lead: User, client_of: ClientOf) -> None:
    for person in (staff, lead):
        response = upload(client_of(person), SIXTEEN)
        assert response.status_code == 403
    assert not PartnerImport.objects.exists()


def test_the_list_costs_the_same_for_3_and_for_30_partners(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("signatories:partner-list"))
        return len(found)

    def add(count: int) -> None:
        for _ in range(count):
            make_member(make_partner(), "lead")

    add(3)
    queries()
    few = queries()
    add(27)
    assert queries() == few <= 5
