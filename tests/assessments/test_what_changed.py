"""What changed since last round, in words: on the sign-off page and beside the form."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.answering import save_answer
from assessments.actions.carrying import carry_forward
from assessments.actions.submitting import send
from assessments.dashboards import read_sheet
from assessments.models import Answer, Assessment
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, save
from tests.assessments.posting import filled, post_answer, stored, text_of
from tests.assessments.years import empty_next_year, move_to_the_past

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def before(edition: Edition, partner: Partner, lead: User, staff: User) -> Assessment:
    """Last year's assessment, all rated 2 but the last, which nobody answered."""
    found = empty_next_year(edition, staff, partner)
    for answer in found.answers.in_order()[:12]:
        save(answer, lead)
    move_to_the_past(found.round)
    return found


@pytest.fixture
def now(before: Assessment, staff: User) -> Assessment:
    """This year's assessment, empty."""
    return empty_next_year(before.round.edition, staff, before.partner)


def set_aside(answer: Answer, by: User) -> None:
    save_answer(
        answer=answer,
        version=answer.version,
        rating=None,
        not_applicable=True,
        reason="No longer ours.",
        narrative="",
        completed=True,
        by=by,
    )


def edit(client: Client, answer: Answer) -> str:
    path = reverse("assessments:answer-edit", args=[answer.pk])
    return " ".join(text_of(client.get(path)).split())


# --- Sign-off -------------------------------------------------------------------------------------


def test_the_leader_sees_what_changed_indicator_by_indicator(
    before: Assessment, now: Assessment, lead: User, leader: User, client_of: ClientOf
) -> None:
    up, down, other, words, *same, new = now.answers.in_order()
    save(up, lead, 3)
    save(down, lead, 0)
    set_aside(other, lead)
    save(words, lead, 2, "Told anew.")
    for answer in (*same, new):
        save(answer, lead)
    last = before.round
    rows = read_sheet(now).rows
    assert [row.change.words for row in rows if row.change] == [
        f"Up from 2 Developing in {last}",
        f"Down from 2 Developing in {last}",
        f"Changed from 2 Developing in {last}",
        "Same rating, other words",
        *[f"Unchanged since {last}"] * 8,
        "New",
    ]
    send(assessment=now, by=lead)
    path = reverse("assessments:assessment-sign-off", args=[now.pk])
    page = " ".join(text_of(client_of(leader).get(path)).split())
    assert "What changed since last round" in page
    assert "1 up, 1 down, 1 changed otherwise, 9 with the same rating, 1 new." in page
    assert f'<span aria-hidden="true">▲</span> Up from 2 Developing in {last}' in page
    assert f'<span aria-hidden="true">▼</span> Down from 2 Developing in {last}' in page
    for row in rows:
        assert f'href="#indicator-{row.answer.indicator_id}"' in page
        assert f'id="indicator-{row.answer.indicator_id}"' in page


def test_the_first_round_has_nothing_to_compare_with(
    assessment: Assessment, lead: User, leader: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead)
    send(assessment=assessment, by=lead)
    path = reverse("assessments:assessment-sign-off", args=[assessment.pk])
    page = text_of(client_of(leader).get(path))
    assert "there is nothing to compare with" in page
    assert "Since last round" not in page


def test_what_is_not_answered_has_not_changed(now: Assessment) -> None:
    assert [row.change for row in read_sheet(now).rows] == [None] * 13


# --- Beside the form ------------------------------------------------------------------------------


def test_last_rounds_answer_stands_beside_the_form(
    before: Assessment, now: Assessment, contributor: User, client_of: ClientOf
) -> None:
    first, last = now.answers.in_order()[0], now.answers.in_order()[12]
    page = edit(client_of(contributor), first)
    beside = page[page.index('class="app-last-round"') :]
    beside = beside[: beside.index("</section>")]
    assert f"What you said in {before.round}" in beside
    assert "2 Developing" in beside
    assert "We do." in beside
    assert "review this" not in page
    assert "app-last-round" not in edit(client_of(contributor), last)


def test_a_long_text_is_opened_by_those_who_want_it(
    edition: Edition, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    before = empty_next_year(edition, staff, partner)
    save(before.answers.in_order()[0], lead, narrative="Long words. " * 100)
    set_aside(before.answers.in_order()[1], lead)
    move_to_the_past(before.round)
    now = empty_next_year(edition, staff, partner)
    first, second = now.answers.in_order()[:2]
    page = edit(client_of(lead), first)
    assert "Read the narrative" in page
    assert page.count("Long words.") == 2 * 100  # Beside the form, and above it on a phone.
    page = edit(client_of(lead), second)
    assert "No longer ours." in page
    assert "No narrative" not in page


def test_a_carried_answer_fills_the_form_and_says_so_until_it_is_saved(
    before: Assessment, now: Assessment, lead: User, client_of: ClientOf
) -> None:
    carry_forward(assessment=now, by=lead)
    client, answer = client_of(lead), now.answers.in_order()[0]
    page = edit(client, answer)
    assert f"From the {before.round} round: review this." in page
    assert "It counts once you have saved it." in page
    assert "We do.</textarea>" in page
    # Whether it is completed is asked anew.
    form = page[page.index('id="answer-form"') :]
    completed = form[form.index("Have you completed this indicator?") :]
    assert "checked" not in completed[: completed.index("</fieldset>")]
    assert post_answer(client, stored(answer)).status_code == 302
    assert "review this" not in edit(client, answer)
    saved = stored(answer)
    assert (saved.is_answered, saved.completed) == (True, True)
    assert saved.carried_from == before.answers.in_order()[0]


def test_who_was_writing_meanwhile_loses_nothing(
    before: Assessment, now: Assessment, lead: User, contributor: User, client_of: ClientOf
) -> None:
    answer = now.answers.in_order()[0]
    typed = filled(answer, rating="4", narrative="Typed before they were brought forward")
    carry_forward(assessment=now, by=lead)
    path = reverse("assessments:answer-save", args=[answer.pk])
    response = client_of(contributor).post(path, typed)
    assert response.status_code == 409
    page = text_of(response)
    assert "Typed before they were brought forward" in page
    assert "We do." in page
    assert stored(answer).is_unconfirmed
