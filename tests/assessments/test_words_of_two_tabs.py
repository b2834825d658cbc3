"""Words of a second tab, of a refused form and of a second conflict: still there afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Answer, Assessment, Draft
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import bring_to, save
from tests.assessments.drafting import draft_of, said
from tests.assessments.posting import fields_in, stored, text_of
from tests.assessments.uploading import add_file

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
HOUR = "An hour of words in the other tab"


@pytest.fixture
def answer(assessment: Assessment, lead: User) -> Answer:
    """Saved once."""
    return save(assessment.answers.in_order()[0], lead, rating=2, narrative="Then")


@pytest.fixture
def client(contributor: User, client_of: ClientOf) -> Client:
    """The person who types."""
    return client_of(contributor)


def path_of(answer: Answer, name: str) -> str:
    return reverse(f"assessments:{name}", args=[answer.pk])


def opened(client: Client, answer: Answer) -> dict[str, Any]:
    """The form as the person's browser holds it."""
    return fields_in(client.get(path_of(answer, "answer-edit")), "answer-form")


def type_in_another_tab(client: Client, answer: Answer) -> None:
    typed = opened(client, answer) | {"narrative": [HOUR]}
    assert client.post(path_of(answer, "answer-draft"), typed).status_code == 200


def send(client: Client, answer: Answer, form: dict[str, Any], **changed: Any) -> Any:
    return client.post(path_of(answer, "answer-save"), form | {"next": "return"} | changed)


def decide(client: Client, answer: Answer, conflict: Any, choice: str) -> Any:
    form = fields_in(conflict, "conflict-form")
    return send(client, answer, form, **{f"keep-{name}": choice for name in form["conflicts"]})


def drop(client: Client, answer: Answer, conflict: Any, choice: str) -> Any:
    form = fields_in(conflict, "conflict-form")
    return client.post(path_of(answer, "draft-discard"), form, follow=True)


# --- Two tabs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [decide, drop])
def test_the_other_tabs_words_outlive_a_conflict(
    end: Callable[..., Any], answer: Answer, client: Client, contributor: User, lead: User
) -> None:
    form = opened(client, answer)
    type_in_another_tab(client, answer)
    kept_at = draft_of(answer, contributor).kept_at
    save(stored(answer), lead, rating=2, narrative="A colleague’s")
    conflict = send(client, answer, form, narrative="In this tab")
    assert conflict.status_code == 409
    assert "Another text of yours" in text_of(conflict)
    assert HOUR in text_of(conflict)
    undecided = send(client, answer, fields_in(conflict, "conflict-form"))
    assert HOUR in text_of(undecided)
    end(client, answer, conflict, "mine")
    draft = draft_of(answer, contributor)
    assert (said(draft), draft.kept_at, draft.version) == (HOUR, kept_at, 2)
    page = client.get(path_of(answer, "answer-edit"))
    assert fields_in(page, "answer-form")["narrative"] == [HOUR]
    assert "and have not saved it" in text_of(page)


def test_whoever_drops_a_text_is_told_that_another_one_follows(
    answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    type_in_another_tab(client, answer)
    save(stored(answer), lead, rating=2, narrative="A colleague’s")
    conflict = send(client, answer, form, narrative="In this tab")
    assert "Another text of yours, which you had typed in another tab, is in the form now" in (
        text_of(drop(client, answer, conflict, ""))
    )


def test_the_other_tabs_words_outlive_the_end_of_a_session(
    answer: Answer, client: Client, contributor: User
) -> None:
    form = opened(client, answer)
    type_in_another_tab(client, answer)
    send(Client(), answer, form, narrative="In this tab")
    assert send(client, answer, opened(client, answer)).status_code == 302
    assert stored(answer).narrative == "In this tab"
    assert said(draft_of(answer, contributor)) == HOUR
    tasks = text_of(
        client.get(reverse("assessments:assessment-detail", args=[answer.assessment_id]))
    )
    assert "Another text of yours, typed in another tab, is not saved" in tasks


# --- Refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["answer-save", "answer-add-link", "evidence-upload", "evidence-remove"]
)
def test_where_the_assessment_is_closed_each_button_keeps_the_words(
    name: str, answer: Answer, client: Client, contributor: User, leader: User, staff: User
) -> None:
    evidence = add_file(answer, leader).evidence_id
    form = opened(client, answer)
    type_in_another_tab(client, answer)
    bring_to(answer.assessment, State.AWAITING, leader=leader, staff=staff)
    place = evidence if name == "evidence-remove" else answer.pk
    response = client.post(
        reverse(f"assessments:{name}", args=[place]), form | {"narrative": ["In this tab"]}
    )
    assert response.status_code == 409
    assert "In this tab" in text_of(response)
    assert HOUR in text_of(response)
    assert said(draft_of(answer, contributor)) == "In this tab"


def test_a_button_without_the_form_around_it_keeps_nothing(
    answer: Answer, client: Client, contributor: User, leader: User, staff: User
) -> None:
    evidence = add_file(answer, leader).evidence_id
    type_in_another_tab(client, answer)
    bring_to(answer.assessment, State.AWAITING, leader=leader, staff=staff)
    response = client.post(reverse("assessments:evidence-remove", args=[evidence]))
    assert response.status_code == 409
    assert said(draft_of(answer, contributor)) == HOUR


def test_a_form_with_a_mistake_keeps_the_words_too(
    answer: Answer, client: Client, contributor: User
) -> None:
    form = opened(client, answer)
    type_in_another_tab(client, answer)
    response = send(client, answer, form, narrative="x" * 10_001)
    assert response.status_code == 200
    assert said(draft_of(answer, contributor)) == "x" * 10_001
    assert HOUR in text_of(response)
    again = fields_in(response, "answer-form")
    assert send(client, answer, again, narrative="Shorter").status_code == 302
    assert said(draft_of(answer, contributor)) == HOUR


# --- A conflict of a conflict --------------------------------------------------------------------


def twice_in_conflict(client: Client, answer: Answer, lead: User, choice: str) -> Any:
    """Mine is another rating; the colleague saves a rating and words, then takes these back."""
    form = opened(client, answer)
    save(stored(answer), lead, rating=3, narrative="Withdrawn later")
    first = send(client, answer, form, rating="1", willing_to_share="on", completed_for="")
    assert fields_in(first, "conflict-form")["conflicts"] == ["rating"]
    save(stored(answer), lead, rating=4, narrative="Then")
    return decide(client, answer, first, choice)


def test_words_that_a_colleague_took_back_never_become_ones_own(
    answer: Answer, client: Client, lead: User, contributor: User
) -> None:
    """Neither at once nor when the draft is opened again and saved."""
    second = twice_in_conflict(client, answer, lead, "mine")
    assert second.status_code == 409
    assert draft_of(answer, contributor).version == 3
    again = send(client, answer, opened(client, answer))
    for conflict in (second, again):
        assert fields_in(conflict, "conflict-form")["conflicts"] == ["rating"]
    assert decide(client, answer, again, "mine").status_code == 302
    now = stored(answer)
    assert (now.rating, now.narrative, now.willing_to_share) == (1, "Then", True)
    assert not Draft.objects.exists()


def test_what_was_decided_is_not_asked_again(answer: Answer, client: Client, lead: User) -> None:
    form = opened(client, answer)
    save(stored(answer), lead, rating=3, narrative="Theirs")
    first = send(client, answer, form, rating="1", narrative="Mine", completed_for="")
    save(stored(answer), lead, rating=4, narrative="Theirs")
    chosen = {"keep-rating": "mine", "keep-narrative": "both"}
    send(client, answer, fields_in(first, "conflict-form"), **chosen)
    again = send(client, answer, opened(client, answer))
    assert fields_in(again, "conflict-form")["conflicts"] == ["rating"]
    decide(client, answer, again, "theirs")
    assert (stored(answer).rating, stored(answer).narrative) == (4, "Theirs\n\nMine")


def test_a_conflict_page_sent_without_a_session_keeps_nothing_of_the_colleagues(
    answer: Answer, client: Client, lead: User, contributor: User
) -> None:
    form = opened(client, answer)
    save(stored(answer), lead, rating=3, narrative="Withdrawn later")
    first = send(client, answer, form, rating="1", completed_for="")
    save(stored(answer), lead, rating=4, narrative="Then")
    decide(Client(), answer, first, "mine")
    draft = draft_of(answer, contributor)
    assert (said(draft), said(draft, "rating"), draft.version) == ("Then", "1", 2)
    again = send(client, answer, opened(client, answer))
    assert fields_in(again, "conflict-form")["conflicts"] == ["rating"]
    decide(client, answer, again, "mine")
    assert (stored(answer).rating, stored(answer).narrative) == (1, "Then")


@pytest.mark.parametrize("changed", [{"shown_version": ""}, {"conflicts": "rating"}])
def test_what_a_forged_conflict_page_leaves_out_is_asked(
    changed: dict[str, str], answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    save(stored(answer), lead, rating=3, narrative="Theirs")
    first = send(client, answer, form, rating="1", narrative="Mine", completed_for="")
    sent = fields_in(first, "conflict-form") | changed
    chosen = {"keep-rating": "mine", "keep-narrative": "mine"}
    response = send(client, answer, sent, **chosen)
    assert response.status_code == 409
    assert "narrative" in fields_in(response, "conflict-form")["conflicts"]
    assert stored(answer).narrative == "Theirs"
