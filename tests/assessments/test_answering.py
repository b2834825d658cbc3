"""Answering an indicator: what is kept, what is asked again, where one comes out."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.answering import save_answer
from assessments.models import Answer, Assessment
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, User
from tests.assessment_factories import bring_to, save
from tests.assessments.posting import post_answer, stored, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def test_a_save_keeps_everything_under_the_next_version(
    answer: Answer, contributor: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(contributor), answer, rating="3", narrative="  As typed.\n\n ")
    assert response.status_code == 302
    row = stored(answer)
    assert (row.rating, row.narrative, row.completed) == (3, "  As typed.\n\n ", True)
    assert (row.version, row.updated_by) == (2, contributor)
    assert row.updated_at is not None


def test_the_form_shows_what_each_level_means_and_what_the_next_one_needs(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client, path = client_of(lead), reverse("assessments:answer-edit", args=[answer.pk])
    levels = list(answer.indicator.levels.order_by("rating"))
    page = text_of(client.get(path))
    assert all(level.description in page for level in levels)
    assert page.count(levels[2].next_step) == 1  # With those of the other levels.
    save(answer, lead, rating=2)
    assert text_of(client.get(path)).count(levels[2].next_step) == 2  # And of the saved one.


def test_save_and_continue_leads_through_all_indicators_to_check_answers(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    answers = list(assessment.answers.in_order())
    pages = [reverse("assessments:answer-edit", args=[one.pk]) for one in answers]
    pages.append(reverse("assessments:assessment-check", args=[assessment.pk]))
    for here, following in zip(answers, pages[1:], strict=True):
        assert post_answer(client, here, next="continue")["Location"] == following


def test_save_and_return_leads_to_the_task_list(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(lead), answer, next="return")
    assert response["Location"] == reverse(
        "assessments:assessment-detail", args=[answer.assessment_id]
    )


def test_half_an_answer_can_be_saved(answer: Answer, lead: User, client_of: ClientOf) -> None:
    response = post_answer(client_of(lead), answer, rating="", completed="", narrative="Later")
    assert response.status_code == 302
    row = stored(answer)
    assert (row.rating, row.completed, row.narrative) == (None, False, "Later")


def test_completing_needs_a_rating(answer: Answer, lead: User, client_of: ClientOf) -> None:
    response = post_answer(client_of(lead), answer, rating="", narrative="Kept")
    assert response.status_code == 200
    page = text_of(response)
    assert "Select a rating, or not applicable, before you complete the indicator" in page
    assert "Error: " in page
    assert "Kept" in page
    assert stored(answer).version == 1


def test_not_applicable_needs_a_reason(answer: Answer, lead: User, client_of: ClientOf) -> None:
    response = post_answer(client_of(lead), answer, rating="na", reason="  \n")
    assert "Say why this indicator is not applicable" in text_of(response)
    assert stored(answer).version == 1


def test_a_reason_stays_when_a_rating_takes_its_place(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    post_answer(client, answer, rating="na", reason="We have no leaders.")
    row = stored(answer)
    assert (row.not_applicable, row.rating, row.reason) == (True, None, "We have no leaders.")
    post_answer(client, row, rating="1", reason=row.reason)
    row = stored(answer)
    assert (row.not_applicable, row.rating, row.reason) == (False, 1, "We have no leaders.")


def test_changing_the_rating_asks_again_whether_the_indicator_is_completed(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    save(answer, lead, rating=2)
    path = reverse("assessments:answer-edit", args=[answer.pk])
    assert 'name="completed_for" value="2"' in client.get(path).content.decode()
    response = post_answer(client, answer, rating="3", completed_for="2", next="continue")
    assert response["Location"] == path
    row = stored(answer)
    assert (row.rating, row.completed, row.narrative) == (3, False, "We do.")
    assert "say again whether the indicator is completed" in text_of(client.get(path))
    post_answer(client, row, rating="3", completed_for="")
    assert stored(answer).completed is True


def test_the_first_save_starts_the_assessment_and_later_ones_do_not(
    assessment: Assessment, contributor: User, lead: User
) -> None:
    first, second = assessment.answers.in_order()[:2]
    started = Event.objects.about(assessment).filter(verb=Verb.STARTED.value)
    assert not started.exists()
    save(first, contributor)
    save(second, lead)
    assert [event.by for event in started] == [contributor]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rating": 5}, "from 0 to 4"),
        ({"rating": 1, "not_applicable": True, "reason": "x"}, "not both"),
        ({"rating": None, "not_applicable": True, "reason": " "}, "not applicable"),
        ({"rating": None}, "before you complete"),
    ],
)
def test_the_action_refuses_what_cannot_be_true(
    wrong: dict[str, object], words: str, answer: Answer, lead: User
) -> None:
    given: dict[str, object] = {
        "version": 1,
        "rating": 2,
        "not_applicable": False,
        "reason": "",
        "narrative": "",
        "completed": True,
    }
    with pytest.raises(RefusedError, match=words):
        save_answer(answer=answer, by=lead, **(given | wrong))  # type: ignore[arg-type]  # wrong on purpose
    assert stored(answer).version == 1


@pytest.mark.parametrize("state", [State.AWAITING, State.SUBMITTED, State.ACCEPTED])
def test_a_closed_answer_is_a_page_to_read(
    state: State, assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    path = reverse("assessments:answer-edit", args=[assessment.answers.in_order()[0].pk])
    page = text_of(client_of(leader).get(path))
    assert "cannot change it" in page
    assert "<textarea" not in page
    assert "We do." in page


def test_ecda_reads_an_open_answer_and_cannot_save_it(
    answer: Answer, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    page = text_of(client.get(reverse("assessments:answer-edit", args=[answer.pk])))
    assert "<textarea" not in page
    assert post_answer(client, answer).status_code == 403
    assert stored(answer).version == 1


def test_staff_who_belong_to_the_partner_may_answer(
    answer: Answer, staff_member: User, client_of: ClientOf
) -> None:
    assert post_answer(client_of(staff_member), answer).status_code == 302


def test_when_changes_are_requested_only_the_named_indicators_are_open(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    first, second = assessment.answers.in_order()[:2]
    client = client_of(leader)
    page = text_of(client.get(reverse("assessments:answer-edit", args=[first.pk])))
    assert "Say who sponsors your projects." in page
    assert post_answer(client, first, narrative="Our chief executive.").status_code == 302
    assert post_answer(client, second, narrative="Not asked for").status_code == 409
    assert stored(first).narrative == "Our chief executive."
    assert stored(second).narrative == "We do."


def test_two_assessments_in_two_tabs_stay_apart(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    """The id is in the URL: what was opened later makes no difference."""
    client = client_of(lead)
    first, second = assessment.answers.in_order()[:2]
    for one in (first, second):
        client.get(reverse("assessments:answer-edit", args=[one.pk]))
    post_answer(client, first, narrative="For the first")
    assert (stored(first).narrative, stored(second).narrative) == ("For the first", "")
