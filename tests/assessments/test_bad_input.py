"""Text of every kind is kept exactly or refused in words; ids of every kind are no such page."""

from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Answer, Assessment
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import bring_to
from tests.assessments.posting import filled, post_answer, stored, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]

KEPT = {
    "blanks": "  \n\t  ",
    "leading and trailing lines": "\n\n text \n",
    "emoji family": "👨‍👩‍👧‍👦 and 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "Arabic": "نشارك البيانات بمسؤولية",
    "Welsh": "Ŵyr ŷd Ynys Môn",
    "right-to-left override": "abc\u202edef\u202c",
    "zero width": "a\u200bb\ufeffc",
    "decomposed": "e\u0301",
    "markup": "<script>alert(1)</script><b>bold</b>",
    "template": "{{ 7*7 }} {% load x %} ${7*7}",
    "SQL": "'); DROP TABLE assessments_answer; --",
    "quotes": "\"' &amp; &lt;",
    "ten thousand": "é" * 10_000,
}


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


@pytest.mark.parametrize("name", KEPT)
def test_text_is_kept_exactly_and_shown_as_text(
    name: str, answer: Answer, lead: User, staff: User, client_of: ClientOf
) -> None:
    text = KEPT[name]
    assert post_answer(client_of(lead), answer, narrative=text).status_code == 302
    assert stored(answer).narrative == text
    for person in (lead, staff):
        response = client_of(person).get(reverse("assessments:answer-edit", args=[answer.pk]))
        page = response.content.decode()
        assert "<script>alert" not in page
        assert text in text_of(response)
    check = reverse("assessments:assessment-check", args=[answer.assessment_id])
    if text.strip():
        assert f">{text}</span>" in text_of(client_of(lead).get(check))


def test_line_breaks_come_back_as_they_were_typed(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    post_answer(client_of(lead), answer, narrative="\r\none\r\n\r\ntwo\rthree\r\n")
    assert stored(answer).narrative == "\none\n\ntwo\nthree\n"


REFUSED = {
    "one too many": ("x" * 10_001, "Narrative must be 10000 characters or fewer"),
    "a megabyte": ("word " * 200_000, "Narrative must be 10000 characters or fewer"),
    "NUL": ("before\0after", "null character"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_text_that_cannot_be_kept_is_refused_in_words_and_stays_in_the_form(
    name: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    text, words = REFUSED[name]
    response = post_answer(client_of(lead), answer, narrative=text, reason="Also typed")
    page = text_of(response)
    assert response.status_code in {200, 400}
    if response.status_code == 200:
        assert words in page
        assert text in page
        assert "Also typed" in page
    assert stored(answer).version == 1


@pytest.mark.parametrize("broken", [b"%ED%A0%80", b"%ff%fe", b"%C3%28"])
def test_bytes_that_are_no_text_are_refused_in_words(
    broken: bytes, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    typed = urlencode(filled(answer) | {"narrative": "Before"}, quote_via=quote).encode()
    body = typed.replace(b"narrative=Before", b"narrative=Before" + broken)
    response = client_of(lead).post(
        reverse("assessments:answer-save", args=[answer.pk]),
        body,
        content_type="application/x-www-form-urlencoded",
    )
    page = text_of(response)
    assert response.status_code in {200, 400}
    if response.status_code == 200:
        assert "could not be read" in page
        assert "Before" in page
    assert stored(answer).version == 1


@pytest.mark.parametrize("rating", ["5", "-1", "4.0", "NaN", "٣", "na ", "x" * 1000])
def test_a_rating_that_is_none_is_refused_in_words(
    rating: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(lead), answer, rating=rating, narrative="Kept")
    assert response.status_code == 200
    assert "Select one of the options" in text_of(response)
    assert "Kept" in text_of(response)
    assert stored(answer).version == 1


@pytest.mark.parametrize("completed", ["maybe", "on", "1"])
def test_a_completion_that_is_none_is_refused_in_words(
    completed: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(lead), answer, completed=completed)
    assert "Select one of the options" in text_of(response)
    assert stored(answer).version == 1


IDS = ["0", "-1", "1.5", "x", "%00", "9" * 19, "9" * 40, "١", "1%20OR%201=1"]
PATHS = [
    "/assessments/{}/",
    "/assessments/{}/check/",
    "/assessments/{}/sign-off/",
    "/assessments/{}/review/",
    "/answers/{}/",
    "/answers/{}/assign/",
    "/answers/{}/history/",
    "/improvements/{}/",
]
POSTS = [
    "/answers/{}/save",
    "/answers/{}/assign/",
    "/answers/{}/unassign",
    "/answers/{}/restore",
    "/improvements/{}/",
    "/evidence/{}/remove",
    "/assessments/{}/send",
    "/assessments/{}/take-back",
    "/assessments/{}/decline",
    "/assessments/{}/sign-off/confirm",
    "/assessments/{}/review/accept",
    "/assessments/{}/review/request-changes",
    "/assessments/{}/review/reopen",
]


@pytest.mark.parametrize("strange", IDS)
def test_a_strange_id_is_no_such_page(
    strange: str, assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    found = {path: client.get(path.format(strange)).status_code for path in PATHS}
    found |= {path: client.post(path.format(strange)).status_code for path in POSTS}
    assert set(found.values()) <= {404, 400}


def test_the_answer_of_another_partner_is_no_such_page_and_stays(
    answer: Answer, stranger: User, client_of: ClientOf
) -> None:
    client = client_of(stranger)
    response = post_answer(client, answer, narrative="Not mine")
    assert response.status_code == 404
    assert "Braintree" not in text_of(response)
    assert stored(answer).version == 1


def test_a_note_of_any_kind_is_kept_or_refused_in_words(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
    path = reverse("assessments:assessment-decline", args=[assessment.pk])
    client = client_of(leader)
    for note in ("x" * 2001, "a\0b", "\n \t"):
        response = client.post(path, {"note": note})
        assert response.status_code in {200, 400}
        assert Assessment.objects.get().state == State.AWAITING
    assert client.post(path, {"note": KEPT["markup"] + "{note} {0}"}).status_code == 302
    page = client.get(reverse("assessments:assessment-detail", args=[assessment.pk]))
    assert "<script>alert" not in page.content.decode()
    assert KEPT["markup"] + "{note} {0}" in text_of(page)


def test_an_empty_form_changes_nothing_and_is_no_error(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    """Without a version it was not ours; it differs from the empty answer in nothing."""
    path = reverse("assessments:answer-save", args=[answer.pk])
    assert client_of(lead).post(path, {}).status_code == 302
    assert stored(answer).version == 1
    assert client_of(lead).post(path, {"narrative": "Not ours"}).status_code == 409
    assert stored(answer).version == 1
