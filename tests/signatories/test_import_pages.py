"""Administrators upload a list, look at what it would change, confirm it and take it back."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from declaration.spreadsheets import UnreadableFileError
from declaration.workbooks import read_workbook
from signatories.models import Partner, PartnerImport, User
from signatories.resources import COLUMNS, open_list
from signatories.tasks import read_partner_list
from tests.factories import make_partner
from tests.signatories.importing import SIXTEEN
from tests.signatories.importing import preview as previewed

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
IMPORT = "/administration/partners/import/"
VERBS = ["import-confirm", "import-preview", "import-undo", "import-retry"]
PAGES = ["import-detail", "import-status", "import-choose", "import-refused"]


@pytest.fixture
def client(administrator: User, client_of: ClientOf) -> Client:
    return client_of(administrator)


def upload(client: Client, content: bytes, name: str = "partners.csv") -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)}, follow=True)


def preview(client: Client, content: bytes, name: str = "partners.csv") -> Any:
    """Upload, let the worker read, look."""
    upload(client, content, name)
    read_partner_list(newest().pk)
    return client.get(at("import-detail"))


def newest() -> PartnerImport:
    return PartnerImport.objects.order_by("-pk")[0]


def at(name: str) -> str:
    return reverse(f"signatories:{name}", args=[newest().pk])


def text(response: Any) -> str:
    """The words of the page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_templates_are_the_columns_and_can_be_imported(client: Client) -> None:
    response = client.get(reverse("signatories:partner-template"))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a stream
    assert content.decode("utf-8-sig") == f"{','.join(COLUMNS)}\r\n"
    assert "attachment" in response["Content-Disposition"]
    book = client.get(reverse("signatories:partner-template-workbook"))
    page, example = read_workbook(book.content)
    assert (page.name, example.name) == ("Partners", "Example")
    assert [cell.text for cell in page.rows[0].cells] == list(COLUMNS)
    assert len(page.rows) == 1
    assert [cell.text for cell in example.rows[0].cells] == list(COLUMNS)
    assert "has no rows under its header" in text(upload(client, content))


def test_the_examples_are_rows_that_can_be_imported(client: Client) -> None:
    assert reverse("signatories:partner-example") in client.get(IMPORT).content.decode()
    response = client.get(reverse("signatories:partner-example"))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a stream
    rows = list(open_list(content, "example.csv").rows())
    assert [(row.kind.value, row.problems) for row in rows] == [("new", ())] * 2
    assert {change.column for change in rows[0].changes} > {"gss_code", "website", "active_from"}
    assert len(rows[0].leads) == 2


def test_a_filled_in_workbook_is_read_without_its_examples(client: Client) -> None:
    book = client.get(reverse("signatories:partner-template-workbook")).content
    with pytest.raises(UnreadableFileError, match="has no rows under its header"):
        open_list(book, "template.xlsx")
    filled = load_workbook(io.BytesIO(book))
    filled["Partners"]["A2"], filled["Partners"]["B2"] = "Essex Police", "police"
    file = io.BytesIO()
    filled.save(file)
    reading = open_list(file.getvalue(), "template.xlsx")
    assert [row.name for row in reading.rows()] == ["Essex Police"]
    assert reading.remarks == ("The sheet “Partners” was read. Left out: “Example”.",)


def test_a_list_waits_to_be_read_then_shows_what_it_would_do(client: Client) -> None:
    page = upload(client, SIXTEEN)
    assert "Partner list “partners.csv”: waiting to be read" in text(page)
    assert at("import-status") in page.content.decode()
    read_partner_list(newest().pk)
    fragment = client.get(at("import-status"))
    assert "See what it would change" in text(fragment)
    assert "<html" not in fragment.content.decode()
    # Where scripts run, the waiting page moves on by itself.
    moved = client.get(at("import-status"), headers={"HX-Request": "true"})
    assert (moved.status_code, moved.headers["HX-Redirect"]) == (204, at("import-detail"))
    page = text(client.get(at("import-detail")))
    assert "16 rows. Nothing has been written yet" in page
    assert "16 new 0 changed 0 unchanged 0 refused" in page
    assert "E07000067" in page
    assert not Partner.objects.exists()


def test_confirming_leads_to_the_result_and_undoing_takes_it_back(client: Client) -> None:
    preview(client, SIXTEEN)
    done = text(client.post(at("import-confirm"), follow=True))
    assert "Partner list imported" in done
    assert "was imported by Ada Administrator" in done
    assert Partner.objects.count() == 16
    undone = text(client.post(at("import-undo"), follow=True))
    assert "Import undone" in undone
    assert undone.index("undid it") < undone.index("16 new, 0 changed")
    assert undone.index("What the import had written") < undone.index("16 new 0 changed")
    assert "Go to the partners" in undone
    assert "Ada Administrator undid it" in undone
    assert not Partner.objects.exists()


def test_an_import_that_was_touched_says_so_and_stays(client: Client) -> None:
    preview(client, SIXTEEN)
    client.post(at("import-confirm"))
    Partner.objects.filter(slug="essex-police").update(kind="other")
    response = client.post(at("import-undo"))
    assert response.status_code == 409
    assert "Essex Police (line " in text(response)
    assert Partner.objects.count() == 16


def test_a_change_is_shown_field_by_field(client: Client) -> None:
    make_partner("Essex Police", kind="other")
    page = text(preview(client, b"name,kind,website\nEssex Police,police,https://p.example\n"))
    assert "Kind Other Police force" in page
    assert "Website (empty) https://p.example" in page


def test_fields_have_names_and_a_new_partners_name_stands_once(client: Client) -> None:
    rows = b"Braintree,district,E07000067,b.example,Ada <ada@b.example>\n"
    page = text(preview(client, b"name,kind,gss_code,email_domains,leads\n" + rows))
    assert "GSS code E07000067" in page
    assert "E-mail domains b.example" in page
    assert "District council" in page
    assert "Lead ada@b.example invited as lead" in page
    assert "gss_code" not in page
    assert page.count("Braintree") == 1
    assert "The leads it names are invited by e-mail at once." in page


def test_without_leads_nobody_is_said_to_be_invited(client: Client) -> None:
    page = text(preview(client, b"name,kind\nA,other\n"))
    assert "If anything has changed since this preview, nothing is imported." in page
    assert "invited by e-mail" not in page


def test_a_list_with_nothing_new_is_not_offered_to_be_imported(client: Client) -> None:
    make_partner("Essex Police", kind="police")
    page = preview(client, b"name,kind\nEssex Police,police\n")
    assert "Everything in this file is already here. There is nothing to import." in text(page)
    assert "Confirm and import" not in text(page)
    assert f'href="{reverse("signatories:partner-list")}"' in page.content.decode()
    assert client.post(at("import-confirm")).status_code == 302
    assert Partner.objects.count() == 1


def test_new_names_and_roles_are_asked_one_by_one(
    client: Client, partner: Partner, contributor: User
) -> None:
    Partner.objects.create(name="Old", slug="old", kind="other", gss_code="E07000001")
    rows = f"New,other,E07000001,\n{partner.name},district,,{contributor.email}\n"
    page = preview(client, f"name,kind,gss_code,leads\n{rows}".encode())
    assert "(needs a tick)" in text(page)
    assert "Confirm and import" not in text(page)
    asked = client.get(at("import-choose"))
    assert "Line 2: rename “Old” to “New”" in text(asked)
    assert f"Line 3: make {contributor.email} a lead of {partner.name}, now contributor" in text(
        asked
    )
    assert "checked" not in asked.content.decode()
    done = client.post(at("import-confirm"), {"ticks": "2:name"}, follow=True)
    assert "0 new, 1 changed, 0 unchanged" in text(done)
    assert "1 row left as it was, because it was not ticked" in text(done)
    assert "0 new 1 changed 1 unticked 0 unchanged" in text(done)
    assert "(not ticked, not written)" not in text(done)
    unticked = text(client.get(at("import-detail") + "?kind=unticked"))
    assert "Unticked rows" in unticked
    assert "contributor lead" in unticked
    assert "(not ticked, not written)" in unticked
    assert Partner.objects.filter(name="New").exists()
    assert contributor.memberships.get().role == "contributor"


def test_all_of_them_can_be_ticked_at_once(client: Client) -> None:
    for number in (1, 2):
        code = f"E0700000{number}"
        Partner.objects.create(name=code, slug=code.lower(), kind="other", gss_code=code)
    preview(client, b"name,kind,gss_code\nA,other,E07000001\nB,other,E07000002\n")
    client.post(at("import-confirm"), {"ticks": "all"})
    assert set(Partner.objects.values_list("name", flat=True)) == {"A", "B"}


def test_a_row_that_was_written_but_for_its_name_counts_as_changed(client: Client) -> None:
    Partner.objects.create(name="Old", slug="old", kind="other", gss_code="E07000001")
    preview(client, b"name,kind,gss_code\nNew,police,E07000001\n")
    page = text(client.post(at("import-confirm"), follow=True))
    assert "0 new, 1 changed, 0 unchanged" in page
    assert "because it was not ticked" not in page
    assert "(not ticked, not written)" in page
    assert Partner.objects.get().kind == "police"


def test_a_tick_that_was_not_offered_is_an_error_and_nothing_is_written(client: Client) -> None:
    preview(client, SIXTEEN)
    page = client.post(at("import-confirm"), {"ticks": "2:kind"})
    assert "The list has changed since you opened this page" in text(page)
    assert not Partner.objects.exists()


def test_how_a_file_was_read_is_said(client: Client) -> None:
    page = text(preview(client, "name;kind;colour\nCyngor Môn;other;red\n".encode("cp1252")))
    assert "We read it as Windows-1252" in page
    assert "separated by semicolons" in page
    assert "“colour”" in page
    assert "Cyngor Môn" in page


def test_refused_rows_are_listed_and_nothing_can_be_imported(client: Client) -> None:
    page = text(preview(client, b"Name,KIND\nA,other\nB,parish\n,other\n"))
    assert "2 rows are refused, so nothing of this file can be imported" in page
    assert "3 KIND parish Enter one of the kinds" in page
    assert "4 Name (empty) Enter the partner’s name" in page
    twice = text(preview(client, b"name,kind\nA,other\nA,other\n"))
    assert "3 the whole row A " in twice
    assert "Confirm and import" not in page
    response = client.post(at("import-confirm"))
    assert response.status_code == 409
    assert not Partner.objects.exists()


def test_the_refused_rows_come_back_as_a_file_that_can_be_corrected(client: Client) -> None:
    preview(client, "name;kind;note\nA;other;x\n=B;parish;ä\nC;d;z;zz\n".encode())
    response = client.get(at("import-refused"))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a stream
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert header == ["line", "reason", "name", "kind", "note"]
    assert [row[0] for row in rows] == ["3", "4"]
    assert rows[0][2:] == ["'=B", "parish", "ä"]
    assert "name: A cell that begins with =" in rows[0][1]
    assert "; kind: Enter one of the kinds" in rows[0][1]
    corrected = content.replace(b"parish", b"other").replace(b"C,d,z,zz", b"C,other,z")
    corrected = corrected.replace(b"'=B", b"B")
    page = text(preview(client, corrected))
    assert "2 new 0 changed 0 unchanged 0 refused" in page


def test_refused_rows_that_come_back_do_not_grow(client: Client) -> None:
    preview(client, b"line,reason,name,kind\n3,why,A,parish\n")
    response = client.get(at("import-refused"))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a stream
    assert content.decode("utf-8-sig").splitlines()[0] == "line,reason,name,kind"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("partners.pdf", SIXTEEN, "The file must be a CSV file or an Excel workbook"),
        ("partners.csv", b"PK\x03\x04", "an Excel workbook"),
        ("partners.xlsx", SIXTEEN, "workbook"),
        ("partners.csv", b"\x89PNG", "a picture"),
        ("partners.csv", b"", "The file is empty"),
        ("partners.csv", b"a" * (5 * 1024 * 1024 + 1), "must be 5 MB or smaller"),
        ("partners.csv", b"colour\nred\n", "The file has no header"),
    ],
)
def test_what_is_no_partner_list_is_an_error_at_the_field(
    client: Client, name: str, content: bytes, words: str
) -> None:
    response = upload(client, content, name)
    assert response.status_code == 200
    assert text(response).count(words) >= 2
    assert "Error: Import a partner list" in text(response)
    assert not PartnerImport.objects.exists()


def test_no_file_is_an_error_at_the_field(client: Client) -> None:
    assert text(client.post(IMPORT)).count("Select a CSV file or an Excel workbook") == 2


def test_trouble_further_down_is_said_in_words(client: Client) -> None:
    upload(client, SIXTEEN)
    PartnerImport.objects.update(content=SIXTEEN + b'"Lost')
    read_partner_list(newest().pk)
    page = text(client.get(at("import-detail")))
    assert "The partner list cannot be read" in page
    assert "Look for a lost quote" in page
    assert client.post(at("import-preview")).status_code == 409


def test_confirming_twice_is_a_409(client: Client) -> None:
    preview(client, SIXTEEN)
    client.post(at("import-confirm"))
    response = client.post(at("import-confirm"))
    assert response.status_code == 409
    assert "Nothing was written twice" in text(response)


def test_an_outdated_preview_is_refused_and_a_new_one_offered(client: Client) -> None:
    preview(client, SIXTEEN)
    old = newest()
    make_partner("Essex Police", kind="other")
    refused = client.post(at("import-confirm"))
    assert refused.status_code == 409
    again = at("import-preview")
    assert again in refused.content.decode()
    client.post(again)
    assert newest().pk != old.pk
    read_partner_list(newest().pk)
    assert "15 new 1 changed" in text(client.get(at("import-detail")))


def test_a_failed_reading_is_tried_again(client: Client, staff: User, client_of: ClientOf) -> None:
    upload(client, SIXTEEN)
    PartnerImport.objects.update(state="failed", error="OSError: no room")
    assert "could not be read" in text(client.get(at("import-detail")))
    listed = client_of(staff).get(reverse("progress:failed-job-list"))
    assert "Partner list" in text(listed)
    assert at("import-retry") in listed.content.decode()
    assert client_of(staff).post(at("import-retry")).status_code == 302
    read_partner_list(newest().pk)
    assert "16 new" in text(client.get(at("import-detail")))


@pytest.mark.parametrize("name", [*PAGES, *VERBS])
def test_an_unknown_import_is_404(client: Client, name: str) -> None:
    path = reverse(f"signatories:{name}", args=[10**30])
    method = client.post if name in VERBS else client.get
    assert method(path).status_code == 404


def test_without_refused_rows_there_is_no_file_of_them(client: Client) -> None:
    preview(client, SIXTEEN)
    assert client.get(at("import-refused")).status_code == 404


def test_only_administrators_import(staff: User, lead: User, client_of: ClientOf) -> None:
    for person in (staff, lead):
        assert upload(client_of(person), SIXTEEN).status_code == 403
    assert not PartnerImport.objects.exists()


@pytest.mark.parametrize("asked", ["?kind=nonsense", "?page=nonsense", "?kind=new&page=99999"])
def test_what_is_not_understood_shows_a_page(client: Client, asked: str) -> None:
    preview(client, SIXTEEN)
    assert client.get(at("import-detail") + asked).status_code == 200


def test_long_lists_come_in_pages(client: Client) -> None:
    rows = "".join(f"P{number},other\n" for number in range(101))
    page = preview(client, f"name,kind\n{rows}".encode())
    assert "New rows, page 1 of 2" in text(page)
    assert "P100" not in text(page)
    assert "P100" in text(client.get(at("import-detail") + "?kind=new&page=2"))


def test_a_page_costs_the_same_for_3_and_for_30_rows(client: Client, administrator: User) -> None:
    def queries(name: str, many: int) -> int:
        rows = "".join(f"P{many} {n},other,l@p{n}.example\n" for n in range(many))
        found = previewed(f"name,kind,leads\n{rows}".encode(), administrator)
        path = reverse(f"signatories:{name}", args=[found.pk])
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            client.get(path)
        return len(seen)

    for name in ("import-detail", "import-choose", "import-status"):
        assert queries(name, 3) == queries(name, 30) <= 6
