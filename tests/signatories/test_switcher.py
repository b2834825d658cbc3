"""The bar above a partner's pages: whose page it is, and the way to the person's other partners."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from signatories.models import Membership, Partner, User

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
BAR = 'class="app-organisation"'
SWITCH = 'href="/start/?switch=yes"'


def home(partner: Partner) -> str:
    return f"/partners/{partner.slug}/"


@pytest.fixture
def both(lead: User, other_partner: Partner) -> User:
    """The lead, who also contributes to the other partner."""
    Membership.objects.create(person=lead, partner=other_partner, role="contributor")
    return lead


def test_the_bar_names_the_partner_on_each_of_its_pages(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    for address in ("", "members/", "improvements/", "reports/", "leave/", "signatures/"):
        page = client.get(f"{home(partner)}{address}").text
        assert BAR in page, address
        assert SWITCH not in page


def test_pages_about_nobody_in_particular_have_no_bar(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    assert all(BAR not in client.get(address).text for address in ("/", "/declaration/"))
    assert BAR not in Client().get("/").text


def test_a_page_that_is_refused_says_nothing_of_its_partner(
    partner: Partner, stranger: User, client_of: ClientOf
) -> None:
    page = client_of(stranger).get(home(partner))
    assert page.status_code == 404
    assert BAR not in page.text


def test_people_of_several_partners_switch_between_them(
    partner: Partner, other_partner: Partner, both: User, client_of: ClientOf
) -> None:
    client = client_of(both)
    assert SWITCH in client.get(home(partner)).text
    start = client.get("/start/?switch=yes").text
    for each in (partner, other_partner):
        assert f'href="{home(each)}"' in start
    assert BAR not in start
    assert other_partner.name in client.get(home(other_partner)).text


def test_the_partner_is_in_the_address_only(
    partner: Partner, other_partner: Partner, both: User, client_of: ClientOf
) -> None:
    client = client_of(both)
    client.get(home(partner))
    before = dict(client.session)
    client.get(home(other_partner))
    assert dict(client.session) == before


def test_a_role_that_has_ended_is_nothing_to_switch_to(
    partner: Partner, other_partner: Partner, both: User, client_of: ClientOf
) -> None:
    ended = Membership.objects.filter(partner=other_partner, person=both)
    ended.update(ended_at=timezone.now())
    assert SWITCH not in client_of(both).get(home(partner)).text


def test_people_of_ecda_switch_between_partners_of_their_own_only(
    partner: Partner, other_partner: Partner, staff: User, staff_member: User, client_of: ClientOf
) -> None:
    assert SWITCH not in client_of(staff).get(home(partner)).text
    client = client_of(staff_member)
    assert SWITCH not in client.get(home(partner)).text
    Membership.objects.create(person=staff_member, partner=other_partner, role="lead")
    assert SWITCH in client.get(home(partner)).text
    start = client.get("/start/?switch=yes").text
    assert f'href="{home(other_partner)}"' in start
    assert client.get("/start/").headers["Location"] == "/overview/"


def test_the_bar_costs_no_query(
    partner: Partner, other_partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)

    def queries() -> int:
        client.get(home(partner))
        with CaptureQueriesContext(connection) as found:
            client.get(home(partner))
        return len(found)

    before = queries()
    Membership.objects.create(person=lead, partner=other_partner, role="contributor")
    assert queries() == before


def test_a_name_with_markup_stays_text(partner: Partner, lead: User, client_of: ClientOf) -> None:
    Partner.objects.filter(pk=partner.pk).update(name="<b>Braintree & Co</b>")
    page = client_of(lead).get(home(partner)).text
    assert "&lt;b&gt;Braintree &amp; Co&lt;/b&gt;" in page
    assert "<b>Braintree" not in page
