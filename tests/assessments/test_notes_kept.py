"""Notes, reviews and what is said of evidence: no session, old token, role gone, and no word lost.

The same for answers is in test_rescued_words.py, for improvements in test_improvement_conflicts.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.evidence import Link
from assessments.dashboards import stamp
from assessments.models import Assessment, Evidence
from assessments.views import evidence, review, signoff
from assessments.workflow import State
from declaration.writers import sign_writer
from signatories.models import Membership, User
from tests.assessment_factories import bring_to, save
from tests.assessments.posting import fields_in, text_of
from tests.assessments.uploading import add_file

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
WORDS = "First line: <b>&amp;</b>\nنشارك 👨‍👩‍👧‍👦 {{ 7*7 }}"
MORE = "Who sponsors  this? “Nobody”"


@dataclass
class Case:
    """One form with words: who writes it, on which page, where it goes, and what its texts are."""

    writer: User
    page: str
    action: str
    labels: dict[str, str]
    others: dict[str, str] = field(default_factory=dict)
    # Whether the words have arrived where they belong.
    arrived: Callable[[], bool] = bool
    view: tuple[Any, str] = (None, "")
    refused: int = 404

    def typed(self, token: str, **more: Any) -> dict[str, Any]:
        texts = dict(zip(self.labels, (WORDS, MORE), strict=False))
        return texts | self.others | {"writer": token} | more

    def token(self, client: Client) -> str:
        """The token as the page's own form holds it."""
        response = client.get(self.page)
        assert response.status_code == 200
        form = response.context.get("note_form") or response.context["form"]
        token = str(form["writer"].value())
        assert f'<input type="hidden" name="writer" value="{token}"' in text_of(response)
        return token


def address(name: str, pk: int) -> str:
    return reverse(f"assessments:{name}", args=[pk])


def says(owner: Any, *names: str) -> Callable[[], bool]:
    def look() -> bool:
        owner.refresh_from_db()
        return WORDS in [getattr(owner, name) for name in names]

    return look


@pytest.fixture(
    params=["take-back", "decline", "accept", "request-changes", "reopen", "link", "file"]
)
def case(
    request: pytest.FixtureRequest,
    assessment: Assessment,
    lead: User,
    leader: User,
    staff: User,
) -> Case:
    """Each of the forms."""
    kind, pk = request.param, assessment.pk
    if kind in {"link", "file"}:
        return evidence_case(kind, assessment, lead)
    if kind in {"take-back", "decline"}:
        bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
        return note_case(kind, pk, lead if kind == "take-back" else leader)
    state = State.ACCEPTED if kind == "reopen" else State.SUBMITTED
    bring_to(assessment, state, leader=leader, staff=staff)
    first = assessment.answers.in_order()[0]
    comment = (f"comment-{first.indicator_id}", f"Comment on {first.indicator.code}")
    # An acceptance with comments asks first: see test_reviewing.py.
    labels = {} if kind == "accept" else {comment[0]: comment[1]}
    commented = {} if kind == "accept" else {"comments__comment": MORE}
    assessment.refresh_from_db()
    moment = assessment.submitted_at
    return Case(
        staff,
        address("review-detail", pk),
        address(f"review-{kind}", pk),
        {"note": "Note to the partner"} | labels,
        {"seen": moment.isoformat() if moment else ""},
        lambda: assessment.reviews.filter(note=WORDS, **commented).exists(),
        (review, f"review_{kind.replace('-', '_')}"),
    )


def note_case(kind: str, pk: int, writer: User) -> Case:
    is_lead = kind == "take-back"
    page = "assessment-detail" if is_lead else "assessment-sign-off"
    label = "Why do you take the assessment back?" if is_lead else signoff.DECLINE
    return Case(
        writer,
        address(page, pk),
        address(f"assessment-{kind}", pk),
        {"note": label},
        arrived=lambda: Assessment.objects.get(pk=pk).status == State.DRAFT,
        view=(signoff, f"assessment_{kind.replace('-', '_')}"),
    )


def evidence_case(kind: str, assessment: Assessment, lead: User) -> Case:
    answer = assessment.answers.in_order()[0]
    if kind == "link":
        save(answer, lead, links=(Link("Our plan", "https://a.example/plan"),))
        stored = answer.evidence.get(title="Our plan")
        others = {"url": "https://b.example/new"}
    else:
        stored, others = add_file(answer, lead).evidence, {}
    page = address("evidence-detail", stored.pk)
    return Case(
        lead,
        page,
        page,
        {"note": "Note (optional)", "title": "Name"},
        others
        | {
            "seen": stamp(stored),
            "date-day": "3",
            "date-month": "March",
            "date-year": "2026",
            "public": "on",
        },
        says(stored, "note"),
        (evidence, "evidence_detail"),
    )


def assert_all_there(case: Case, page: str) -> None:
    for label, words in zip(case.labels.values(), (WORDS, MORE), strict=False):
        assert label in page
        assert words in page
    for name in case.others.keys() - {"seen", "public"}:
        assert case.others[name] in page
    assert ("Yes" in page) or "public" not in case.others


def end_role(person: User) -> None:
    Membership.objects.filter(person=person).update(ended_at=timezone.now())
    User.objects.filter(pk=person.pk).update(office="")


# --- The session has gone ------------------------------------------------------------------------


def test_after_the_session_has_ended_all_that_was_typed_is_there_to_be_copied(
    case: Case, client_of: ClientOf
) -> None:
    client = client_of(case.writer)
    token = case.token(client)
    client.logout()
    response = client.post(case.action, case.typed(token))
    page = text_of(response)
    assert response.status_code == 401
    assert (
        "You had been signed out. Nothing was sent. "
        "Copy what you typed, sign in, and send it again." in page
    )
    assert f'href="/accounts/login/?next={case.page}"' in page
    assert_all_there(case, page)
    assert "no-store" in response["Cache-Control"]
    assert "Braintree" not in page
    assert not case.arrived()


@pytest.mark.parametrize("case", ["decline", "accept"], indirect=True)
def test_markup_that_was_typed_is_text(case: Case, client_of: ClientOf) -> None:
    token = case.token(client_of(case.writer))
    response = Client().post(case.action, case.typed(token))
    assert b"<b>&amp;amp;" not in response.content
    assert b"&lt;b&gt;&amp;amp;&lt;/b&gt;" in response.content


def test_the_same_words_sent_again_after_signing_in_arrive(case: Case, client_of: ClientOf) -> None:
    client = client_of(case.writer)
    sent = case.typed(case.token(client))
    client.logout()
    assert client.post(case.action, sent).status_code == 401
    client.force_login(case.writer)
    assert client.post(case.action, sent).status_code == 302
    assert case.arrived()


def test_a_text_longer_than_the_form_allows_is_shown_in_part_and_the_page_says_so(
    case: Case, client_of: ClientOf
) -> None:
    token = case.token(client_of(case.writer))
    name, label = next(iter(case.labels.items()))
    response = Client().post(case.action, case.typed(token, **{name: "é\r\n" * 100_000}))
    page = text_of(response)
    assert response.status_code == 401
    assert f"Only the first part of “{label}” is here" in page
    assert 200 <= page.count("é\n") <= 5000
    assert len(response.content) < 60_000


# --- The CSRF token is old -----------------------------------------------------------------------


def test_an_old_csrf_token_brings_the_form_back_and_one_press_sends_it(
    case: Case, client_of: ClientOf
) -> None:
    token = case.token(client_of(case.writer))
    client = Client(enforce_csrf_checks=True)
    client.force_login(case.writer)
    response = client.post(case.action, case.typed(token, csrfmiddlewaretoken="x" * 64))
    page = text_of(response)
    assert response.status_code == 200
    assert "Send this once more" in page
    assert not case.arrived()
    again = fields_in(response, "words-form")
    expected = case.typed(token)
    assert {name: again[name] for name in expected.keys() - {"writer"}} == {
        name: [words] for name, words in expected.items() if name != "writer"
    }
    assert client.post(case.action, again).status_code == 302
    assert case.arrived()


@pytest.mark.parametrize("case", ["file"], indirect=True)
def test_a_file_that_came_along_has_to_be_chosen_again(case: Case, client_of: ClientOf) -> None:
    token = case.token(client_of(case.writer))
    client = Client(enforce_csrf_checks=True)
    client.force_login(case.writer)
    sent = case.typed(token, file=SimpleUploadedFile("a.txt", b"words"))
    assert "Choose your file again." in text_of(client.post(case.action, sent))


# --- Not the writer ------------------------------------------------------------------------------


@pytest.mark.parametrize("checks", [True, False])
def test_another_signed_in_person_sees_none_of_the_words_and_sends_nothing(
    checks: bool, case: Case, client_of: ClientOf, lead: User, leader: User, staff: User
) -> None:
    token = case.token(client_of(case.writer))
    for person in {lead, leader, staff} - {case.writer}:
        client = Client(enforce_csrf_checks=checks)
        client.force_login(person)
        response = client.post(case.action, case.typed(token))
        assert response.status_code == 403
        assert_nothing_of(response)
        assert "This was typed by somebody else" in text_of(response)
    assert not case.arrived()


def assert_nothing_of(response: Any) -> None:
    page = text_of(response)
    assert "First line" not in page
    assert "Who sponsors" not in page
    assert "b.example" not in page


FORGED: dict[str, Callable[[User, str], str]] = {
    "none": lambda person, page: "",
    "made up": lambda person, page: "x:y:z",
    "changed": lambda person, page: sign_writer(person.pk, page)[:-1] + "!",
    "about another page": lambda person, page: sign_writer(person.pk, page + "1/"),
    "about an answer": lambda person, page: sign_writer(person.pk, "answer-1"),
    "huge": lambda person, page: "x" * 100_000,
}


def test_without_a_good_token_nothing_of_it_is_ever_shown(case: Case) -> None:
    forged = [forge(case.writer, case.page) for forge in FORGED.values()]
    for token in forged:
        response = Client().post(case.action, case.typed(token))
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
        client = Client(enforce_csrf_checks=True)
        client.force_login(case.writer)
        old = client.post(case.action, case.typed(token))
        assert old.status_code == 403
        assert_nothing_of(old)
    end_role(case.writer)
    for token in forged:
        client = Client()
        client.force_login(case.writer)
        response = client.post(case.action, case.typed(token))
        assert response.status_code in {403, 404}
        assert_nothing_of(response)
    assert not case.arrived()


@pytest.mark.parametrize("case", ["take-back"], indirect=True)
def test_a_token_that_is_too_old_keeps_nothing(
    case: Case, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = case.token(client_of(case.writer))
    monkeypatch.setattr("declaration.writers.MAX_AGE_SECONDS", -1)
    assert Client().post(case.action, case.typed(token)).status_code == 302


# --- The role has ended, or the state is another ------------------------------------------------


def test_somebody_whose_role_has_ended_can_copy_what_they_typed(
    case: Case, client_of: ClientOf
) -> None:
    client = client_of(case.writer)
    token = case.token(client)
    end_role(case.writer)
    response = client.post(case.action, case.typed(token))
    page = text_of(response)
    assert response.status_code == case.refused
    assert "Your role has ended or changed" in page
    assert_all_there(case, page)
    assert "Braintree" not in page
    assert not case.arrived()


@pytest.mark.parametrize("case", ["take-back", "link"], indirect=True)
def test_somebody_whose_role_is_a_smaller_one_by_now_can_copy_it_too(
    case: Case, client_of: ClientOf
) -> None:
    client = client_of(case.writer)
    token = case.token(client)
    end_role(case.writer)
    User.objects.filter(pk=case.writer.pk).update(office="staff")
    response = client.post(case.action, case.typed(token))
    assert response.status_code == 403
    assert_all_there(case, text_of(response))


@pytest.mark.parametrize("case", ["take-back", "decline"], indirect=True)
def test_a_note_that_comes_too_late_is_there_to_be_copied(
    case: Case, client_of: ClientOf, assessment: Assessment, lead: User
) -> None:
    client = client_of(case.writer)
    token = case.token(client)
    sent = {"note": "A colleague was quicker."}
    path = address("assessment-take-back", assessment.pk)
    assert client_of(lead).post(path, sent).status_code == 302
    response = client.post(case.action, case.typed(token))
    assert response.status_code == 409
    assert_all_there(case, text_of(response))


def test_what_is_gone_is_refused_as_ever(client: Client, lead: User) -> None:
    page = address("evidence-detail", 999_999)
    assert not Evidence.objects.exists()
    sent = {"writer": sign_writer(lead.pk, page), "note": WORDS}
    assert client.post(page, sent).status_code == 302
    client.force_login(lead)
    response = client.post(page, sent)
    assert response.status_code == 404
    assert_nothing_of(response)


# --- Negative control ----------------------------------------------------------------------------


def test_without_the_decorator_the_words_would_be_lost(
    case: Case, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = case.token(client_of(case.writer))
    module, name = case.view
    monkeypatch.delattr(getattr(module, name), "keep_without_session")
    response = Client().post(case.action, case.typed(token))
    assert response.status_code == 302
    assert_nothing_of(response)
