"""Two people changed one indicator: what merges, what is asked, and that nothing is retyped."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.answering import Wanted, save_answer
from assessments.models import Answer, Assessment, Draft
from signatories.models import User
from tests.assessment_factories import save
from tests.assessments.posting import fields_in, post_answer, stored, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
THEN, MINE, THEIRS = "What we said then.", "What I typed for an hour.", "What Lee saved."


@pytest.fixture
def answer(assessment: Assessment, contributor: User) -> Answer:
    """Saved once; the person opens it at this version."""
    return save(assessment.answers.in_order()[0], contributor, rating=1, narrative=THEN)


@pytest.fixture
def client(contributor: User, client_of: ClientOf) -> Client:
    """The person who is too late."""
    return client_of(contributor)


def opened(client: Client, answer: Answer) -> dict[str, Any]:
    """The form as the person's browser holds it."""
    page = client.get(reverse("assessments:answer-edit", args=[answer.pk]))
    return fields_in(page, "answer-form")


def colleague_saves(answer: Answer, lead: User, **changed: Any) -> Answer:
    """Lee saves meanwhile."""
    now = stored(answer)
    given: dict[str, Any] = {
        "rating": now.rating,
        "not_applicable": False,
        "reason": now.reason,
        "narrative": now.narrative,
        "completed": now.completed,
    }
    return save_answer(answer=now, version=now.version, by=lead, **(given | changed))


def send(client: Client, answer: Answer, form: dict[str, Any], **changed: Any) -> Any:
    path = reverse("assessments:answer-save", args=[answer.pk])
    return client.post(path, form | {"next": "return"} | changed)


def test_fields_that_only_one_side_changed_merge_silently(
    answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    colleague_saves(answer, lead, rating=3)
    assert send(client, answer, form, narrative=MINE).status_code == 302
    row = stored(answer)
    assert (row.rating, row.narrative, row.version) == (3, MINE, 4)
    page = client.get(reverse("assessments:assessment-detail", args=[answer.assessment_id]))
    assert "What a colleague changed meanwhile is kept too: Your rating" in text_of(page)


def test_the_same_field_is_409_with_both_texts_and_a_choice(
    answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    colleague_saves(answer, lead, narrative=THEIRS)
    response = send(client, answer, form, narrative=MINE)
    assert response.status_code == 409
    page = text_of(response)
    assert MINE in page
    assert THEIRS in page
    assert "Lee Lead saved this indicator" in page
    assert [name for name in fields_in(response, "conflict-form") if name == "keep-rating"] == []
    assert (stored(answer).narrative, stored(answer).version) == (THEIRS, 3)


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("mine", MINE), ("theirs", THEIRS), ("both", f"{THEIRS}\n\n{MINE}")],
)
def test_one_choice_and_one_click_save_what_was_chosen(
    choice: str, kept: str, answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    colleague_saves(answer, lead, narrative=THEIRS, rating=2)
    conflict = send(client, answer, form, narrative=MINE, willing_to_share="on")
    again = fields_in(conflict, "conflict-form") | {"keep-narrative": [choice]}
    assert send(client, answer, again).status_code == 302
    row = stored(answer)
    assert (row.narrative, row.rating, row.willing_to_share) == (kept, 2, True)
    assert row.version == 4


def test_nothing_chosen_is_asked_again_with_everything_kept(
    answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    colleague_saves(answer, lead, narrative=THEIRS)
    conflict = fields_in(send(client, answer, form, narrative=MINE), "conflict-form")
    response = send(client, answer, conflict)
    page = text_of(response)
    assert "Choose what to keep of “Narrative”" in page
    assert page.count("Error: ") >= 1
    assert MINE in page
    assert THEIRS in page
    again = fields_in(response, "conflict-form") | {"keep-narrative": ["both"]}
    assert send(client, answer, again).status_code == 302
    assert stored(answer).narrative == f"{THEIRS}\n\n{MINE}"


def test_a_third_save_amid_the_choice_is_compared_once_more(
    answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    colleague_saves(answer, lead, narrative=THEIRS)
    conflict = fields_in(send(client, answer, form, narrative=MINE), "conflict-form")
    colleague_saves(answer, lead, narrative="Saved a third time.", rating=4)
    response = send(client, answer, conflict, **{"keep-narrative": "mine"})
    page = text_of(response)
    assert response.status_code == 409
    assert MINE in page
    assert "Saved a third time." in page
    again = fields_in(response, "conflict-form") | {"keep-narrative": ["mine"]}
    send(client, answer, again)
    assert (stored(answer).narrative, stored(answer).rating) == (MINE, 4)


def test_links_files_plans_and_support_that_were_typed_come_along(
    answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    colleague_saves(answer, lead, narrative=THEIRS)
    typed = {
        "links-0-url": "https://a.example/plan",
        "links-0-title": "Our plan",
        "links-0-date-day": "1",
        "links-0-date-month": "may",
        "links-0-date-year": "2026",
        "links-1-url": "https://a.example/second",
        "links-1-title": "Second",
        "plan_what": "Appoint an owner.",
        "support": ["other"],
        "support_words": "Somebody to talk to",
    }
    conflict = fields_in(send(client, answer, form, narrative=MINE, **typed), "conflict-form")
    assert not answer.evidence.exists()
    send(client, answer, conflict | {"keep-narrative": ["theirs"]})
    links = answer.evidence.order_by("url")
    assert [(link.title, str(link.dated_on)) for link in links] == [
        ("Our plan", "2026-05-01"),
        ("Second", "None"),
    ]
    [asked] = answer.assessment.partner.support_requests.all()
    assert asked.words == "Somebody to talk to"
    [improvement] = answer.assessment.partner.improvements.all()
    assert improvement.what == "Appoint an owner."


def test_support_that_a_colleague_asked_for_meanwhile_stays(
    answer: Answer, client: Client, lead: User
) -> None:
    """It is asked for, though the form that comes later does not name it."""
    form = opened(client, answer)
    colleague_saves(answer, lead, wanted=Wanted(words="Train our analysts"))
    assert send(client, answer, form, narrative=MINE).status_code == 302
    [asked] = answer.assessment.partner.support_requests.waiting()
    assert asked.words == "Train our analysts"


def test_completed_and_a_new_rating_are_both_asked_about(
    answer: Answer, client: Client, lead: User
) -> None:
    form = opened(client, answer)
    colleague_saves(answer, lead, completed=False)
    response = send(client, answer, form, rating="4", completed_for="")
    page = text_of(response)
    assert response.status_code == 409
    assert "keep-rating" in page
    assert "keep-completed" in page


def test_both_texts_that_are_too_long_together_are_said_so_and_kept(
    answer: Answer, client: Client, lead: User
) -> None:
    long = "x" * 6000
    form = opened(client, answer)
    colleague_saves(answer, lead, narrative="y" * 6000)
    conflict = fields_in(send(client, answer, form, narrative=long), "conflict-form")
    response = send(client, answer, conflict | {"keep-narrative": ["both"]})
    page = text_of(response)
    assert "Narrative must be 10000 characters or fewer" in page
    assert long in page
    assert "y" * 6000 in page


def test_the_same_form_sent_twice_saves_one_improvement_and_one_link(
    answer: Answer, client: Client
) -> None:
    form = opened(client, answer)
    typed = {
        "plan_what": "Appoint an owner.",
        "links-0-url": "https://a.example/",
        "links-0-title": "Page",
    }
    for _ in range(2):
        send(client, answer, form, narrative=MINE, **typed)
    assert answer.evidence.count() == 1
    assert answer.assessment.partner.improvements.count() == 1
    assert stored(answer).narrative == MINE


def test_a_conflict_keeps_what_was_typed_as_a_draft_too(
    answer: Answer, client: Client, lead: User, contributor: User
) -> None:
    """Whoever closes the window on the conflict page finds the words again."""
    form = opened(client, answer)
    colleague_saves(answer, lead, narrative=THEIRS)
    send(client, answer, form, narrative=MINE)
    draft = Draft.objects.get(answer=answer, person=contributor)
    assert draft.typed["narrative"] == [MINE]
    page = opened(client, answer)
    assert page["narrative"] == [MINE]
    assert send(client, answer, page).status_code == 409


def test_a_forged_field_to_decide_is_left_alone(answer: Answer, client: Client) -> None:
    form = opened(client, answer) | {"conflicts": ["updated_by", "state"], "narrative": [MINE]}
    assert send(client, answer, form).status_code == 302
    assert stored(answer).narrative == MINE


def test_a_forged_choice_is_asked_again(answer: Answer, client: Client, lead: User) -> None:
    form = opened(client, answer)
    colleague_saves(answer, lead, narrative=THEIRS)
    conflict = fields_in(send(client, answer, form, narrative=MINE), "conflict-form")
    response = send(client, answer, conflict | {"keep-narrative": ["everybody"]})
    assert "Select one of the options" in text_of(response)
    assert MINE in text_of(response)


def test_a_save_under_the_present_version_needs_no_comparison(
    answer: Answer, client: Client
) -> None:
    assert post_answer(client, answer, narrative=MINE).status_code == 302
    assert stored(answer).version == 3


def test_support_that_ecda_has_given_meanwhile_is_not_asked_for_again(
    answer: Answer, client: Client, lead: User
) -> None:
    """Nobody saved the answer since: requests have a life of their own."""
    colleague_saves(answer, lead, wanted=Wanted(words="Help us"))
    form = opened(client, answer)
    requests = answer.assessment.partner.support_requests
    requests.update(state="done", ended_at=timezone.now())
    offer = answer.indicator.support_offers.all()[0]
    chosen = [*form["support"], offer.slug]
    assert send(client, answer, form, support=chosen).status_code == 302
    [asked] = requests.waiting()
    assert asked.offer == offer


@pytest.mark.parametrize(
    "seen", ["[" * 100_000, '[["\\ud800"], "\\ud800"]', "[1]", "null", "[[],{}]"]
)
def test_a_forged_note_of_the_support_seen_is_no_error(
    seen: str, answer: Answer, client: Client
) -> None:
    form = opened(client, answer) | {"support_seen": [seen], "narrative": [MINE]}
    assert send(client, answer, form).status_code == 302
    assert stored(answer).narrative == MINE


def test_taking_the_reason_away_while_a_colleague_needs_it_is_asked_about(
    answer: Answer, client: Client, lead: User
) -> None:
    colleague_saves(answer, lead, reason="Because")
    form = opened(client, answer)
    colleague_saves(answer, lead, rating=None, not_applicable=True, completed=True)
    response = send(client, answer, form, reason="", completed="yes", completed_for="")
    page = text_of(response)
    assert response.status_code == 409
    assert "keep-rating" in page
    assert "keep-reason" in page
