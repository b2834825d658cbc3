"""What a reviewer has written and not decided: saved for later, brought back, never lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.asking import add_to_draft
from assessments.actions.review_drafts import (
    MAX_BYTES,
    OtherDraftError,
    discard_draft,
    keep_draft,
)
from assessments.models import Assessment, Review, ReviewDraft
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, User
from tests.assessment_factories import bring_to
from tests.assessments.posting import fields_in, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
# The one comment is a remark, should the assessment be accepted with it.
MEANT = {"remarks": "1"}
WORDS = "First line: <b>&amp;</b>\n\n  two blanks, نشارك 👨‍👩‍👧‍👦 {{ 7*7 }}"


@pytest.fixture
def submitted(assessment: Assessment, leader: User, staff: User) -> Assessment:
    """Signed off, waiting for review."""
    return bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)


def path(name: str, assessment: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[assessment.pk])


def form_of(client: Client, assessment: Assessment) -> dict[str, Any]:
    """What a browser would send of the page's form as it is."""
    found = fields_in(client.get(path("review-detail", assessment)), "review-form")
    return {name: values[0] for name, values in found.items()}


def comment_of(assessment: Assessment, place: int = 0) -> str:
    return f"comment-{assessment.answers.in_order()[place].indicator_id}"


def test_what_is_saved_for_later_is_in_the_fields_when_the_page_opens_again(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    typed = {"note": WORDS, "private": "Among us", comment_of(submitted): WORDS}
    response = client.post(
        path("review-keep", submitted), form_of(client, submitted) | typed, follow=True
    )
    assert "Saved for later. Only you see" in text_of(response)
    assert form_of(client, submitted).items() >= typed.items()
    assert Assessment.objects.get().state == State.SUBMITTED
    assert not Review.objects.exists()


def test_nobody_else_sees_a_draft(
    submitted: Assessment, staff: User, administrator: User, client_of: ClientOf
) -> None:
    client_of(staff).post(path("review-keep", submitted), {"note": WORDS})
    other = client_of(administrator)
    assert "First line" not in text_of(other.get(path("review-detail", submitted)))
    other.post(path("review-keep", submitted), {"note": "Mine"})
    assert ReviewDraft.objects.get(person=staff).typed["note"] == [WORDS]
    assert ReviewDraft.objects.get(person=administrator).typed["note"] == ["Mine"]


def test_a_draft_leaves_no_trace_in_the_timeline(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    before = Event.objects.count()
    client_of(staff).post(path("review-keep", submitted), {"note": WORDS})
    assert Event.objects.count() == before


@pytest.mark.parametrize("decision", ["review-accept", "review-request-changes"])
def test_a_decision_takes_the_draft_with_it(
    decision: str, submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    client.post(path("review-keep", submitted), {"note": "N", comment_of(submitted): "C"})
    response = client.post(path(decision, submitted), form_of(client, submitted) | MEANT)
    assert response.status_code == 302
    assert not ReviewDraft.objects.exists()
    assert Review.objects.get().note == "N"


@pytest.mark.parametrize("decision", ["review-accept", "review-request-changes"])
def test_an_older_tab_decides_nothing_while_the_draft_says_more(
    decision: str, submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    first_tab = form_of(client, submitted) | {"note": "Done", comment_of(submitted): "Why?"}
    client.post(path("review-keep", submitted), {"note": "From the second tab"})
    response = client.post(path(decision, submitted), first_tab | MEANT)
    assert response.status_code == 409
    page = text_of(response)
    assert "kept for you from another tab or page" in page
    assert "From the second tab" in page
    assert Assessment.objects.get().state == State.SUBMITTED
    assert not Review.objects.exists()
    assert ReviewDraft.objects.get().typed["note"] == ["From the second tab"]
    again = {name: values[0] for name, values in fields_in(response, "review-form").items()}
    assert (again["note"], again[comment_of(submitted)]) == ("Done", "Why?")
    assert client.post(path(decision, submitted), again | MEANT).status_code == 302
    assert not ReviewDraft.objects.exists()


def test_questions_put_into_the_draft_meanwhile_are_not_decided_away(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    first_tab = form_of(client, submitted)
    indicator = submitted.answers.in_order()[0].indicator_id
    add_to_draft(submitted, {indicator: ["Where is the evidence?"]}, staff)
    response = client.post(path("review-accept", submitted), first_tab)
    assert response.status_code == 409
    assert "Where is the evidence?" in text_of(response)
    assert Assessment.objects.get().state == State.SUBMITTED
    assert ReviewDraft.objects.exists()


def test_a_draft_that_says_what_is_decided_is_in_nobodys_way(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    first_tab = form_of(client, submitted) | {"note": "Well done"}
    client.post(path("review-keep", submitted), first_tab)
    assert client.post(path("review-accept", submitted), first_tab).status_code == 302
    assert not ReviewDraft.objects.exists()


def test_two_tabs_are_put_together_by_hand_and_nothing_is_lost(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    first, second = form_of(client, submitted), form_of(client, submitted)
    client.post(path("review-keep", submitted), first | {"note": "In the first"})
    response = client.post(path("review-keep", submitted), second | {"note": "In the second"})
    assert response.status_code == 409
    page = text_of(response)
    assert "kept for you from another tab or page" in page
    assert "In the first" in page
    again = {name: values[0] for name, values in fields_in(response, "review-form").items()}
    assert again["note"] == "In the second"
    assert ReviewDraft.objects.get().typed["note"] == ["In the first"]
    both = again | {"note": "In the first and in the second"}
    assert client.post(path("review-keep", submitted), both).status_code == 302
    assert ReviewDraft.objects.get().typed["note"] == ["In the first and in the second"]


def test_the_same_words_from_another_tab_are_no_conflict(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    first, second = form_of(client, submitted), form_of(client, submitted)
    for tab in (first, second):
        response = client.post(path("review-keep", submitted), tab | {"note": "Same"})
        assert response.status_code == 302


def test_a_draft_is_thrown_away_on_its_page_but_not_one_that_has_grown(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    client.post(path("review-keep", submitted), {"note": "One"})
    seen = form_of(client, submitted)
    client.post(path("review-keep", submitted), seen | {"note": "Two"})
    response = client.post(path("review-discard", submitted), seen, follow=True)
    assert "nothing was thrown away" in text_of(response)
    assert ReviewDraft.objects.get().typed["note"] == ["Two"]
    now = form_of(client, submitted)
    response = client.post(path("review-discard", submitted), now, follow=True)
    assert "has been thrown away" in text_of(response)
    assert not ReviewDraft.objects.exists()


def test_a_script_is_told_in_json_what_is_kept(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client, keep = client_of(staff), path("review-keep", submitted)
    form, header = form_of(client, submitted), {"Accept": "application/json"}
    told = client.post(keep, form | {"note": "A"}, headers=header)
    assert told.status_code == 200
    assert told.json().keys() == {"kept", "at"}
    again = client.post(keep, form | {"note": "B", "kept": told.json()["kept"]}, headers=header)
    assert again.status_code == 200
    stale = client.post(keep, form | {"note": "C"}, headers=header)
    assert (stale.status_code, stale.json().keys()) == (409, {"message"})
    assert ReviewDraft.objects.get().typed["note"] == ["B"]


def test_an_empty_form_makes_no_draft(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert client.post(path("review-keep", submitted), {"note": " \r\n"}).status_code == 302
    assert not ReviewDraft.objects.exists()


@pytest.mark.parametrize("kept", ["", "yesterday", "2026-02-31T10:00", "x" * 9999])
def test_nonsense_for_what_was_seen_overwrites_nothing(
    kept: str, submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    client.post(path("review-keep", submitted), {"note": "One"})
    response = client.post(path("review-keep", submitted), {"note": "Two", "kept": kept})
    assert response.status_code == 409
    assert ReviewDraft.objects.get().typed["note"] == ["One"]


def test_what_is_longer_than_a_review_can_be_is_refused_and_given_back(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    typed = {"note": "n" * MAX_BYTES}
    response = client_of(staff).post(path("review-keep", submitted), typed)
    assert response.status_code == 409
    page = text_of(response)
    assert "too long to be kept" in page
    assert typed["note"] in page


def test_the_action_keeps_what_a_database_cannot_hold_as_well_as_it_can(
    submitted: Assessment, staff: User
) -> None:
    typed = {"note": ["a\0b\ud800c"]}
    draft = keep_draft(assessment=submitted, person=staff, typed=typed, seen=None)
    assert draft.typed == {"note": ["a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"]}
    with pytest.raises(OtherDraftError):
        keep_draft(assessment=submitted, person=staff, typed={"note": ["d"]}, seen=None)
    with pytest.raises(OtherDraftError):
        discard_draft(assessment=submitted, by=staff, seen=None)
    much = {"note": ["n" * MAX_BYTES]}
    with pytest.raises(RefusedError, match="too long"):
        keep_draft(assessment=submitted, person=staff, typed=much, seen=draft.kept_at)
    discard_draft(assessment=submitted, by=staff, seen=draft.kept_at)
    discard_draft(assessment=submitted, by=staff, seen=None)
    assert not ReviewDraft.objects.exists()


@pytest.mark.parametrize("persona", ["lead", "leader", "staff_member"])
def test_the_partners_own_people_keep_no_draft_of_its_review(
    persona: str, submitted: Assessment, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(persona))
    assert client.post(path("review-keep", submitted), {"note": "x"}).status_code == 403
    assert not ReviewDraft.objects.exists()
