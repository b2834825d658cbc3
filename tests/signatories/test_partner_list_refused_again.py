"""The list of refused rows, uploaded again: refused again unchanged, and read where corrected."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from declaration.workbooks import Column, Page, write_workbook
from signatories.actions.partner_lists import Kind
from signatories.models import ImportRow, PartnerImport, User
from tests.signatories.importing import preview

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
REFUSED = b"name,kind,website\n=1+1,other,\n-dash,other,\n'=kept,bad,\n@x,other,\n"


@pytest.fixture
def again(client_of: ClientOf, administrator: User) -> Callable[[PartnerImport], bytes]:
    """The list of refused rows of an import, as it is downloaded."""

    def downloaded(found: PartnerImport) -> bytes:
        url = reverse("signatories:import-refused", args=[found.pk])
        return b"".join(client_of(administrator).get(url).streaming_content)  # type: ignore[attr-defined]  # a stream

    return downloaded


def said(found: PartnerImport) -> list[tuple[str, list[list[str]]]]:
    rows = found.rows.of_kind(ImportRow.Kind.REFUSED).order_by("line")
    return [(row.name, row.problems) for row in rows]


def test_it_is_refused_again_for_the_same_reasons(
    again: Callable[[PartnerImport], bytes], administrator: User
) -> None:
    first = preview(REFUSED, administrator)
    content = again(first)
    assert b",'=1+1,other" in content
    second = preview(content, administrator)
    assert len(said(second)) == 4
    assert said(second) == said(first)
    # And however often it goes round, the cells stay as they are.
    assert said(preview(again(second), administrator)) == said(first)
    assert cells(again(second)) == cells(content)


def test_its_cells_are_read_where_they_were_corrected(
    again: Callable[[PartnerImport], bytes], administrator: User
) -> None:
    content = again(preview(REFUSED, administrator))
    content = content.replace(b"'=1+1", b"1+1").replace(b"''=kept,bad", b"''=kept,other")
    content = content.replace(b"'-dash", b"''-dash").replace(b"'@x", b"x")
    found = preview(content, administrator)
    assert said(found) == []
    names = found.rows.of_kind(ImportRow.Kind.NEW).values_list("name", flat=True)
    assert list(names) == ["1+1", "-dash", "=kept", "x"]


def test_a_workbook_that_was_made_of_it_says_the_same(
    again: Callable[[PartnerImport], bytes], administrator: User
) -> None:
    first = preview(REFUSED, administrator)
    titles, *rows = cells(again(first))
    # As text that somebody typed into the workbook, after all.
    rows.append(["9", "", "-typed", "other", ""])
    page = Page("Partners", tuple(Column(title) for title in titles), rows)
    second = preview(write_workbook([page], title="T"), administrator, "refused.xlsx")
    assert said(second) == said(first)
    (typed,) = second.rows.of_kind(Kind.NEW)
    assert typed.name == "-typed"


def test_an_apostrophe_of_ones_own_is_taken_in_any_other_list(administrator: User) -> None:
    found = preview(b"name,kind\n'=1+1,other\n", administrator)
    assert [row.name for row in found.rows.of_kind(Kind.NEW)] == ["=1+1"]


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
