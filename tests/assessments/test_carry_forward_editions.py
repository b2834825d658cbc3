"""A later edition: what kept its title goes on, what is new is empty, what is gone is left."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.carrying import carry_forward
from assessments.actions.submitting import send
from assessments.models import Assessment
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, make_round, save
from tests.assessments.posting import text_of
from tests.assessments.years import empty_next_year, later_edition, move_to_the_past

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def before(edition: Edition, partner: Partner, lead: User, staff: User) -> Assessment:
    """Last year's assessment, each answer with words of its own."""
    found = make_round(edition, staff).assessments.get(partner=partner)
    for answer in found.answers.in_order():
        save(answer, lead, narrative=f"Said of {answer.indicator.title}")
    move_to_the_past(found.round)
    return found


@pytest.fixture
def now(before: Assessment, partner: Partner, lead: User, staff: User) -> Assessment:
    """This year's assessment in a later edition, begun from last year's answers."""
    found = empty_next_year(later_edition(), staff, partner)
    assert carry_forward(assessment=found, by=lead) == 12
    return found


def test_an_indicator_goes_on_by_its_title_whatever_its_number(
    before: Assessment, now: Assessment
) -> None:
    old = {answer.indicator.title.upper(): answer for answer in before.answers.in_order()}
    for answer in now.answers.in_order():
        title = answer.indicator.title
        if title == "Something new":
            continue
        assert answer.carried_from == old[title.upper()]
        assert answer.narrative.upper() == f"SAID OF {title.upper()}"
    reworded = now.answers.in_order()[0]
    assert reworded.indicator.text == "Said in other words."
    assert reworded.indicator.code == "1.1"
    assert reworded.carried_from is not None
    assert reworded.carried_from.indicator.code == "1.2"


def test_a_new_indicator_appears_empty(now: Assessment, lead: User, client_of: ClientOf) -> None:
    new = now.answers.get(indicator__title="Something new")
    assert (new.rating, new.narrative, new.carried_from, new.version) == (None, "", None, 1)
    page = text_of(client_of(lead).get(reverse("assessments:assessment-detail", args=[now.pk])))
    assert page.count("To review") == 12
    assert page.count("Not yet started") == 1
    page = text_of(client_of(lead).get(reverse("assessments:answer-edit", args=[new.pk])))
    assert "What you said in" not in page
    assert "review this" not in page


def test_a_removed_indicator_is_left_where_it_was(before: Assessment, now: Assessment) -> None:
    gone = before.answers.get(indicator__title="Leaders sponsor data projects")
    assert not now.answers.filter(carried_from=gone).exists()
    assert gone.narrative == "Said of Leaders sponsor data projects"


def test_nobody_starts_again_the_whole_of_it_can_be_sent(now: Assessment, lead: User) -> None:
    answer_all(now, lead)
    assert send(assessment=now, by=lead).state == State.AWAITING
