"""Everybody sees who has signed what, when, and what has become of it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from commitments.actions import load_edition
from commitments.models import Edition
from signatories.actions.editions import publish_edition
from signatories.dashboards.register import Filters, State, register
from signatories.models import Partner, Signature, User
from tests.factories import EDITION_DATA, make_member, make_partner, make_signature

pytestmark = pytest.mark.django_db

REGISTER = "/register/"


def withdraw(signature: Signature, by: User, reason: str = "Signed by mistake") -> None:
    Signature.objects.filter(pk=signature.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=by, withdrawal_reason=reason
    )


def second_edition() -> Edition:
    draft = load_edition(data=EDITION_DATA | {"slug": "second", "title": "The second edition"})
    return publish_edition(edition=draft, by=None)


def on_paper(partner: Partner, edition: Edition, by: User) -> Signature:
    return Signature.objects.create(
        partner=partner,
        edition=edition,
        partner_name=partner.name,
        signatory_name="Petra Paper",
        job_title="Chair",
        authority="Decision of the board",
        signed_at=timezone.now() - timedelta(days=30),
        recorded_by=by,
        recorded_at=timezone.now(),
        minute_reference="Minute 12",
        scan="scans/x",
        scan_name="x.pdf",
        scan_media_type="application/pdf",
        scan_sha256="a" * 64,
    )


def names(filters: Filters) -> list[str]:
    return [entry.name for entry in register(filters).entries]


def test_it_says_who_signed_what_and_when(
    client: Client, edition: Edition, partner: Partner, other_partner: Partner, leader: User
) -> None:
    make_signature(partner, edition, leader)
    page = client.get(REGISTER).text
    for words in (
        "Braintree District Council", "District council", edition.title, "Lara Leader",
        "Chief Executive", f"{timezone.localdate():%-d %B %Y}", "Maldon District Council",
        "Not signed", "2 partners. 1 has signed the newest edition.",
    ):  # fmt: skip
        assert words in page
    assert leader.email not in page
    assert "Under delegated powers" not in page


def test_a_partner_is_in_one_state(
    edition: Edition, partner: Partner, leader: User, administrator: User
) -> None:
    def state() -> State:
        (entry,) = register(Filters()).entries
        return entry.state

    assert state() == State.NONE
    first = make_signature(partner, edition, leader)
    assert state() == State.NEWEST
    newer = second_edition()
    assert state() == State.EARLIER
    second = make_signature(partner, newer, leader)
    assert state() == State.NEWEST
    withdraw(second, leader)
    assert state() == State.EARLIER
    withdraw(first, leader)
    assert state() == State.WITHDRAWN


def test_a_withdrawal_is_shown_with_its_day_and_reason_and_nothing_is_deleted(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    withdraw(make_signature(partner, edition, leader), leader, "Our <b>board</b> decided so")
    make_signature(partner, edition, leader)
    page = client.get(REGISTER).text
    assert "Our &lt;b&gt;board&lt;/b&gt; decided so" in page
    assert f"Withdrawn on {timezone.localdate():%-d %B %Y}" in page
    assert page.count("by <bdi>Lara Leader</bdi>") == 2
    assert "Signed the newest edition</strong>" in page


def test_a_signature_on_paper_says_so(
    client: Client, edition: Edition, partner: Partner, administrator: User
) -> None:
    on_paper(partner, edition, administrator)
    page = client.get(REGISTER).text
    assert "signed on paper on" in page
    assert "Petra Paper" in page
    for secret in (administrator.name, "Minute 12", "scans/x"):
        assert secret not in page


def test_a_partner_of_the_past_stays_if_it_ever_signed(
    client: Client, edition: Edition, partner: Partner, leader: User, other_partner: Partner
) -> None:
    make_signature(partner, edition, leader)
    Partner.objects.update(active_to=date(2025, 3, 31))
    assert names(Filters()) == [partner.name]
    assert "until 31 March 2025" in client.get(REGISTER).text


def test_a_partner_of_the_future_is_not_listed_yet(db: None, partner: Partner) -> None:
    Partner.objects.update(active_from=timezone.localdate() + timedelta(days=1))
    assert names(Filters()) == []


def test_a_partner_that_was_renamed_says_under_which_name_it_signed(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    make_signature(partner, edition, leader)
    Partner.objects.filter(pk=partner.pk).update(name="Greater Essex Council")
    assert "for Braintree District Council" in client.get(REGISTER).text


def test_the_filter_is_by_kind_and_state_and_each_selection_can_be_removed(
    client: Client, edition: Edition, partner: Partner, leader: User, other_partner: Partner
) -> None:
    make_signature(partner, edition, leader)
    make_partner("Essex Police", kind="police")
    assert names(Filters(kind="district")) == [partner.name, other_partner.name]
    assert names(Filters(kind="district", state="none")) == [other_partner.name]
    page = client.get(REGISTER, {"kind": "district", "state": "none"}).text
    assert "1 of 2 partners" in page
    assert 'href="/register/?state=none"' in page
    assert 'href="/register/?kind=district"' in page
    assert 'href="/register.csv?kind=district&amp;state=none"' in page


def test_a_filter_that_is_not_understood_shows_all_and_says_so(
    client: Client, partner: Partner
) -> None:
    page = client.get(REGISTER, {"kind": "__class__", "state": "newest' OR 1=1"}).text
    assert "There is a problem" in page
    assert "There is no such kind. All kinds are shown." in page
    assert "There is no such state. All partners are shown." in page
    assert partner.name in page


@pytest.mark.parametrize("number", ["0", "-1", "999999999999999999999", "x", ""])
def test_any_page_number_leads_to_a_page(client: Client, partner: Partner, number: str) -> None:
    response = client.get(REGISTER, {"page": number})
    assert response.status_code == 200
    assert partner.name in response.text


def test_an_empty_register_says_so(client: Client, db: None) -> None:
    assert "The register is empty" in client.get(REGISTER).text


def test_a_filter_that_nobody_fits_says_so(client: Client, partner: Partner) -> None:
    page = client.get(REGISTER, {"kind": "police"}).text
    assert "No partner fits" in page
    assert "Download" not in page


def test_a_hundred_partners_make_a_page_and_the_filter_stays(client: Client, db: None) -> None:
    Partner.objects.bulk_create(
        Partner(name=f"Partner {number:03}", slug=f"p-{number}", kind="health")
        for number in range(101)
    )
    first = client.get(REGISTER, {"kind": "health"}).text
    assert "Partner 099" in first
    assert "Partner 100" not in first
    assert "?kind=health&amp;page=2" in first
    assert "Partner 100" in client.get(REGISTER, {"kind": "health", "page": "2"}).text


@pytest.mark.parametrize("count", [3, 30])
def test_three_queries_are_enough(
    client: Client,
    edition: Edition,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        partner = make_partner()
        make_signature(partner, edition, make_member(partner, "leader"))
    for address in (REGISTER, "/register.csv"):
        with django_assert_num_queries(3):
            client.get(address).getvalue()


def test_an_unchanged_register_is_not_sent_again(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    for address in (REGISTER, "/register.csv"):
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    tags = [client.get(address).headers["ETag"] for address in (REGISTER, "/register.csv")]
    make_signature(partner, edition, leader)
    for address, tag in zip((REGISTER, "/register.csv"), tags, strict=True):
        assert client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_it_is_only_read(client: Client, db: None) -> None:
    for address in (REGISTER, "/register.csv"):
        assert client.post(address).status_code == 405
