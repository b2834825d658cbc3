"""Partner lists row by row: matched, compared with what there is, and written."""

import time
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from signatories.actions.partner_lists import ASKED, Change, Kind, Row, Tick, digest
from signatories.models import Invitation, Membership, Partner
from signatories.resources import COLUMNS, open_list
from tests.factories import FIXTURES, make_member, make_partner

pytestmark = pytest.mark.django_db

HEADER = "name,kind,gss_code,website,email_domains,active_from,active_to,leads"


def read(*lines: str, save: bool = False, ticks: frozenset[Tick] = frozenset()) -> list[Row]:
    content = "\n".join(lines).encode()
    return list(open_list(content, "partners.csv").rows(save=save, ticks=ticks))


def problems(rows: list[Row]) -> list[tuple[int, str, str]]:
    return [(row.line, p.column, p.reason) for row in rows for p in row.problems]


def test_the_template_has_the_columns_that_are_read() -> None:
    assert HEADER.split(",") == list(COLUMNS)


def test_the_sixteen_partners_are_new_and_looking_writes_nothing() -> None:
    content = (FIXTURES / "partners.csv").read_bytes()
    rows = list(open_list(content, "partners.csv").rows())
    assert [row.kind for row in rows] == [Kind.NEW] * 16
    assert not Partner.objects.exists()


def test_a_whole_row_is_read_and_written() -> None:
    row = "Braintree District Council,District council,e07000067,https://www.braintree.gov.uk,"
    rest = '"@braintree.gov.uk, Example.ORG",2026-04-01,31/03/2028,Ann <ann@braintree.gov.uk>'
    (found,) = read(HEADER, row + rest, save=True)
    assert {change.column: change.new for change in found.changes} == {
        "name": "Braintree District Council",
        "kind": "district",
        "gss_code": "E07000067",
        "website": "https://www.braintree.gov.uk",
        "email_domains": "braintree.gov.uk example.org",
        "active_from": "2026-04-01",
        "active_to": "2028-03-31",
        "lead ann@braintree.gov.uk": "invited as lead",
    }
    partner = Partner.objects.get()
    assert found.partner_pk == partner.pk
    assert partner.slug == "braintree-district-council"
    assert partner.email_domains == ["braintree.gov.uk", "example.org"]
    # Inviting is not the reader's.
    assert not Invitation.objects.exists()
    assert {row.kind for row in read(HEADER, row + rest.split(",Ann")[0] + ",")} == {Kind.UNCHANGED}


def test_a_row_is_matched_by_its_code_then_by_its_name_without_case() -> None:
    by_code = make_partner("Old Name")
    Partner.objects.filter(pk=by_code.pk).update(gss_code="E07000001")
    make_partner("Essex Police", kind="police")
    changed = read("name,kind,gss_code", "New Name,district,E07000001", "ESSEX POLICE,police,")
    assert [row.kind for row in changed] == [Kind.CHANGED, Kind.CHANGED]
    assert changed[0].changes == (Change("name", "Old Name", "New Name", ASKED),)
    assert changed[1].changes == (Change("name", "Essex Police", "ESSEX POLICE", ASKED),)


def test_a_rename_is_written_where_it_is_ticked_and_the_rest_in_any_case() -> None:
    for number in 1, 2:
        partner = make_partner(f"Old {number}")
        Partner.objects.filter(pk=partner.pk).update(gss_code=f"E0700000{number}")
    lines = ["name,kind,gss_code", "New 1,unitary,E07000001", "New 2,unitary,E07000002"]
    before = digest(read(*lines))
    saved = read(*lines, save=True, ticks=frozenset({(3, "name")}))
    assert digest(saved) == before
    assert list(Partner.objects.order_by("gss_code").values_list("name", "kind", "slug")) == [
        ("Old 1", "unitary", Partner.objects.get(gss_code="E07000001").slug),
        ("New 2", "unitary", Partner.objects.get(gss_code="E07000002").slug),
    ]


def test_a_column_that_is_missing_changes_nothing_and_an_empty_cell_empties() -> None:
    partner = make_partner("Essex Police", kind="police")
    Partner.objects.filter(pk=partner.pk).update(website="https://essex.police.example")
    assert read("name,kind", "Essex Police,police")[0].kind == Kind.UNCHANGED
    (row,) = read("name,kind,website", "Essex Police,police,")
    assert row.changes == (Change("website", "https://essex.police.example", ""),)


def test_the_history_keeps_each_change_and_nothing_of_rows_that_changed_nothing() -> None:
    lines = ["name,kind", *(f"P {number},other" for number in range(5))]
    read(*lines, save=True)
    read(*lines[:-1], "P 4,health", save=True)
    kept = {
        partner.name: [found.pgh_label for found in partner.history.order_by("pgh_id")]  # type: ignore[attr-defined]  # pghistory's relation
        for partner in Partner.objects.all()
    }
    assert kept.pop("P 4") == ["insert", "update"]
    assert set(map(tuple, kept.values())) == {("insert",)}


def test_new_partners_of_one_name_in_letters_get_slugs_of_their_own() -> None:
    make_partner("Other", slug="partner")
    read("name,kind", "مجلس,other", "委員会,other", "A & B,other", "A B,other", save=True)
    slugs = Partner.objects.exclude(name="Other").order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["partner-2", "partner-3", "a-b", "a-b-2"]


def test_several_faults_of_one_row_are_all_listed() -> None:
    (row,) = read(HEADER, "=X,nope,1,ftp://x,!,then,now,nobody")
    assert [problem.column for problem in row.problems] == list(COLUMNS)
    assert row.cells == ("=X", "nope", "1", "ftp://x", "!", "then", "now", "nobody")


def test_a_problem_names_the_files_own_header() -> None:
    rows = read("Official-Name;GSS Code;Kind", "A;123;other")
    assert [(line, column) for line, column, _ in problems(rows)] == [(2, "GSS Code")]


def test_two_rows_for_one_partner_are_refused_however_they_name_it() -> None:
    partner = make_partner("Essex Police", kind="police")
    Partner.objects.filter(pk=partner.pk).update(gss_code="E07000001")
    rows = read(
        "name,kind,gss_code",
        "Essex Police,police,E07000001",
        "Constabulary,police,E07000001",
        "essex police,police,",
    )
    said = "This is the same partner as in line 2"
    assert problems(rows) == [(3, "", said), (4, "", said)]


def test_two_rows_for_one_partner_are_found_a_thousand_rows_apart() -> None:
    rows = read("name,kind", *(f"P {number},other" for number in range(1_500)), "p 3,other")
    assert problems(rows) == [(1_502, "", "This is the same partner as in line 5")]


def test_a_lead_is_known_by_the_address_without_case() -> None:
    partner = make_partner("Essex Police", kind="police")
    lead = make_member(partner, "lead")
    contributor = make_member(partner, "contributor")
    (row,) = read(
        "name,kind,leads",
        f"Essex Police,police,{lead.email.upper()}; X <{contributor.email.upper()}>",
    )
    assert row.changes == (Change(f"lead {contributor.email}", "contributor", "lead", ASKED),)
    assert row.kind == Kind.CHANGED
    assert row.partner_pk == partner.pk


def test_somebody_who_has_left_is_invited_again() -> None:
    partner = make_partner("Essex Police", kind="police")
    lead = make_member(partner, "lead")
    Membership.objects.filter(person=lead).update(
        ended_at="2026-01-01T00:00Z", started_at="2025-01-01T00:00Z"
    )
    (row,) = read("name,kind,leads", f"Essex Police,police,{lead.email}")
    assert [each.held for each in row.leads] == [""]


def test_what_the_database_refuses_is_raised_and_nothing_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("signatories.resources.rows.Slugs.new", lambda self, name: "the-same")
    with pytest.raises(IntegrityError), transaction.atomic():
        read("name,kind", "A,other", "B,other", save=True)
    assert not Partner.objects.exists()


def test_reading_costs_as_many_queries_for_one_row_as_for_a_thousand() -> None:
    make_partner("P 0", kind="other")

    def asked(count: int) -> int:
        lines = [f"P {number},other,lead{number}@example.org" for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert len(read("name,kind,leads", *lines)) == count
        return len(queries)

    assert asked(1) == asked(1_000) == 5


@pytest.mark.parametrize(
    "cell",
    [
        "a" + " " * 100_000 + "b",
        "<" * 100_000,
        '"' * 100_001,
        '"a" ' * 20_000,
        "a@" * 50_000,
        (" " * 50 + "\n") * 2_000 + "x",
    ],
    ids=["blanks", "angles", "quotes", "quoted", "ats", "lines"],
)
def test_a_cell_that_is_made_to_be_slow_is_not(cell: str, seconds: Callable[..., float]) -> None:
    quoted = cell.replace('"', '""')
    rows: list[Row] = []
    spent = seconds(lambda: rows.extend(read("name,kind,leads,website", f'A,other,"{quoted}",')))
    assert rows[0].kind == Kind.REFUSED
    assert spent < 3


@pytest.fixture
def seconds() -> Callable[[Callable[[], object]], float]:
    """The processor time that some work takes."""

    def spent(work: Callable[[], object]) -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return spent
