"""A save that comes too late is refused with everything that was typed, and nothing is retyped."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.submitting import send
from assessments.models import Answer, Assessment, Round
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import answer_all, bring_to, save
from tests.assessments.posting import filled, post_answer, stored, text_of

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
    assert page.count(MINE) == 2  # Beside theirs, and in the form.
    assert THEIRS in page
    assert "Lee Lead saved it" in page
    assert "1 Exploring" in page
    assert "3 Established" in page
    assert (stored(answer).narrative, stored(answer).version) == (THEIRS, 2)


def test_only_the_fields_that_differ_are_compared(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    page = text_of(post_answer(client_of(contributor), answer, rating="3", narrative=MINE))
    compared = re.findall(r"<h3[^>]*>(.*?)</h3>", page)
    assert compared == ["Narrative"]


def test_one_click_on_the_conflict_page_saves_mine(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    page = post_answer(client, answer, rating="1", narrative=MINE).content.decode()
    [version] = re.findall(r'name="version" value="(\d+)"', page)
    [said_of] = re.findall(r'name="completed_for"( value="")?', page)
    assert said_of in {"", ' value=""'}
    again = filled(answer, version=version, rating="1", narrative=MINE)
    response = client.post(reverse("assessments:answer-save", args=[answer.pk]), again)
    assert response.status_code == 302
    row = stored(answer)
    assert (row.rating, row.narrative, row.completed, row.version) == (1, MINE, True, 3)


def test_a_new_link_and_the_support_wanted_survive_a_stale_save(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    response = post_answer(
        client_of(contributor),
        answer,
        link_url="https://a.example/plan",
        link_title="Our plan",
        support=["other"],
        support_words="Somebody to talk to",
    )
    page = text_of(response)
    assert response.status_code == 409
    for typed in ("https://a.example/plan", "Our plan", "Somebody to talk to"):
        assert typed in page
    assert not answer.evidence.exists()
    assert not answer.assessment.partner.support_requests.exists()


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
