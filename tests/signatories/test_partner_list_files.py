"""Partner lists as people save them: read, or refused in words that say what to do."""

import pytest

from declaration.spreadsheets import UnreadableFileError
from signatories.actions.partner_imports import Change, Kind, Preview
from signatories.models import Partner
from signatories.resources import MAX_ROWS, read_partners
from tests.factories import FIXTURES, make_partner

pytestmark = pytest.mark.django_db

HEADER = "name,kind,gss_code,website,email_domains,active_from,active_to"


def read(*lines: str, encoding: str = "utf-8") -> Preview:
    return read_partners("\n".join(lines).encode(encoding))


def reasons(preview: Preview) -> list[tuple[int, str, str, str]]:
    return [(p.line, p.column, p.value, p.reason) for p in preview.problems]


def test_the_sixteen_partners_are_new() -> None:
    preview = read_partners((FIXTURES / "partners.csv").read_bytes())
    assert preview.problems == ()
    assert len(preview.of_kind(Kind.NEW)) == 16
    assert not Partner.objects.exists()


def test_a_whole_row_is_read() -> None:
    row = "Braintree District Council,District council,e07000067,https://www.braintree.gov.uk,"
    preview = read(HEADER, f'{row}"@braintree.gov.uk, Example.ORG",2026-04-01,31/03/2028')
    assert preview.problems == ()
    assert {change.column: change.new for change in preview.rows[0].changes} == {
        "name": "Braintree District Council",
        "kind": "district",
        "gss_code": "E07000067",
        "website": "https://www.braintree.gov.uk",
        "email_domains": "braintree.gov.uk example.org",
        "active_from": "2026-04-01",
        "active_to": "2028-03-31",
    }


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252")],
)
def test_what_the_encoding_was_is_said(encoding: str, said: str) -> None:
    preview = read("name,kind", "Cyngor Môn’s £,other", encoding=encoding)
    assert preview.encoding == said
    assert preview.rows[0].name == "Cyngor Môn’s £"


def test_semicolons_and_headers_in_any_order_and_case_are_understood() -> None:
    preview = read("GSS Code; KIND ;Name;E-mail domains", "E07000067;DISTRICT;Braintree;")
    assert preview.rows[0].name == "Braintree"
    assert preview.problems == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind_are_read(end: str) -> None:
    preview = read_partners(end.join(["name,kind", "", "A,other", ",", "B,nope"]).encode())
    assert [row.name for row in preview.rows] == ["A"]
    assert [problem.line for problem in preview.problems] == [5]


def test_a_line_break_inside_a_cell_keeps_the_lines_right() -> None:
    preview = read("name,kind", '"A', 'B",other', "C,nope")
    assert preview.rows[0].name == "A B"
    assert preview.problems[0].line == 4


def test_a_row_is_matched_by_its_code_then_by_its_name_without_case() -> None:
    by_code = make_partner("Old Name")
    Partner.objects.filter(pk=by_code.pk).update(gss_code="E07000001")
    make_partner("Essex Police", kind="police")
    preview = read("name,kind,gss_code", "New Name,district,E07000001", "ESSEX POLICE,police,")
    changed = preview.of_kind(Kind.CHANGED)
    assert changed[0].changes == (Change("name", "Old Name", "New Name"),)
    assert changed[1].changes == (Change("name", "Essex Police", "ESSEX POLICE"),)


def test_a_column_that_is_missing_changes_nothing_and_an_empty_cell_empties() -> None:
    partner = make_partner("Essex Police", kind="police")
    Partner.objects.filter(pk=partner.pk).update(website="https://essex.police.example")
    assert read("name,kind", "Essex Police,police").rows[0].kind == Kind.UNCHANGED
    preview = read("name,kind,website", "Essex Police,police,")
    assert preview.rows[0].changes == (Change("website", "https://essex.police.example", ""),)


def test_every_bad_row_is_listed_with_line_column_value_and_reason() -> None:
    make_partner("Taken Council")
    Partner.objects.filter(name="Taken Council").update(gss_code="E07000001")
    make_partner("Maldon District Council")
    preview = read(
        HEADER,
        "Good Council,district,,,,,",
        ",district,,,,,",
        "No Kind,,,,,,",
        "Bad Kind,parish,,,,,",
        "Bad Code,district,E0700,,,,",
        "Bad Site,district,,javascript:alert(1),,,",
        "Bad Domain,district,,,not a domain!,,",
        "Bad Date,district,,,,2026-02-30,",
        "Backwards,district,,,,2026-05-01,2026-04-01",
        "maldon district council,district,E07000001,,,,",
        f"{'x' * 201},district,,,,,",
        "Short,district",
        "good council,district,,,,,",
        "a\u202eb,district,,,,,",
    )
    found = {(line, column): (value, reason) for line, column, value, reason in reasons(preview)}
    columns = ["name", "kind", "kind", "gss_code", "website", "email_domains", "active_from"]
    columns += ["active_to", "name", "name", "", "", "name"]
    assert sorted(found) == list(enumerate(columns, start=3))
    assert found[5, "kind"][0] == "parish"
    assert found[6, "gss_code"][1] == "A GSS code is a letter and eight digits, like E07000067"
    assert found[7, "website"][0] == "javascript:alert(1)"
    assert found[9, "active_from"] == (
        "2026-02-30",
        "Enter a real date, like 2026-04-01 or 01/04/2026",
    )
    assert found[11, "name"][1] == "Another partner has this name already"
    assert found[13, ""][1] == "The row has 2 cells, but the header has 7"
    assert found[14, ""] == ("good council", "This is the same partner as in line 2")
    assert found[15, "name"] == (
        "a[U+202E]b",
        "There is a character that cannot be seen: U+202E",
    )


def test_several_faults_of_one_row_are_all_listed() -> None:
    preview = read(HEADER, "X,nope,1,ftp://x,!,then,now")
    assert len(preview.problems) == 6


def test_two_rows_for_one_partner_are_refused_however_they_name_it() -> None:
    partner = make_partner("Essex Police", kind="police")
    Partner.objects.filter(pk=partner.pk).update(gss_code="E07000001")
    preview = read(
        "name,kind,gss_code", "Essex Police,police,E07000001", "Constabulary,police,E07000001"
    )
    assert [p.reason for p in preview.problems] == ["This is the same partner as in line 2"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\n \n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"name,kind\n", "no rows under its header"),
        (b"Braintree,district\n", "The column “Braintree” is not known"),
        (b"name,kind,colour\nA,other,red\n", "The column “colour” is not known"),
        (b"name,Name,kind\nA,A,other\n", "is there twice"),
        (b"name\nA\n", "The header has no column: kind"),
        (b"website\nA\n", "The header has no column: name, kind"),
        (b'name,kind\n"A,other\n', "from line 2 on"),
        (b"name,kind\nA\0,other\n", "holds NUL characters"),
        ("name,kind\nA,other".encode("utf-16"), "in UTF-16"),
        (b"PK\x03\x04\x14\x00", "an Excel workbook"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"%PDF-1.7", "a PDF"),
        (b"name,kind\nA\x81,other\n", "neither UTF-8 nor Windows-1252"),
        (b"name,kind\n" + b"A" * 200_000 + b",other\n", "from line 2 on"),
    ],
    ids=str,
)
def test_what_is_no_partner_list_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        read_partners(content)


def test_what_people_type_stays_text() -> None:
    names = ["=HYPERLINK(1)", "<script>alert(1)</script>", "{{ 7*7 }}", "مجلس إسكس", "🏛 Council"]
    preview = read("name,kind", *(f"{name},other" for name in names))
    assert [row.name for row in preview.rows] == names


def test_reading_costs_one_query_however_long_the_file_is(
    django_assert_num_queries: object,
) -> None:
    rows = [f"Partner {number},other" for number in range(500)]
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        assert len(read("name,kind", *rows).rows) == 500


def test_a_file_of_more_rows_than_a_request_can_read_is_refused_at_once() -> None:
    rows = [f"Partner {number},nothing" for number in range(MAX_ROWS + 1)]
    with pytest.raises(UnreadableFileError, match="more than 10,000 rows"):
        read("name,kind", *rows)
    assert len(read("name,kind", *rows[:20]).problems) == 20
