"""A lead whose address is outside the partner's domains is invited, but the preview says so."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from signatories.actions.domains import is_outside
from signatories.models import Invitation, Partner, User
from signatories.tasks import read_partner_list
from tests.factories import make_partner
from tests.signatories.importing import confirm, preview, upload

pytestmark = pytest.mark.django_db

NOTE = "(outside the partner’s e-mail domains)"


@pytest.fixture
def alpha() -> Partner:
    partner = make_partner("Alpha")
    Partner.objects.filter(pk=partner.pk).update(email_domains=["alpha.example"])
    return partner


def marked(list_: str, by: User) -> set[str]:
    """The columns that the preview marks."""
    rows = preview(list_.encode(), by).rows.all()
    return {one["column"] for row in rows for one in row.changes if one.get("outside")}


@pytest.mark.parametrize(
    ("email", "domains", "outside"),
    [
        ("ada@alpha.example", ["alpha.example"], False),
        ("ada@ALPHA.example", ["@Alpha.Example"], False),
        ("ada@it.alpha.example", ["alpha.example"], False),
        ("ada@notalpha.example", ["alpha.example"], True),
        ("ada@b.example", ["alpha.example", "b.example"], False),
        ("ada@b.example", [], False),
    ],
)
def test_an_address_is_outside_when_no_domain_is_its_own(
    email: str, domains: list[str], outside: bool
) -> None:
    assert is_outside(email, domains) is outside


def test_the_preview_marks_who_is_outside_and_says_how_many(
    administrator: User, alpha: Partner, client_of: Callable[[User], Client]
) -> None:
    list_ = 'name,kind,leads\nAlpha,district,"ada@alpha.example; eve@other.example"\n'
    found = preview(list_.encode(), administrator)
    assert [one.get("outside", False) for one in found.rows.get().changes[-2:]] == [False, True]
    said = "One lead has an address outside the partner’s e-mail domains."
    assert [remark for remark in found.remarks if remark.startswith(said)]
    page = client_of(administrator).get(reverse("signatories:import-detail", args=[found.pk]))
    assert page.content.decode().count(NOTE) == 1
    assert said in page.content.decode()
    confirm(found, administrator)
    assert Invitation.objects.count() == 2


def test_the_domains_of_the_same_row_count(administrator: User, alpha: Partner) -> None:
    list_ = "name,kind,email_domains,leads\nAlpha,district,new.example,{}\n"
    assert not marked(list_.format("ada@new.example"), administrator)
    assert marked(list_.format("ada@alpha.example"), administrator) == {"lead ada@alpha.example"}


def test_a_new_partner_has_the_domains_of_its_row(administrator: User) -> None:
    list_ = "name,kind,email_domains,leads\nNew,district,new.example,{}\n"
    assert not marked(list_.format("ada@new.example"), administrator)
    assert marked(list_.format("ada@b.example"), administrator) == {"lead ada@b.example"}


def test_without_domains_nobody_is_outside(administrator: User) -> None:
    assert not marked("name,kind,leads\nNew,district,ada@b.example\n", administrator)


def test_a_hundred_leads_are_looked_at_with_as_many_queries_as_three(administrator: User) -> None:
    def queries(many: int) -> int:
        Partner.objects.bulk_create(
            Partner(
                name=f"P{many} {n}", slug=f"p{many}-{n}", kind="other", email_domains=["p.example"]
            )
            for n in range(many)
        )
        rows = "".join(f"P{many} {n},other,l{n}@b.example\n" for n in range(many))
        found = upload(f"name,kind,leads\n{rows}".encode(), administrator)
        with CaptureQueriesContext(connection) as seen:
            read_partner_list(found.pk)
        found.refresh_from_db()
        assert found.remarks[-1].startswith(f"{many} leads have addresses outside")
        return len(seen)

    assert queries(3) == queries(100)
