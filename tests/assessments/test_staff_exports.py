"""ecda's lists as CSV and Excel files, with the filter of the page they are on."""

import csv
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assessments.models import Assessment, GoodPractice
from assessments.workflow import State
from commitments.models import Edition, Indicator
from signatories.models import Message, User
from tests.assessment_factories import bring_to, make_round
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def table(client: Client, address: str) -> list[dict[str, str]]:
    """The CSV file at the address, a row each."""
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith('attachment; filename="essex-data-')
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def sheet(client: Client, address: str) -> list[tuple[object, ...]]:
    """The Excel workbook at the address, a row each, with its headings."""
    content = b"".join(client.get(address))
    active = load_workbook(io.BytesIO(content)).active
    assert active is not None
    return list(active.iter_rows(values_only=True))


def bring(assessment: Assessment, state: State, staff: User) -> Assessment:
    """The assessment in that state."""
    leader = make_member(assessment.partner, "leader")
    return bring_to(assessment, state, leader=leader, staff=staff)


def test_the_review_queue_is_a_file_under_its_filter(
    assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    bring(assessment, State.SUBMITTED, staff)
    client = client_of(staff)
    assert 'href="/reviews/export.csv"' in client.get("/reviews/").text
    (row,) = table(client, "/reviews/export.csv")
    assert row["partner"] == assessment.partner.name
    assert row["round"] == assessment.round.name
    assert table(client, "/reviews/export.csv?whose=mine") == []
    assert sheet(client, "/reviews/export.xlsx")[1][0] == assessment.partner.name
    response = client.get("/reviews/export.csv?whose=everybodys")
    assert response.headers["Location"] == "/reviews/?whose=everybodys"


def test_the_partners_of_a_round_are_a_file_under_its_filter(
    assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    client, address = client_of(staff), f"/rounds/{assessment.round.slug}"
    (row,) = table(client, f"{address}/partners.csv")
    assert (row["partner"], row["state"]) == (assessment.partner.name, "Not started")
    assert row["due_on"] == assessment.due_on.isoformat()
    assert table(client, f"{address}/partners.csv?state=accepted") == []
    assert len(sheet(client, f"{address}/partners.xlsx?state=not-started")) == 2
    page = client.get(f"{address}/?state=not-started").text
    assert f'href="{address}/partners.csv?state=not-started"' in page


def test_offered_good_practice_is_a_file_under_its_filter(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    GoodPractice.objects.create(
        partner=assessment.partner,
        indicator=Indicator.objects.all()[0],
        slug="a",
        title="=cmd",
        body="B",
        offered_by=lead,
    )
    client = client_of(staff)
    (row,) = table(client, "/good-practice/queue.csv")
    assert (row["title"], row["state"]) == ("'=cmd", "Offered")
    assert table(client, "/good-practice/queue.csv?state=published") == []
    assert len(sheet(client, "/good-practice/queue.xlsx")) == 2
    assert 'href="/good-practice/queue.csv"' in client.get("/good-practice/queue/").text


def test_messages_are_a_file_under_their_filter(
    lead: User, staff: User, client_of: ClientOf
) -> None:
    for number, to in enumerate(("a@example.org", "b@example.org")):
        Message.objects.create(
            key=f"k{number}",
            kind=Message.Kind.DIGEST,
            to=to,
            subject="S",
            body="B",
            message_id=f"<{number}>",
        )
    client = client_of(staff)
    assert [row["to"] for row in table(client, "/messages/export.csv")] == [
        "b@example.org",
        "a@example.org",
    ]
    (row,) = table(client, "/messages/export.csv?search=a@")
    assert (row["to"], row["state"]) == ("a@example.org", "Waiting to be sent")
    assert len(sheet(client, "/messages/export.xlsx?search=a@")) == 2
    assert 'href="/messages/export.csv?search=a%40"' in client.get("/messages/?search=a@").text


@pytest.mark.parametrize("size", [3, 30])
def test_a_round_takes_the_same_queries_for_any_number_of_partners(
    size: int, edition: Edition, staff: User, client_of: ClientOf
) -> None:
    for _ in range(size):
        make_partner()
    found, client = make_round(edition, staff), client_of(staff)
    with CaptureQueriesContext(connection) as queries:
        assert len(table(client, f"/rounds/{found.slug}/partners.csv")) == size
    assert len(queries) == 7
