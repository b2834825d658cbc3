"""A save that comes too late is refused with everything that was typed, and nothing is retyped."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions.submitting import send
from assessments.models import Answer, Assessment, Round
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import answer_all, bring_to, save
from tests.assessments.posting import post_answer, stored, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
MINE, THEIRS = "What I typed for an hour.", "What my colleague saved."


@pytest.fixture
def answer(assessment: Assessment, lead: User) -> Answer:
    """Opened at version 1; a colleague has saved it since."""
    answer = assessment.answers.in_order()[0]
    save(answer, lead, rating=3, narrative=THEIRS)
    answer.version = 1
    return answer


def test_a_stale_save_is_409_with_both_texts_and_writes_nothing(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(contributor), answer, rating="1", narrative=MINE)
    assert response.status_code == 409
    page = text_of(response)
    assert MINE in page
    assert THEIRS in page
    assert "Lee Lead saved this indicator" in page
    assert "1 Exploring" in page
    assert "3 Established" in page
    assert (stored(answer).narrative, stored(answer).version) == (THEIRS, 2)


def test_only_the_fields_that_both_changed_are_asked_about(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    page = text_of(post_answer(client_of(contributor), answer, rating="3", narrative=MINE))
    asked = re.findall(r"What do you want to keep of “(.*?)”", page)
    assert asked == ["Narrative"]


@pytest.mark.parametrize("version", ["", "0", "-1", "1.0", "x", "٢", "9" * 40, "1; DROP TABLE"])
def test_a_forged_version_counts_as_stale(
    version: str, answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(contributor), answer, version=version, narrative=MINE)
    assert response.status_code == 409
    assert MINE in text_of(response)
    assert stored(answer).narrative == THEIRS


def test_a_version_of_the_future_counts_as_stale(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    assert post_answer(client_of(contributor), answer, version=3).status_code == 409
    assert post_answer(client_of(contributor), answer, version=2).status_code == 302


# --- The assessment has moved on meanwhile -------------------------------------------------------


def refused(client: Client, answer: Answer, turn: str) -> None:
    """Save, and find all that was typed on a page that says whose turn it is."""
    before = stored(answer)
    response = post_answer(
        client, answer, narrative=MINE, link_title="Our plan", link_url="https://a.example/"
    )
    page = text_of(response)
    assert response.status_code == 409
    assert MINE in page
    assert "Our plan" in page
    assert "https://a.example/" in page
    assert turn in page
    assert stored(answer) == before
    assert (stored(answer).version, stored(answer).narrative) == (before.version, before.narrative)
    assert not answer.evidence.exists()


def test_a_save_after_the_assessment_was_sent_brings_the_text_back(
    assessment: Assessment, contributor: User, leader: User, client_of: ClientOf
) -> None:
    answer_all(assessment, leader)
    answer = assessment.answers.in_order()[0]
    send(assessment=assessment, by=leader)
    refused(client_of(contributor), answer, "Whose turn: the partner’s leader")


def test_a_save_after_the_round_closed_brings_the_text_back(
    assessment: Assessment, contributor: User, client_of: ClientOf
) -> None:
    answer = assessment.answers.in_order()[0]
    yesterday = timezone.localdate() - timedelta(days=1)
    Round.objects.update(opens_on=yesterday, due_on=yesterday, closes_on=yesterday)
    refused(client_of(contributor), answer, "The round closed on")


def test_a_save_where_ecda_asked_for_no_change_brings_the_text_back(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    refused(client_of(leader), assessment.answers.in_order()[1], "It is your turn")


def test_a_save_that_is_wrong_as_well_is_told_first_that_it_is_closed(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    answer = assessment.answers.in_order()[0]
    response = post_answer(client_of(leader), answer, rating="na", reason="", narrative=MINE)
    assert response.status_code == 409
    assert MINE in text_of(response)
