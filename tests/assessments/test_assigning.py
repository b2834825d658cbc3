"""A lead asks a member to answer an indicator; that member alone is told, with a direct link."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.assigning import UnsuitableDateError, assign, unassign
from assessments.actions.opening import ClosedToWritingError
from assessments.dashboards import read_assigned
from assessments.models import Answer, Assessment, Assignment, Round
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, Membership, Notice, User
from tests.assessment_factories import bring_to
from tests.assessments.improving import boxes, in_days
from tests.assessments.posting import text_of
from tests.assessments.test_races import at_once

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def events(verb: Verb) -> list[Event]:
    return list(Event.objects.filter(verb=verb.value).order_by("pk"))


# --- The action ----------------------------------------------------------------------------------


def test_the_person_is_told_with_a_direct_link_and_nobody_else_is(
    answer: Answer, contributor: User, lead: User, leader: User
) -> None:
    asked = assign(answer=answer, person=contributor, due_on=in_days(3), by=lead)
    assert (asked.person, asked.due_on, asked.assigned_by) == (contributor, in_days(3), lead)
    [event] = events(Verb.ASSIGNED)
    due = f"{in_days(3):%-d %B %Y}"
    assert event.note == f"{answer.indicator} (for Connie Contributor, by {due})"
    notice = Notice.objects.get(event=event)
    assert notice.person == contributor
    assert notice.path == reverse("assessments:answer-edit", args=[answer.pk])
    assert notice.words.startswith("Lee Lead asks you to answer an indicator for Braintree")


def test_asking_another_person_takes_the_place_of_the_first(
    answer: Answer, contributor: User, lead: User, leader: User
) -> None:
    assign(answer=answer, person=contributor, due_on=None, by=lead)
    assign(answer=answer, person=leader, due_on=in_days(0), by=lead)
    asked = Assignment.objects.get()
    assert (asked.person, asked.due_on) == (leader, in_days(0))
    assert [notice.person for notice in Notice.objects.order_by("pk")] == [contributor, leader]


def test_asking_the_same_again_is_no_event(answer: Answer, contributor: User, lead: User) -> None:
    first = assign(answer=answer, person=contributor, due_on=in_days(3), by=lead)
    again = assign(answer=answer, person=contributor, due_on=in_days(3), by=lead)
    assert again == first
    assert len(events(Verb.ASSIGNED)) == 1
    assign(answer=answer, person=contributor, due_on=in_days(4), by=lead)
    assert len(events(Verb.ASSIGNED)) == 2


def test_a_lead_who_takes_it_on_gets_no_notice(answer: Answer, lead: User) -> None:
    assign(answer=answer, person=lead, due_on=None, by=lead)
    assert len(events(Verb.ASSIGNED)) == 1
    assert not Notice.objects.exists()


@pytest.mark.parametrize("persona", ["stranger", "former", "disabled", "staff", "administrator"])
def test_only_a_current_member_can_be_asked(
    persona: str, answer: Answer, lead: User, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(persona)
    with pytest.raises(RefusedError, match="is not a member of Braintree"):
        assign(answer=answer, person=person, due_on=None, by=lead)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(("days", "words"), [(-1, "today or in the future"), (61, "no later than")])
def test_a_date_that_is_past_or_after_the_round_closes_is_refused(
    days: int, words: str, answer: Answer, contributor: User, lead: User
) -> None:
    with pytest.raises(UnsuitableDateError, match=words):
        assign(answer=answer, person=contributor, due_on=in_days(days), by=lead)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("days", [0, 60])
def test_today_and_the_day_on_which_the_round_closes_are_taken(
    days: int, answer: Answer, contributor: User, lead: User
) -> None:
    assert assign(answer=answer, person=contributor, due_on=in_days(days), by=lead).pk


@pytest.mark.parametrize("state", [State.AWAITING, State.SUBMITTED, State.ACCEPTED])
def test_nobody_is_asked_for_what_nobody_can_answer(
    state: State, answer: Answer, contributor: User, leader: User, staff: User
) -> None:
    bring_to(answer.assessment, state, leader=leader, staff=staff)
    with pytest.raises(ClosedToWritingError):
        assign(answer=answer, person=contributor, due_on=None, by=leader)


def test_taking_it_back_is_one_event_and_twice_is_once(
    answer: Answer, contributor: User, lead: User
) -> None:
    assign(answer=answer, person=contributor, due_on=None, by=lead)
    unassign(answer=answer, by=lead)
    unassign(answer=answer, by=lead)
    assert not Assignment.objects.exists()
    [event] = events(Verb.UNASSIGNED)
    assert event.note == f"{answer.indicator} (for Connie Contributor)"


def test_the_task_list_is_told_who_is_asked_for_what(
    assessment: Assessment, contributor: User, lead: User, django_assert_num_queries: Any
) -> None:
    first, second = assessment.answers.in_order()[:2]
    assign(answer=first, person=contributor, due_on=in_days(3), by=lead)
    assign(answer=second, person=lead, due_on=None, by=lead)
    with django_assert_num_queries(1):
        found = read_assigned(assessment)
    assert set(found) == {first.pk, second.pk}
    assert (found[first.pk].person, found[first.pk].person_id) == (str(contributor), contributor.pk)
    assert found[first.pk].due == f"due in 3 days ({in_days(3):%-d %B %Y})"
    assert (found[second.pk].due_on, found[second.pk].due) == (None, "")


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_ask_at_the_same_moment_leave_one_assignment(
    answer: Answer, contributor: User, lead: User, leader: User
) -> None:
    for number in range(10):
        ask = partial(assign, answer=answer, due_on=in_days(number))
        results = at_once(
            partial(ask, person=contributor, by=lead), partial(ask, person=lead, by=leader)
        )
        assert all(isinstance(result, Assignment) for result in results), results
        asked = Assignment.objects.get()
        assert asked.due_on == in_days(number)
    assert len(events(Verb.ASSIGNED)) == 20


# --- The pages -----------------------------------------------------------------------------------


def path_of(answer: Answer, name: str = "assign") -> str:
    return reverse(f"assessments:answer-{name}", args=[answer.pk])


def typed(person: User, due_on: date | None = None) -> dict[str, str]:
    return {"person": str(person.pk), **boxes(due_on)}


def test_a_lead_chooses_among_the_current_members_with_their_roles(
    answer: Answer,
    lead: User,
    contributor: User,
    former: User,
    disabled: User,
    stranger: User,
    client_of: ClientOf,
) -> None:
    page = text_of(client_of(lead).get(path_of(answer)))
    assert "Connie Contributor, contributor" in page
    assert contributor.email in page
    assert "Lee Lead, lead" in page
    for person in (former, disabled, stranger):
        assert person.name not in page


def test_the_indicator_page_says_who_is_asked_and_only_leads_can_change_it(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    assert "Not assigned to anybody" in text_of(client.get(path_of(answer, "edit")))
    response = client.post(path_of(answer), typed(contributor, in_days(3)))
    assert response["Location"] == path_of(answer, "edit")
    page = text_of(client.get(path_of(answer, "edit")))
    assert "Connie Contributor is asked to answer this indicator" in page
    words = f"Assigned to Connie Contributor, due in 3 days ({in_days(3):%-d %B %Y})"
    assert words in " ".join(page.split())
    assert path_of(answer) in page
    page = text_of(client_of(contributor).get(path_of(answer, "edit")))
    assert "Assigned to Connie Contributor (you)" in " ".join(page.split())
    assert path_of(answer) not in page


def test_the_page_begins_with_what_is_stored_and_can_take_it_back(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    assign(answer=answer, person=contributor, due_on=in_days(3), by=lead)
    client = client_of(lead)
    page = text_of(client.get(path_of(answer)))
    assert f'value="{contributor.pk}" checked' in page
    assert f'value="{in_days(3).year}"' in page
    assert client.post(path_of(answer, "unassign")).status_code == 302
    assert not Assignment.objects.exists()
    assert "Take the assignment back" not in text_of(client.get(path_of(answer)))


def test_somebody_who_has_left_is_named_and_cannot_be_asked_again(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    assign(answer=answer, person=contributor, due_on=None, by=lead)
    Membership.objects.filter(person=contributor).update(ended_at=timezone.now())
    client = client_of(lead)
    page = text_of(client.get(path_of(answer)))
    assert "Connie Contributor was asked, and is not a member any more" in page
    again = text_of(client.post(path_of(answer), typed(contributor)))
    assert "Select a member who belongs to this partner now" in again


@pytest.mark.parametrize("person", ["", "0", "-1", "x", "9" * 30, "\u0663"])
def test_a_person_who_is_none_is_refused_and_the_date_stays(
    person: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    sent = {"person": person, **boxes(in_days(3))}
    page = text_of(client_of(lead).post(path_of(answer), sent))
    assert "Select a member" in page
    assert f'value="{in_days(3).year}"' in page
    assert not Assignment.objects.exists()


def test_a_foreign_person_is_refused(
    answer: Answer, lead: User, stranger: User, staff: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    for person in (stranger, staff):
        page = text_of(client.post(path_of(answer), typed(person)))
        assert "Select a member who belongs to this partner now" in page
    assert not Assignment.objects.exists()


DATES = {
    "past": (boxes(in_days(-1)), "The due date must be today or in the future"),
    "late": (boxes(in_days(61)), "The due date must be no later than"),
    "none": ({"due_on-day": "31", "due_on-month": "2", "due_on-year": "2027"}, "a real date"),
    "half": ({"due_on-day": "3", "due_on-month": "", "due_on-year": ""}, "must include a month"),
    "words": ({"due_on-day": "x", "due_on-month": "y", "due_on-year": "z"}, "a real date"),
}


@pytest.mark.parametrize("name", DATES)
def test_a_date_that_will_not_do_is_refused_beside_its_field(
    name: str, answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    sent, words = DATES[name]
    page = text_of(client_of(lead).post(path_of(answer), {"person": contributor.pk} | sent))
    assert words in page
    assert 'id="id_due_on-error"' in page
    assert f'value="{contributor.pk}" checked' in page
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("persona", ["contributor", "staff", "administrator"])
def test_only_leads_and_leaders_ask(
    persona: str, answer: Answer, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    person = request.getfixturevalue(persona)
    client = client_of(person)
    assert client.get(path_of(answer)).status_code == 403
    assert client.post(path_of(answer), typed(person)).status_code == 403
    assert client.post(path_of(answer, "unassign")).status_code == 403


def test_when_nobody_can_answer_the_page_says_so(
    answer: Answer, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(answer.assessment, State.SUBMITTED, leader=leader, staff=staff)
    client = client_of(leader)
    for response in (client.get(path_of(answer)), client.post(path_of(answer), typed(leader))):
        assert response.status_code == 409
        assert "Nobody can answer this indicator now" in text_of(response)


def test_a_closed_round_asks_nobody(answer: Answer, leader: User, client_of: ClientOf) -> None:
    past = timezone.localdate() - timedelta(days=1)
    Round.objects.update(opens_on=past, due_on=past, closes_on=past)
    assert client_of(leader).post(path_of(answer), typed(leader)).status_code == 409
    assert not Assignment.objects.exists()
