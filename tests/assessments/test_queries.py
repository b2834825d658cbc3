"""Few queries, and no more of them for more indicators, partners or evidence."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions.answering import Wanted
from assessments.actions.evidence import Link
from assessments.actions.rounds import begin_round
from assessments.models import Answer, Assessment
from assessments.workflow import State
from commitments.actions import load_edition
from commitments.models import Edition
from signatories.actions.editions import publish_edition
from signatories.models import Partner, User
from tests.assessment_factories import bring_to, save
from tests.assessments.posting import post_answer, stored
from tests.factories import EDITION_DATA, make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def queries(work: Callable[[], Any], *, status: int = 200) -> int:
    """How many queries the request takes, savepoints left out: outside tests there are none."""
    with CaptureQueriesContext(connection) as captured:
        response = work()
    assert response.status_code == status
    sql = [query["sql"] for query in captured]
    return len([one for one in sql if "SAVEPOINT" not in one])


def visit(client: Client, name: str, pk: int) -> int:
    """The queries of a page, session and person included, once the session is warm."""
    path = reverse(f"assessments:{name}", args=[pk])
    client.get(path)
    return queries(lambda: client.get(path))


def long_edition() -> Edition:
    """The Declaration with three times as many indicators."""
    data = copy.deepcopy(EDITION_DATA)
    data["slug"] = "long"
    for commitment in data["commitments"]:
        first = commitment["indicators"][0]
        last = len(commitment["indicators"])
        for number in range(last + 1, last * 3 + 1):
            commitment["indicators"].append(copy.deepcopy(first) | {"number": number})
    return publish_edition(edition=load_edition(data=data), by=None)


@pytest.fixture
def crowded(partner: Partner, lead: User, staff: User) -> Assessment:
    """Three times the indicators, among many partners, with evidence and requests everywhere."""
    for _ in range(10):
        make_member(make_partner(), "lead")
    today = timezone.localdate()
    opened = begin_round(
        edition=long_edition(),
        name="Crowded",
        opens_on=today,
        due_on=today + timedelta(days=30),
        closes_on=today + timedelta(days=60),
        by=staff,
    )
    found = opened.assessments.get(partner=partner)
    for answer in found.answers.in_order():
        for number in range(3):
            url = f"https://a.example/{number}"
            save(answer, lead, links=(Link(f"Page {number}", url),), wanted=Wanted(words="Help"))
    assert found.answers.count() == 39
    return found


PAGES = {"assessment-detail": 8, "assessment-check": 8}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_whole_assessment_stays_within_its_budget(
    name: str, assessment: Assessment, crowded: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    save(assessment.answers.in_order()[0], lead)
    small, large = visit(client, name, assessment.pk), visit(client, name, crowded.pk)
    assert small == large
    assert small <= PAGES[name]


@pytest.mark.parametrize("state", State)
def test_the_task_list_stays_within_its_budget_in_every_state(
    state: State, assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    assert visit(client_of(leader), "assessment-detail", assessment.pk) <= 8


def test_the_indicator_page_stays_within_its_budget(
    assessment: Assessment, crowded: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    found = [
        visit(client, "answer-edit", one.answers.in_order()[0].pk) for one in (assessment, crowded)
    ]
    assert found[0] == found[1] <= 8


def test_the_indicator_page_stays_within_its_budget_when_changes_are_requested(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    answer = assessment.answers.in_order()[0]
    assert visit(client_of(leader), "answer-edit", answer.pk) <= 8


def saving(client: Client, answer: Answer, **typed: Any) -> int:
    row = stored(answer)
    return queries(lambda: post_answer(client, row, **typed), status=302)


def test_a_save_stays_within_its_budget(
    assessment: Assessment, crowded: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    first, second = assessment.answers.in_order()[:2]
    post_answer(client, second)
    plain = saving(client, first, next="continue")
    other = crowded.answers.in_order()
    post_answer(client, other[1], support=["other"], support_words="Help")
    typed = {"support": ["other"], "support_words": "Help", "support_seen": '[[], "Help"]'}
    crowd = saving(client, other[0], next="continue", **typed)
    assert plain == crowd <= 12


def test_a_save_with_a_new_link_and_new_support_stays_within_its_budget(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    first, second = assessment.answers.in_order()[:2]
    post_answer(client, second)
    typed = {
        "link_url": "https://a.example/",
        "link_title": "Plan",
        "support": ["other"],
        "support_words": "Help",
    }
    # Four of them for the request: the lock, the event, who is told, the notices.
    assert saving(client, first, **typed) <= 16


def test_the_sign_off_page_and_the_review_page_are_constant(
    assessment: Assessment, crowded: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    for one in (assessment, crowded):
        bring_to(one, State.AWAITING, leader=leader, staff=staff)
    client = client_of(leader)
    pages = [visit(client, "assessment-sign-off", one.pk) for one in (assessment, crowded)]
    assert pages[0] == pages[1] <= 8
    client.post(reverse("assessments:assessment-sign-off-confirm", args=[assessment.pk]), TICK)
    client.post(reverse("assessments:assessment-sign-off-confirm", args=[crowded.pk]), TICK)
    reviewer = client_of(staff)
    pages = [visit(reviewer, "review-detail", one.pk) for one in (assessment, crowded)]
    assert pages[0] == pages[1] <= 13


TICK = {"confirm": "on"}


def test_the_list_of_rounds_is_constant(
    assessment: Assessment, staff: User, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    client, path = client_of(staff), reverse("assessments:round-list")
    client.get(path)
    one = queries(lambda: client.get(path))
    request.getfixturevalue("crowded")
    assert queries(lambda: client.get(path)) == one <= 4
