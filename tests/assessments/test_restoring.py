"""Bringing back an earlier version of an answer: as a new version, and never over a new one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.answering import StaleAnswerError, Wanted, save_answer
from assessments.actions.evidence import Link
from assessments.actions.opening import ClosedToWritingError
from assessments.actions.restoring import restore_answer
from assessments.dashboards import read_history
from assessments.models import Answer, Assessment, Round, SupportRequest
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, User
from tests.assessment_factories import bring_to, save
from tests.assessments.posting import fields_in, stored, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment, contributor: User, lead: User) -> Answer:
    """Saved twice: version 2 by the contributor, version 3, the present one, by the lead."""
    answer = assessment.answers.in_order()[0]
    save(answer, contributor, rating=1, narrative="First words.")
    save(answer, lead, rating=3, narrative="Second words.")
    return answer


def row_of(answer: Answer, number: int) -> Any:
    """The row of the history with that version."""
    return answer.history.get(version=number)  # type: ignore[attr-defined]  # pghistory


def restore(answer: Answer, number: int, by: User) -> Answer:
    return restore_answer(
        answer=answer, earlier=row_of(answer, number), version=answer.version, by=by
    )


# --- The action ----------------------------------------------------------------------------------


def test_an_earlier_version_comes_back_as_a_new_one_and_nothing_is_lost(
    answer: Answer, contributor: User
) -> None:
    restore(answer, 2, contributor)
    now = stored(answer)
    assert (now.rating, now.narrative, now.version) == (1, "First words.", 4)
    assert now.updated_by == contributor
    newest, second = read_history(answer).entries[:2]
    assert newest.version.note == "Version 2 restored"
    assert newest.version.who == "Connie Contributor"
    assert second.version.words["narrative"] == "Second words."
    [event] = Event.objects.filter(verb=Verb.RESTORED.value)
    assert event.note == "1.1: version 2"
    assert event.by == contributor


def test_completed_stays_only_when_the_rating_does(
    assessment: Assessment, answer: Answer, lead: User
) -> None:
    restore(answer, 2, lead)
    assert stored(answer).completed is False
    other = assessment.answers.in_order()[1]
    save(other, lead, rating=2, narrative="One")
    save(other, lead, rating=2, narrative="Two")
    restore(other, 2, lead)
    assert stored(other).narrative == "One"
    assert stored(other).completed is True


def test_not_applicable_its_reason_and_willingness_come_back(
    assessment: Assessment, lead: User
) -> None:
    answer = assessment.answers.in_order()[2]
    save_answer(
        answer=answer,
        version=1,
        rating=None,
        not_applicable=True,
        reason="We hold no data.",
        narrative="",
        completed=True,
        by=lead,
        willing_to_share=True,
    )
    save(answer, lead, rating=2)
    restore(answer, 2, lead)
    now = stored(answer)
    assert (now.rating, now.not_applicable, now.reason) == (None, True, "We hold no data.")
    assert (now.willing_to_share, now.completed) == (True, False)


def test_evidence_and_support_stay(answer: Answer, lead: User) -> None:
    links = (Link("Plan", "https://a.example/"),)
    save(answer, lead, narrative="Third", links=links, wanted=Wanted(words="Help"))
    restore(answer, 2, lead)
    assert answer.evidence.current().count() == 1
    assert SupportRequest.objects.waiting().count() == 1


def test_the_empty_beginning_can_come_back(answer: Answer, lead: User) -> None:
    restore(answer, 1, lead)
    now = stored(answer)
    assert (now.rating, now.narrative, now.completed, now.version) == (None, "", False, 4)


def test_what_the_answer_says_already_is_refused(answer: Answer, lead: User) -> None:
    with pytest.raises(RefusedError, match="says the same"):
        restore(answer, 3, lead)
    assert stored(answer).version == 3


def test_a_version_of_another_answer_is_refused(
    assessment: Assessment, answer: Answer, lead: User
) -> None:
    other = assessment.answers.in_order()[1]
    with pytest.raises(RefusedError, match="no version of that answer"):
        restore_answer(answer=answer, earlier=row_of(other, 1), version=3, by=lead)


def test_somebody_who_saves_meanwhile_is_not_overwritten(
    answer: Answer, contributor: User, lead: User
) -> None:
    mine = Answer.objects.select_related("indicator", "assessment").get(pk=answer.pk)
    save(answer, lead, narrative="Third words.")
    with pytest.raises(StaleAnswerError):
        restore_answer(answer=mine, earlier=row_of(mine, 2), version=3, by=contributor)
    assert stored(answer).narrative == "Third words."
    assert not Event.objects.filter(verb=Verb.RESTORED.value).exists()


@pytest.mark.parametrize("state", [State.AWAITING, State.SUBMITTED, State.ACCEPTED])
def test_nothing_is_restored_where_nothing_can_be_written(
    state: State, answer: Answer, leader: User, staff: User
) -> None:
    bring_to(answer.assessment, state, leader=leader, staff=staff)
    now = Answer.objects.select_related("indicator", "assessment__partner").get(pk=answer.pk)
    with pytest.raises(ClosedToWritingError):
        restore(now, 2, leader)
    assert stored(answer).narrative == "We do."


# --- The page ------------------------------------------------------------------------------------


def path_of(answer: Answer, name: str = "restore") -> str:
    return reverse(f"assessments:answer-{name}", args=[answer.pk])


def compare_page(client: Client, answer: Answer, number: int) -> Any:
    return client.get(path_of(answer, "history"), {"version": row_of(answer, number).pgh_id})


def test_one_press_restores_what_the_page_shows(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    sent = fields_in(compare_page(client, answer, 2), "restore-form")
    response = client.post(path_of(answer), sent)
    assert response["Location"] == path_of(answer, "history")
    assert stored(answer).narrative == "First words."
    page = text_of(client.get(response["Location"]))
    assert "Version 2 of indicator 1.1 restored. It is not marked as completed" in page
    assert "Version 2 restored" in page


def test_a_save_meanwhile_is_409_with_both_and_the_button_under_the_new_version(
    answer: Answer, contributor: User, lead: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    sent = fields_in(compare_page(client, answer, 2), "restore-form")
    save(answer, lead, rating=4, narrative="Third words.")
    response = client.post(path_of(answer), sent)
    page = text_of(response)
    assert response.status_code == 409
    assert "Lee Lead saved this indicator while you were writing." in page
    assert "Nothing has been restored" in page
    assert "First" in page
    assert "Third" in page
    assert stored(answer).narrative == "Third words."
    assert client.post(path_of(answer), fields_in(response, "restore-form")).status_code == 302
    assert stored(answer).narrative == "First words."


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 40, "2", "٣"])
def test_a_forged_present_version_is_stale(
    version: str, answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    sent = {"restored": row_of(answer, 2).pgh_id, "version": version}
    assert client_of(contributor).post(path_of(answer), sent).status_code == 409
    assert stored(answer).narrative == "Second words."


def test_a_version_that_is_unknown_or_of_another_answer_is_no_such_page(
    assessment: Assessment, answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    other = assessment.answers.in_order()[1]
    client = client_of(contributor)
    for key in (row_of(other, 1).pgh_id, "0", "-1", "x", "9" * 40, "1;2", "٣"):
        response = client.post(path_of(answer), {"restored": key, "version": 3})
        assert response.status_code == 404, key
    assert stored(answer).version == 3
    # Without any, the versions are offered.
    assert client.post(path_of(answer), {})["Location"] == path_of(answer, "history")


def test_a_closed_assessment_says_in_words_that_nothing_is_restored(
    answer: Answer, leader: User, staff: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    sent = fields_in(compare_page(client, answer, 2), "restore-form")
    bring_to(answer.assessment, State.SUBMITTED, leader=leader, staff=staff)
    page = compare_page(client, answer, 2)
    assert page.status_code == 200
    assert "nothing can be restored now" in text_of(page)
    assert 'id="restore-form"' not in text_of(page)
    refused = client.post(path_of(answer), sent | {"version": [str(stored(answer).version)]})
    assert refused.status_code == 409
    assert "This version was not restored" in text_of(refused)
    assert "It is the turn of ecda" in text_of(refused)


def test_a_closed_round_says_so(answer: Answer, lead: User, client_of: ClientOf) -> None:
    client = client_of(lead)
    sent = fields_in(compare_page(client, answer, 2), "restore-form")
    past = timezone.localdate() - timedelta(days=1)
    Round.objects.update(opens_on=past, due_on=past, closes_on=past)
    refused = client.post(path_of(answer), sent)
    assert refused.status_code == 409
    assert "closed on" in text_of(refused)


@pytest.mark.parametrize(("persona", "status"), [("staff", 403), ("stranger", 404)])
def test_nobody_else_restores(
    persona: str,
    status: int,
    answer: Answer,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:
    sent = {"restored": row_of(answer, 2).pgh_id, "version": 3}
    client = client_of(request.getfixturevalue(persona))
    assert client.post(path_of(answer), sent).status_code == status
    assert stored(answer).version == 3
