"""How many queries each page needs: few, and the same for 30 partners as for 3."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Round, SupportRequest
from commitments.models import Edition, SupportOffer
from progress.actions import request_report
from signatories.models import Partner, User
from tests.assessment_factories import make_round
from tests.factories import make_member, make_partner, make_signature
from tests.progress.past import make_past_round

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
STAFF_PAGES = [
    ("/overview/", 10),
    ("/overview.csv", 4),
    ("/heatmap/", 7),
    ("/heatmap/?state=all&sort=-2.1&kind=district", 8),
    ("/heatmap.csv?state=all", 8),
    ("/heatmap/indicators.csv", 7),
]


def queries(client: Client, address: str) -> int:
    """How many queries a page needs once the session is under way."""
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def fill(edition: Edition, staff: User, size: int) -> Round:
    """A round of that many partners, each with a leader, a signature and a wish."""
    offer = SupportOffer.objects.all()[0]
    for _ in range(size):
        partner = make_partner()
        leader = make_member(partner, "leader")
        make_signature(partner, edition, leader)
        SupportRequest.objects.create(
            partner=partner, indicator=offer.indicators.all()[0], offer=offer, asked_by=leader
        )
    return make_round(edition, staff)


@pytest.mark.parametrize("size", [3, 30])
def test_staff_pages_need_at_most_ten_queries(
    size: int, edition: Edition, staff: User, client_of: ClientOf
) -> None:
    fill(edition, staff, size)
    client = client_of(staff)
    assert [(address, queries(client, address)) for address, _ in STAFF_PAGES] == STAFF_PAGES


def test_the_public_home_page_needs_at_most_three_queries_for_thirty_signatories(
    edition: Edition, staff: User, client: Client
) -> None:
    fill(edition, staff, 30)
    assert queries(client, "/") <= 3


@pytest.mark.parametrize("size", [1, 6])
def test_a_partner_page_needs_eight_queries(
    size: int,
    edition: Edition,
    partner: Partner,
    leader: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    make_signature(partner, edition, leader)
    for _ in range(size):
        make_member(partner, "contributor")
        found = make_past_round(edition, staff)
        request_report(partner=partner, round=found, key="one", by=leader)
    make_round(edition, staff)
    assert queries(client_of(leader), f"/partners/{partner.slug}/") == 8
    assert queries(client_of(staff), f"/partners/{partner.slug}/") == 8


@pytest.mark.parametrize("size", [1, 6])
def test_the_list_of_reports_needs_seven_queries(
    size: int, edition: Edition, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    for _ in range(size):
        found = make_past_round(edition, staff)
        request_report(partner=partner, round=found, key="one", by=make_member(partner, "lead"))
    assert queries(client_of(lead), f"/partners/{partner.slug}/reports/") == 7


def test_asking_how_far_a_report_is_needs_three_queries(
    partner: Partner, round: Round, lead: User, client_of: ClientOf
) -> None:
    report = request_report(partner=partner, round=round, key="one", by=lead)
    assert queries(client_of(lead), f"/reports/{report.code}/status") == 3
