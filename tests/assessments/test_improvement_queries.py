"""Few queries for improvements, assignments and histories, and no more for many than for one."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.dashboards import read_history
from assessments.models import Answer, Assessment, Improvement
from signatories.models import Partner, User
from tests.assessment_factories import save
from tests.assessments.improving import change, in_days, make_improvement, path_of
from tests.assessments.test_queries import queries
from tests.factories import make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
SIZES = pytest.mark.parametrize("size", [1, 30])


def visit(client: Client, path: str) -> int:
    """The queries of a page, session and person included, once the session is warm."""
    client.get(path)
    return queries(lambda: client.get(path))


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    return assessment.answers.in_order()[0]


def plan(partner: Partner, lead: User, size: int) -> Improvement:
    """So many improvements, each changed by somebody else; the last one."""
    made = []
    for number in range(size):
        one = make_improvement(partner, lead, f"Text {number}", due_on=in_days(number - 2))
        made.append(change(one, make_member(partner, "contributor"), owner="Somebody"))
    return made[-1]


@SIZES
def test_the_list_of_improvements_needs_five_queries(
    size: int, answer: Answer, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    plan(partner, lead, size)
    path = reverse("assessments:improvement-list", args=[partner.slug])
    for person in (lead, staff):
        for status in ("", "?status=overdue", "?status=planned"):
            assert visit(client_of(person), path + status) == 5


@SIZES
def test_an_improvement_with_its_history_needs_six_queries(
    size: int, answer: Answer, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    improvement = plan(partner, lead, 1)
    for number in range(size):
        change(improvement, make_member(partner, "lead"), what=f"Other words {number}")
    assert visit(client_of(lead), path_of(improvement)) == 6


@SIZES
def test_a_history_and_a_comparison_need_seven_queries_at_most(
    size: int, answer: Answer, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    for number in range(size):
        save(answer, make_member(partner, "lead"), narrative=f"Text {number}")
    path = reverse("assessments:answer-history", args=[answer.pk])
    client = client_of(lead)
    assert visit(client, path) == 6
    key = read_history(answer).entries[-1].version.key
    assert visit(client, f"{path}?version={key}") <= 7


@SIZES
def test_the_page_to_assign_needs_eight_queries_at_most(
    size: int, answer: Answer, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    for _ in range(size):
        make_member(partner, "contributor")
    path = reverse("assessments:answer-assign", args=[answer.pk])
    assert visit(client_of(lead), path) <= 8


@SIZES
def test_saving_an_improvement_needs_twelve_queries_at_most(
    size: int, answer: Answer, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    improvement = plan(partner, lead, size)
    client = client_of(lead)
    client.get(path_of(improvement))
    typed = {"version": 2, "what": "Other words", "state": "done"}
    assert queries(lambda: client.post(path_of(improvement), typed), status=302) <= 12


@SIZES
def test_the_partner_s_page_counts_the_overdue_without_a_query_of_its_own(
    size: int, answer: Answer, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    plan(partner, lead, size)
    path = reverse("progress:partner-home", args=[partner.slug])
    assert visit(client_of(lead), path) == 8
