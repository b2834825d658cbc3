"""The task list: how far the partner is, whose turn it is, what one can do next."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.dashboards import age_words, due_sentence, turn_of
from assessments.models import Assessment, Round
from assessments.workflow import State
from signatories.access import Role
from signatories.models import User
from tests.assessment_factories import bring_to, save
from tests.assessments.posting import text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def task_list(client: Client, assessment: Assessment) -> str:
    return text_of(client.get(reverse("assessments:assessment-detail", args=[assessment.pk])))


def test_it_shows_five_commitments_and_how_far_each_indicator_is(
    assessment: Assessment, contributor: User, client_of: ClientOf
) -> None:
    first, second = assessment.answers.in_order()[:2]
    save(first, contributor)
    save(second, contributor, rating=None, narrative="Begun")
    page = task_list(client_of(contributor), assessment)
    assert page.count("govuk-task-list__item") >= 13
    assert page.count('<ul class="govuk-task-list"') == 6
    assert page.count("Not yet started") == 11
    assert page.count("In progress") == 1
    assert "1 of 13 answered" in page


@pytest.mark.parametrize(
    ("persona", "state", "offered", "mine"),
    [
        ("contributor", State.DRAFT, "assessment-check", True),
        ("lead", State.DRAFT, "assessment-check", True),
        ("leader", State.DRAFT, "assessment-check", True),
        ("staff", State.DRAFT, "", False),
        ("contributor", State.AWAITING, "", False),
        ("lead", State.AWAITING, "assessment-take-back", False),
        ("leader", State.AWAITING, "assessment-sign-off", True),
        ("staff", State.AWAITING, "", False),
        ("lead", State.SUBMITTED, "", False),
        ("staff", State.SUBMITTED, "review-detail", True),
        ("staff_member", State.SUBMITTED, "", False),
        ("lead", State.CHANGES, "assessment-check", True),
        ("staff", State.CHANGES, "", False),
        ("lead", State.ACCEPTED, "", False),
        ("staff", State.ACCEPTED, "review-detail", False),
    ],
)
def test_it_offers_what_this_person_can_do_next(
    persona: str,
    state: State,
    offered: str,
    mine: bool,
    assessment: Assessment,
    leader: User,
    staff: User,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    page = task_list(client_of(request.getfixturevalue(persona)), assessment)
    pages = ["assessment-check", "assessment-sign-off", "assessment-take-back", "review-detail"]
    links = {name: reverse(f"assessments:{name}", args=[assessment.pk]) for name in pages}
    found = {name for name, link in links.items() if f'"{link}"' in page}
    expected = {offered} - {""}
    if (persona, state) == ("leader", State.AWAITING):
        expected.add("assessment-take-back")
    assert found == expected
    assert ("It is your turn" in page) == mine


def test_a_stranger_finds_no_such_page(
    assessment: Assessment, stranger: User, former: User, client_of: ClientOf
) -> None:
    first = assessment.answers.in_order()[0]
    for person in (stranger, former):
        client = client_of(person)
        for name in ("assessment-detail", "assessment-check", "assessment-sign-off"):
            path = reverse(f"assessments:{name}", args=[assessment.pk])
            assert client.get(path).status_code == 404
        path = reverse("assessments:answer-edit", args=[first.pk])
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 9, 1), "It is due in 29 days (30 September 2026)."),
        (date(2026, 9, 29), "It is due tomorrow (30 September 2026)."),
        (date(2026, 9, 30), "It is due today (30 September 2026)."),
        (date(2026, 10, 1), "It is overdue by 1 day (30 September 2026). The round closes on"),
        (date(2026, 10, 31), "It is overdue by 31 days (30 September 2026)."),
        (date(2026, 11, 1), "the round closed on 31 October 2026."),
    ],
)
def test_the_due_date_is_in_words(today: date, words: str) -> None:
    found = Round(due_on=date(2026, 9, 30), closes_on=date(2026, 10, 31))
    assert words in due_sentence(Assessment(round=found), today)


def test_age_is_in_whole_days() -> None:
    # At noon: the days of a clock change are of another length.
    now = timezone.localtime().replace(hour=12)
    assert age_words(now) == "since today"
    assert age_words(now - timedelta(days=1)) == "for 1 day"
    assert age_words(now - timedelta(days=30)) == "for 30 days"


@pytest.mark.parametrize("state", State)
def test_after_the_round_has_closed_it_is_no_partners_turn(
    state: State, assessment: Assessment, leader: User, staff: User
) -> None:
    found = bring_to(assessment, state, leader=leader, staff=staff)
    found.round.closes_on = timezone.localdate() - timedelta(days=1)
    turn = turn_of(found, leader, Role.LEADER)
    assert not turn.mine
    partners_turn = {State.DRAFT, State.AWAITING, State.CHANGES}
    assert ("closed on" in turn.text) == (state in partners_turn)
