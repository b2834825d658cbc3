"""Each page here needs as many queries for 500 partners as for 16, after two rounds."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment, Round
from assessments.workflow import State
from commitments.models import Edition
from declaration import files
from progress.management.scale import Region, Size
from progress.models import Report
from signatories.models import Membership, Partner, User

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
STAFF, LEADER, PUBLIC = "staff", "leader", "public"


@dataclass(frozen=True)
class Page:
    """An address, who opens it, and the most queries that it may need.

    That is with nothing cached, and where the cache is kept in the database, which counts, too.
    `{now}` is the round that is open, `{then}` the one before, `{partner}` one of the partners.
    """

    address: str
    who: str
    budget: int


PAGES = [
    # ecda
    Page("/overview/", STAFF, 13),
    Page("/overview.csv", STAFF, 10),
    Page("/overview.xlsx", STAFF, 10),
    Page("/heatmap/", STAFF, 10),
    Page("/heatmap/?state=all&sort=-2.1&kind=district", STAFF, 10),
    Page("/heatmap.csv", STAFF, 10),
    Page("/heatmap.xlsx", STAFF, 10),
    Page("/figures/{now}/indicators/2.1/", STAFF, 10),
    Page("/figures/{now}/indicators/2.1/answers.csv", STAFF, 10),
    Page("/figures/{now}/indicators/2.1/answers.xlsx", STAFF, 10),
    Page("/figures/{now}/commitments/2/", STAFF, 10),
    Page("/figures/{now}/commitments/2/answers.csv", STAFF, 10),
    Page("/figures/{now}/commitments/2/answers.xlsx", STAFF, 10),
    Page("/reports/", STAFF, 10),
    Page("/reports/{report}/page/", STAFF, 12),
    # a partner
    Page("/partners/{partner}/", LEADER, 11),
    Page("/partners/{partner}/", STAFF, 8),
    Page("/partners/{partner}/progress/", LEADER, 20),
    Page("/partners/{partner}/progress/", STAFF, 20),
    Page("/partners/{partner}/progress.csv", LEADER, 20),
    Page("/partners/{partner}/progress.xlsx", LEADER, 20),
    Page("/partners/{partner}/publishing/", LEADER, 8),
    Page("/partners/{partner}/reports/", LEADER, 8),
    # everybody
    Page("/", PUBLIC, 12),
    Page("/progress/", PUBLIC, 12),
    Page("/register/", PUBLIC, 4),
    Page("/register/{partner}/", PUBLIC, 6),
    Page("/open-data/", PUBLIC, 4),
    Page("/open-data/api/", PUBLIC, 12),
    # Each counts how often it is asked for, in the cache.
    Page("/data/signatories.csv", PUBLIC, 13),
    Page("/data/{then}/release-1/results.csv", PUBLIC, 23),
    Page("/data/{then}/release-1/ratings.csv", PUBLIC, 14),
    Page("/api/v1/editions", PUBLIC, 13),
    Page("/api/v1/commitments", PUBLIC, 13),
    Page("/api/v1/indicators", PUBLIC, 13),
    Page("/api/v1/signatories", PUBLIC, 13),
    Page("/api/v1/rounds", PUBLIC, 13),
    Page("/api/v1/releases", PUBLIC, 13),
    Page("/api/v1/releases/{then}/1/results", PUBLIC, 23),
    Page("/api/v1/releases/{then}/1/ratings", PUBLIC, 14),
]


@contextmanager
def undone() -> Iterator[None]:
    """Undo what was made inside, so that the next thing begins where this one began."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fill(edition: Edition, staff: User, partners: int) -> dict[str, str]:
    """Make so many partners with two rounds; returns what addresses name."""
    for _ in Region(edition, staff).make(Size(partners=partners, rounds=2)):
        pass
    now, then = Round.objects.opened().latest_first()
    partner = Partner.objects.get(slug="made-up-0001")
    return {
        "now": now.slug,
        "then": then.slug,
        "partner": partner.slug,
        "report": kept_report(partner, then, staff).code,
    }


def kept_report(partner: Partner, round: Round, staff: User) -> Report:
    """A report that was made, with its page; what stands in the page is not measured."""
    kept = files.keep(b"<h2>The year at a glance</h2>", "reports", ".html")
    return Report.objects.create(
        key="kept",
        partner=partner,
        round=round,
        requested_by=staff,
        state=Report.State.DONE,
        file="reports/none.pdf",
        sha256="0" * 64,
        page=kept.name,
    )


def measure(client_of: ClientOf, staff: User, names: Mapping[str, str]) -> dict[Page, int]:
    """How many queries each page needs once the session is under way."""
    leader = Membership.objects.get(partner__slug=names["partner"], role="leader").person
    clients = {STAFF: client_of(staff), LEADER: client_of(leader), PUBLIC: Client()}
    for client in clients.values():
        client.get("/cookies/")
    return {page: queries(clients[page.who], page.address.format(**names)) for page in PAGES}


def queries(client: Client, address: str) -> int:
    """How many queries a page needs that nobody has opened before."""
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        response = client.get(address)
        assert response.status_code == 200, address
        # What is sent in pieces is read only as it is sent.
        assert response.getvalue(), address
    return len(found)


def test_every_page_needs_as_many_queries_for_500_partners_as_for_16(
    edition: Edition, staff: User, client_of: ClientOf, settings: Any
) -> None:
    settings.DEMO = True
    with undone():
        few = measure(client_of, staff, fill(edition, staff, 16))
    with undone():
        many = measure(client_of, staff, fill(edition, staff, 500))
        assert Assessment.objects.filter(state=State.ACCEPTED).count() > 800
    assert {page: count for page, count in many.items() if count != few[page]} == {}
    assert {page: count for page, count in few.items() if count > page.budget} == {}
