"""The history of an answer as its partner reads it: who, when, what changed, side by side."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.actions.answering import save_answer
from assessments.actions.carrying import carry_forward
from assessments.dashboards import read_history, read_version
from assessments.dashboards.history import PER_PAGE
from assessments.models import Answer, Assessment
from assessments.wording import Kind
from signatories.models import User
from tests.assessment_factories import answer_all, save
from tests.assessments.posting import stored, text_of
from tests.assessments.years import empty_next_year, move_to_the_past

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def path_of(answer: Answer) -> str:
    return reverse("assessments:answer-history", args=[answer.pk])


def seen_of(html: str) -> str:
    """The words of a page as one who listens hears them."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


# --- What is read --------------------------------------------------------------------------------


def test_versions_come_newest_first_with_who_when_and_what_changed(
    answer: Answer, contributor: User, lead: User
) -> None:
    save(answer, contributor, rating=2, narrative="We share data.")
    save(answer, lead, rating=3, narrative="We publish data.")
    newest, second, first = read_history(answer).entries
    assert [entry.version.number for entry in (newest, second, first)] == [3, 2, 1]
    assert [newest.is_present, second.is_present] == [True, False]
    assert (newest.version.who, second.version.who) == ("Lee Lead", "Connie Contributor")
    assert newest.version.at >= second.version.at
    rating, narrative = newest.changes
    assert (rating.label, rating.before, rating.after) == (
        "Rating",
        "2 Developing",
        "3 Established",
    )
    assert [(one.kind, one.text) for one in narrative.segments] == [
        (Kind.KEPT, "We "),
        (Kind.REMOVED, "share"),
        (Kind.ADDED, "publish"),
        (Kind.KEPT, " data."),
    ]
    assert [change.label for change in second.changes] == ["Rating", "Narrative", "Completed"]


def test_the_empty_beginning_reads_as_one(answer: Answer, staff: User) -> None:
    [first] = read_history(answer).entries
    assert first.version.note == "The round began, with no answer yet"
    assert (first.version.who, first.changes) == (str(staff), ())


def test_saved_again_in_the_same_words_is_an_entry_too(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    save(answer, lead)
    save(answer, lead)
    assert read_history(answer).entries[0].changes == ()
    assert "Saved again, in the same words" in text_of(client_of(lead).get(path_of(answer)))


@pytest.mark.django_db(transaction=True)
def test_what_was_changed_outside_the_pages_is_there_and_named_so(answer: Answer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assessments_answer SET narrative = 'Shell' WHERE id = %s", [answer.pk]
        )
    entry = read_history(answer).entries[0]
    assert (entry.version.who, entry.version.number) == ("The portal", 1)
    assert [change.after for change in entry.changes] == ["Shell"]


def test_an_answer_brought_forward_says_from_which_round(
    assessment: Assessment, leader: User, lead: User, staff: User, client_of: ClientOf
) -> None:
    answer_all(assessment, leader)
    move_to_the_past(assessment.round)
    next_one = empty_next_year(assessment.round.edition, staff, assessment.partner)
    carry_forward(assessment=next_one, by=lead)
    answer = next_one.answers.in_order()[0]
    carried, empty = read_history(answer).entries
    words = f"Brought forward from the {assessment.round} round, to be reviewed"
    assert carried.version.note == words
    assert carried.version.who == "Lee Lead"
    assert [change.label for change in carried.changes] == ["Rating", "Narrative"]
    assert empty.version.note == "The round began, with no answer yet"
    assert words in text_of(client_of(lead).get(path_of(answer)))


def test_not_applicable_and_its_reason_are_shown(answer: Answer, lead: User) -> None:
    save_answer(
        answer=answer,
        version=1,
        rating=None,
        not_applicable=True,
        reason="We hold no data.",
        narrative="",
        completed=False,
        by=lead,
        willing_to_share=True,
    )
    changes = read_history(answer).entries[0].changes
    assert [(change.label, change.after) for change in changes] == [
        ("Rating", "Not applicable"),
        ("Why it is not applicable", "We hold no data."),
        ("Willing to share as good practice", "Yes"),
    ]


def test_a_long_history_comes_in_pages(answer: Answer, lead: User, client_of: ClientOf) -> None:
    for number in range(PER_PAGE + 4):
        save(answer, lead, narrative=f"Text {number}")
    first, second = read_history(answer), read_history(answer, 2)
    assert [len(found.entries) for found in (first, second)] == [PER_PAGE, 5]
    # The last one of a page is compared with the first one of the next.
    assert [change.label for change in first.entries[-1].changes] == ["Narrative"]
    assert second.entries[-1].version.number == 1
    client = client_of(lead)
    page = text_of(client.get(path_of(answer)))
    assert "Earlier versions" in page
    assert "Later versions" not in page
    for strange in ("0", "-1", "99", "x", "9" * 40):
        assert client.get(path_of(answer), {"page": strange}).status_code == 200


@pytest.mark.parametrize("size", [1, 2 * PER_PAGE])
def test_a_history_needs_three_queries_however_long_it_is(
    size: int,
    assessment: Assessment,
    answer: Answer,
    lead: User,
    django_assert_num_queries: Any,
) -> None:
    for number in range(size):
        save(answer, lead, narrative=f"Text {number}")
    with django_assert_num_queries(3):
        read_history(answer)


# --- The pages -----------------------------------------------------------------------------------


def test_the_page_reads_well_aloud_and_without_colour(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    save(answer, lead, narrative="We share data.")
    save(answer, lead, narrative="We publish data.")
    page = text_of(client_of(lead).get(path_of(answer)))
    assert "We [taken away: share] [added: publish] data." in seen_of(page)
    assert page.count("<del") == page.count("</del>") >= 1
    assert page.count("<ins") == page.count("</ins>") >= 1


def test_a_line_break_that_was_added_is_named(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    save(answer, lead, narrative="One two")
    save(answer, lead, narrative="One\ntwo")
    page = seen_of(text_of(client_of(lead).get(path_of(answer))))
    assert "One [taken away: a blank ] [added: a line break ] two" in page


KEPT = {
    "markup": "<script>alert(1)</script> & <b>bold</b>",
    "emoji family": "We 👨‍👩‍👧‍👦 and 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "Arabic": "نشارك البيانات بمسؤولية",
    "override": "abc \u202edef\u202c",
    "template": "{{ 7*7 }} {% load x %}",
    "ten thousand": " ".join(["é"] * 5000),
}


@pytest.mark.parametrize("name", KEPT)
def test_text_of_every_kind_is_shown_as_text_on_both_pages(
    name: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    save(answer, lead, narrative=KEPT[name])
    save(answer, lead, narrative="Short.")
    client = client_of(lead)
    key = read_history(answer).entries[1].version.key
    for path in (path_of(answer), f"{path_of(answer)}?version={key}"):
        response = client.get(path)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
        assert KEPT[name] in text_of(response)


def test_an_earlier_version_stands_beside_the_present_one(
    answer: Answer, contributor: User, lead: User, client_of: ClientOf
) -> None:
    save(answer, contributor, rating=1, narrative="We share data.")
    save(answer, lead, rating=2, narrative="We publish data.")
    key = read_history(answer).entries[1].version.key
    response = client_of(lead).get(path_of(answer), {"version": key})
    page = seen_of(text_of(response))
    assert "Version 2 and the present answer" in page
    assert "by Connie Contributor" in page
    assert "We [taken away: share] data." in page
    assert "We [added: publish] data." in page
    assert "[taken away: 1 Exploring]" in page
    assert "[added: 2 Developing]" in page
    assert "The same in both: Willing to share as good practice, Completed." in page
    assert "Restore this version" in page


def test_a_version_of_another_answer_or_none_is_no_such_page(
    assessment: Assessment, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    other = assessment.answers.in_order()[1]
    foreign = read_history(other).entries[0].version.key
    client = client_of(lead)
    for key in (foreign, 0, -1, "x", "", "9" * 40, "1.5", "\u0661", "1 OR 1=1"):
        assert client.get(path_of(answer), {"version": key}).status_code == 404, key
    assert read_version(answer, foreign) is None


@pytest.mark.parametrize("persona", ["staff", "administrator"])
def test_the_history_is_the_partner_s_own(
    persona: str, answer: Answer, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(persona))
    assert client.get(path_of(answer)).status_code == 403


def test_another_partner_finds_nothing(answer: Answer, stranger: User, client_of: ClientOf) -> None:
    response = client_of(stranger).get(path_of(answer))
    assert response.status_code == 404
    assert "Braintree" not in text_of(response)
    assert stored(answer).version == 1
