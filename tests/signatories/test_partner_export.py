"""Partners to take away: the columns of the import, safe to open, and back unchanged."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from declaration.exports import csv_lines, write_table
from declaration.spreadsheets import safe_cell
from declaration.workbooks import read_workbook
from signatories.actions.partner_lists import Kind
from signatories.models import Event, Invitation, Membership, Partner, User
from signatories.resources import COLUMNS, SHEET, export_rows, open_list
from signatories.resources.cells import Person, people_in
from signatories.verbs import Verb
from tests.factories import make_member, make_partner, make_user

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
CSV = "/administration/partners.csv"
XLSX = "/administration/partners.xlsx"
# Names as people have them, and as people try them.
NAMES = [
    "Cyngor Sir Ynys Môn", "=1+1", "+44 Council", "-Council", "@home", "'=Council", "＝Council",
    'The "Quoted" Council', "Council; of, separators", "King’s £ Council", "<script>alert(1)",
]  # fmt: skip
LEADS = ["Lee Lead", "=cmd", "Smith, John", "O’Hara; A", 'A "B" <c>']


def rows_of(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def invite(partner: Partner, email: str, by: User, *, role: str = "lead", days: int = 7) -> None:
    now = timezone.now()
    Invitation.objects.create(
        partner=partner,
        email=email,
        name="Ivy Invited",
        role=role,
        invited_by=by,
        invited_at=now - timedelta(days=20),
        sent_at=now - timedelta(days=20),
        expires_at=now + timedelta(days=days),
    )


@pytest.fixture
def world(administrator: User) -> list[Partner]:
    """Partners with everything that a list can say of them."""
    partners = [
        Partner.objects.create(
            name=name,
            slug=f"partner-{number}",
            kind=Partner.Kind.values[number],
            gss_code=f"E0700000{number}" if number < 10 else "",
            website="https://www.example.org/?a=1,2" if number % 2 else "",
            email_domains=["example.org", "essex.example"][: number % 3],
            active_from=date(2020, 4, 1) if number % 2 else None,
            active_to=date(2030, 3, 31) if number % 3 else None,
        )
        for number, name in enumerate(NAMES)
    ]
    for partner, name in zip(partners, LEADS, strict=False):
        make_member(partner, "lead", name)
        make_member(partner, "leader", f"{name} the leader")
        make_member(partner, "contributor", "Connie Contributor")
    invite(partners[0], "invited@example.org", administrator)
    return partners


def test_it_has_the_columns_of_the_import(
    client_of: ClientOf, administrator: User, partner: Partner, lead: User, leader: User
) -> None:
    Partner.objects.filter(pk=partner.pk).update(
        gss_code="E07000067", email_domains=["a.example", "b.example"], active_from=date(2020, 4, 1)
    )
    make_member(partner, "contributor")
    response = client_of(administrator).get(CSV)
    (row,) = rows_of(response.getvalue())
    assert tuple(row) == COLUMNS
    assert row == {
        "name": "Braintree District Council",
        "kind": "district",
        "gss_code": "E07000067",
        "website": "",
        "email_domains": "a.example b.example",
        "active_from": "2020-04-01",
        "active_to": "",
        "leads": f"Lara Leader <{leader.email}>; Lee Lead <{lead.email}>",
    }
    name = 'attachment; filename="essex-data-declaration-partners.csv"'
    assert response.headers["Content-Disposition"] == name


def test_leads_are_who_leads_now_or_was_asked_to(
    partner: Partner, lead: User, former: User, disabled: User, administrator: User
) -> None:
    invite(partner, "Invited@example.org", administrator)
    invite(partner, "late@example.org", administrator, days=-1)
    invite(partner, "contributor@example.org", administrator, role="contributor")
    (row,) = export_rows(Partner.objects.all())
    leads = row[COLUMNS.index("leads")]
    assert leads == f"Lee Lead <{lead.email}>; Ivy Invited <invited@example.org>"


def test_who_has_a_closed_account_is_left_out(
    partner: Partner, lead: User, administrator: User
) -> None:
    closed = make_user("Clo Sed", email="closed@example.org", is_active=False)
    make_user("Open", email="open@example.org")
    invite(partner, closed.email.upper(), administrator)
    invite(partner, "open@example.org", administrator)
    content = exported()
    assert "closed@" not in content.decode().lower()
    assert "open@example.org" in content.decode()
    assert kinds_of(content) == [Kind.UNCHANGED]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Zoë 👨\u200d👩\u200d👧", "Zoë 👨👩👧"), ("a\u00adb", "ab"), ("A\u200fB", "AB"),
        ("\u202eabc", "abc"), ("\ufffd lost", "lost"), ("\u200b", ""), ("A\x00B", "AB"),
        ("O'Brien,\u200d Ann", '"O\'Brien, Ann"'), ("\ufeff=cmd", "=cmd"),
    ],
)  # fmt: skip
def test_a_name_with_signs_that_cannot_be_seen_comes_back(name: str, written: str) -> None:
    person = Person("zoe@example.org", name)
    assert str(person) == (f"{written} <{person.email}>" if written else person.email)
    read = people_in(safe_cell(str(person)))
    assert [each.email for each in read] == [person.email]
    if "\x00" not in name:
        make_member(make_partner("P"), "lead", name)
        assert kinds_of(exported()) == [Kind.UNCHANGED]


def test_no_more_people_are_written_than_a_row_may_name() -> None:
    partner = make_partner("P")
    for number in range(25):
        make_member(partner, "lead", f"Lead {number}")
    assert kinds_of(exported()) == [Kind.UNCHANGED]


def exported() -> bytes:
    return b"".join(csv_lines(COLUMNS, export_rows(Partner.objects.order_by("name"))))


def kinds_of(content: bytes) -> list[Kind]:
    return [row.kind for row in open_list(content, "partners.csv").rows()]


def test_what_is_looked_for_is_what_is_downloaded(
    client_of: ClientOf, administrator: User, partner: Partner, other_partner: Partner
) -> None:
    make_partner("Braintree Police", kind="police")
    found = client_of(administrator).get(CSV, {"q": "braintree", "kind": "district"})
    assert [row["name"] for row in rows_of(found.getvalue())] == [partner.name]
    event = Event.objects.get(verb=Verb.PARTNERS_EXPORTED)
    assert event.by == administrator
    assert event.note == "CSV, Name or GSS code: braintree, Kind of partner: District council"


def test_a_filter_that_is_not_understood_leads_back_and_nothing_is_noted(
    client_of: ClientOf, administrator: User, partner: Partner
) -> None:
    for address in (CSV, XLSX):
        response = client_of(administrator).get(address, {"kind": "nothing"})
        assert response.headers["Location"] == "/administration/partners/?kind=nothing"
    assert not Event.objects.filter(verb=Verb.PARTNERS_EXPORTED).exists()


def test_both_files_say_the_same(
    client_of: ClientOf, administrator: User, world: list[Partner]
) -> None:
    client = client_of(administrator)
    as_text = rows_of(client.get(CSV).getvalue())
    (sheet,) = read_workbook(client.get(XLSX).getvalue())
    header, *rows = sheet.rows
    titles = [header.cell(place).text for place in range(len(COLUMNS))]
    assert titles == list(COLUMNS)
    found = [{t: row.cell(p).text for p, t in enumerate(titles)} for row in rows]
    assert found == as_text
    assert len(found) == len(world)


def test_no_cell_is_a_formula(world: list[Partner]) -> None:
    content = b"".join(csv_lines(COLUMNS, export_rows(Partner.objects.all())))
    cells = [cell for row in rows_of(content) for cell in row.values()]
    assert "'=1+1" in cells
    assert "''=Council" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝"))]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_an_exported_list_comes_back_with_nothing_changed(
    world: list[Partner], suffix: str
) -> None:
    rows = export_rows(Partner.objects.order_by("name"))
    if suffix == "csv":
        content = b"".join(csv_lines(COLUMNS, rows))
    else:
        with write_table("Partners", SHEET, rows) as file:
            content = file.read()
    read = list(open_list(content, f"partners.{suffix}").rows())
    assert [
        (row.name, row.problems, row.changes) for row in read if row.kind != Kind.UNCHANGED
    ] == []
    assert sorted(row.name for row in read) == sorted(NAMES)


def test_an_exported_list_makes_the_same_partners_again(world: list[Partner]) -> None:
    content = b"".join(csv_lines(COLUMNS, export_rows(Partner.objects.order_by("name"))))
    facts = COLUMNS[:-1]
    before = list(Partner.objects.order_by("name").values(*facts))
    Invitation.objects.all().delete()
    Membership.objects.all().delete()
    Partner.objects.all().delete()
    read = list(open_list(content, "partners.csv").rows(save=True))
    assert {row.kind for row in read} == {Kind.NEW}
    assert list(Partner.objects.order_by("name").values(*facts)) == before


@pytest.mark.parametrize("count", [3, 30])
def test_the_number_of_queries_does_not_grow(
    django_assert_num_queries: DjangoAssertNumQueries, db: None, count: int
) -> None:
    for _ in range(count):
        make_member(make_partner(), "lead")
    with django_assert_num_queries(4):
        assert len(list(export_rows(Partner.objects.order_by("name")))) == count


@pytest.mark.parametrize("address", [CSV, XLSX])
def test_only_administrators_take_partners_away(
    client_of: ClientOf, address: str, staff: User, lead: User
) -> None:
    for person in (staff, lead):
        assert client_of(person).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert not Event.objects.filter(verb=Verb.PARTNERS_EXPORTED).exists()
