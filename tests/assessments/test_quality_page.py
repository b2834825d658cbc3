"""The page of quality checks: what it shows, what its buttons do, and its files."""

import csv
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions.submitting import send, sign_off
from assessments.actions.taking import take
from assessments.dashboards import read_holder, read_queue
from assessments.dashboards.checks import Way
from assessments.models import Answer, Assessment, QualityRequest, ReviewDraft
from assessments.quality import Kind
from assessments.views import quality_checks
from commitments.models import Edition
from signatories.models import Membership, User
from tests.assessment_factories import make_round, save
from tests.assessments.checking import checks, high, key_of, overdue
from tests.assessments.practising import first_answer
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
PAGE, ASK = "/quality/", "/quality/ask"


def test_it_says_whose_what_and_how_to_ask(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    answer = high(assessment, lead)
    page = client_of(staff).get(PAGE).text
    assert "1 question to 1 partner" in page
    for words in (
        "Braintree District Council",
        "You rate this 3 Established. What shows it?",
        f'value="{key_of(answer)}"',
        f"/answers/{answer.pk}/",
        "Ask about all that are selected",
    ):
        assert words in page


def test_before_the_first_round_and_where_nothing_is_asked_it_says_so(
    edition: Edition, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert "No round has opened yet" in client.get(PAGE).text
    make_partner()
    make_round(edition, staff)
    assert "There is nothing to ask" in client.get(PAGE).text
    assert "No question fits" in client.get(PAGE, {"state": "draft"}).text


def test_one_press_asks_one_question_and_leads_back_to_the_same_list(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    answer = high(assessment, lead)
    client = client_of(staff)
    sent = {"only": str(key_of(answer)), "came_from": "kind=high_without_evidence&page=1"}
    response = client.post(ASK, sent, follow=True)
    assert response.redirect_chain == [(f"{PAGE}?kind=high_without_evidence&page=1", 302)]
    assert "You asked 1 question. The partner’s leads are told." in response.text
    assert "by Sam Staff" in response.text
    assert 'name="only"' not in response.text


def test_what_the_partner_has_worked_on_since_can_be_asked_again(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    answer = high(assessment, lead)
    client, sent = client_of(staff), {"only": str(key_of(answer))}
    client.post(ASK, sent)
    assert "asked already" in client.post(ASK, sent, follow=True).text
    Answer.objects.filter(pk=answer.pk).update(updated_at=timezone.now())
    page = client.get(PAGE).text
    assert "by Sam Staff" in page
    assert 'name="only"' in page
    assert "You asked 1 question." in client.post(ASK, sent, follow=True).text
    assert "asked already" in client.post(ASK, sent, follow=True).text
    assert list(QualityRequest.objects.values_list("number", flat=True)) == [1, 2]
    shown = client_of(lead).get(f"/answers/{answer.pk}/").text
    assert shown.count("asked on") == 1


def test_several_are_asked_at_once(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    keys = [str(key_of(high(assessment, lead, place))) for place in range(3)]
    page = client_of(staff).post(ASK, {"question": keys}, follow=True).text
    assert "You asked 3 questions." in page
    assert QualityRequest.objects.count() == 3


def test_the_button_of_a_row_asks_that_row_alone(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    first, second = (high(assessment, lead, place) for place in range(2))
    client_of(staff).post(ASK, {"only": str(key_of(first)), "question": [str(key_of(second))]})
    assert QualityRequest.objects.get().answer == first


@pytest.mark.parametrize(
    "sent", [{}, {"only": "x"}, {"question": ["1", "no", "1.no_such_check"]}, {"only": "1.x.y"}]
)
def test_what_names_no_question_is_refused_in_words(
    edition: Edition, staff: User, client_of: ClientOf, sent: dict[str, str]
) -> None:
    page = client_of(staff).post(ASK, sent, follow=True).text
    assert "Select at least one question." in page
    assert "<title>Error: Quality checks" in page
    assert "govuk-error-summary" in page


def test_the_numbered_pages_of_a_refused_list_lead_to_the_list(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(quality_checks, "PER_PAGE", 1)
    for place in (0, 1):
        high(assessment, lead, place)
    page = client_of(staff).post(ASK, {}).text
    assert "Select at least one question." in page
    assert f'href="{PAGE}?page=2"' in page
    assert 'href="?page=' not in page


@pytest.mark.parametrize(
    "came_from",
    [
        "https://evil.example/",
        "//evil.example",
        "kind=x&next=//evil",
        "page=-1",
        "%0d%0aSet-Cookie",
    ],
)
def test_it_leads_back_to_no_other_page(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf, came_from: str
) -> None:
    only = str(key_of(high(assessment, lead)))
    response = client_of(staff).post(ASK, {"came_from": came_from, "only": only})
    assert response.headers["Location"] == PAGE


def test_a_submitted_one_goes_into_the_draft_of_the_review(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    submit_high(assessment, leader)
    client = client_of(staff)
    page = client.get(PAGE).text
    assert "Add to my review" in page
    assert "Open the review" in page
    (check,) = checks(assessment.round, staff)
    page = client.post(ASK, {"only": str(check.key)}, follow=True).text
    assert "1 question is in your draft of the review." in page
    assert "In your draft of the review" in page
    typed = ReviewDraft.objects.get(person=staff).typed
    assert typed == {f"comment-{check.indicator.pk}": [check.question.words]}
    review = client.get(f"/assessments/{assessment.pk}/review/").text
    assert "There is no evidence yet.</textarea>" in review.replace("\n", "")


def test_who_left_ecda_or_joined_the_partner_has_the_review_no_more(
    assessment: Assessment, leader: User, staff: User, administrator: User
) -> None:
    """Here as on the review's own page and in the queue."""
    submit_high(assessment, leader)
    take(assessment=assessment, by=administrator)
    (check,) = checks(assessment.round, staff)
    assert (check.way, check.why) == (Way.NONE, f"{administrator} has the review.")
    membership = Membership.objects.create(
        partner=assessment.partner, person=administrator, role="lead"
    )
    assert checks(assessment.round, staff)[0].way == Way.REVIEW
    membership.delete()
    assert checks(assessment.round, staff)[0].way == Way.NONE
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    (check,) = checks(assessment.round, staff)
    assert (check.way, check.why) == (Way.REVIEW, "")
    assert read_holder(check.assessment) is None
    assert read_queue(staff).waiting[0].holder is None


def submit_high(assessment: Assessment, leader: User) -> None:
    """Send answers of which the first has a high rating and no evidence."""
    answers = list(assessment.answers.in_order())
    for place, answer in enumerate(answers):
        save(answer, leader, 2 if place else 3)
    send(assessment=assessment, by=leader)
    sign_off(assessment=assessment, by=leader)


def test_the_partner_finds_the_question_beside_the_answer_and_on_the_task_list(
    assessment: Assessment,
    lead: User,
    contributor: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    answer = high(assessment, lead)
    client_of(staff).post(ASK, {"only": str(key_of(answer))})
    paths = (f"/answers/{answer.pk}/", f"/assessments/{assessment.pk}/")
    for path in paths:
        page = client_of(contributor).get(path).text
        assert "ecda asks" in page
        assert "What shows it?" in page
    save(answer, lead, 2)
    for path in paths:
        assert "ecda asks" not in client_of(contributor).get(path).text


def test_an_improvement_asked_about_is_one_press_away(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    improvement = overdue(assessment, lead)
    for check in checks(assessment.round, staff):
        client_of(staff).post(ASK, {"only": str(check.key)})
    page = client_of(lead).get(f"/answers/{first_answer(assessment).pk}/").text
    assert f'href="/improvements/{improvement.pk}/"' in page


def test_a_filter_that_is_not_understood_shows_all_and_says_so(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    high(assessment, lead)
    client = client_of(staff)
    asked = {"round": "x", "kind": "__class__", "partner_kind": "1", "state": "' OR 1=1"}
    page = client.get(PAGE, asked).text
    for words in ("no such round", "no such check", "no such kind", "no such state"):
        assert words in page
    assert "1 question to 1 partner" in page
    assert client.get("/quality.csv", asked).status_code == 302


def test_fifty_make_a_page_and_the_filter_stays(
    edition: Edition, staff: User, client_of: ClientOf
) -> None:
    partners = [make_partner() for _ in range(5)]
    round = make_round(edition, staff)
    for partner in partners:
        lead = make_member(partner, "lead")
        for place in range(11):
            high(Assessment.objects.get(partner=partner, round=round), lead, place)
    page = client_of(staff).get(PAGE, {"kind": Kind.HIGH_WITHOUT_EVIDENCE}).text
    assert "55 questions to 5 partners" in page
    assert page.count('name="only"') == 50
    assert "?kind=high_without_evidence&amp;page=2" in page
    second = client_of(staff).get(PAGE, {"page": "2"}).text
    assert second.count('name="only"') == 5


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "x", ""])
def test_any_page_number_leads_to_a_page(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf, number: str
) -> None:
    high(assessment, lead)
    assert "1 question to 1 partner" in client_of(staff).get(PAGE, {"page": number}).text


def test_the_files_hold_what_the_filter_shows(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    high(assessment, lead)
    overdue(assessment, lead)
    client = client_of(staff)
    client.post(ASK, {"only": str(checks(assessment.round, staff)[0].key)})
    text = client.get("/quality.csv").getvalue().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header[:2] == ["partner", "kind"]
    assert len(rows) == 3
    assert {row[0] for row in rows} == {"Braintree District Council"}
    assert "Sam Staff" in {row[8] for row in rows}
    response = client.get("/quality.xlsx", {"kind": Kind.HIGH_WITHOUT_EVIDENCE})
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    assert response.getvalue().startswith(b"PK")


def test_words_of_partners_are_escaped_and_no_formula_reaches_a_file(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    improvement = overdue(assessment, lead)
    type(improvement).objects.update(what='=HYPERLINK("x")<script>')
    client = client_of(staff)
    assert "<script>x" not in client.get(PAGE).text
    assert "&lt;script&gt;" in client.get(PAGE).text
    assert "\n=" not in client.get("/quality.csv").getvalue().decode()


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_and_its_files_need_the_same_queries_for_more_partners(
    edition: Edition, staff: User, client_of: ClientOf, count: int
) -> None:
    partners = [make_partner() for _ in range(count)]
    round = make_round(edition, staff)
    for place, partner in enumerate(partners):
        leader = make_member(partner, "leader")
        assessment = Assessment.objects.get(partner=partner, round=round)
        overdue(assessment, leader)
        if place == 0:
            submit_high(assessment, leader)
        else:
            high(assessment, leader)
    client = client_of(staff)
    found = {}
    for path in (PAGE, "/quality.csv", f"{PAGE}?kind=no_narrative"):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path).getvalue()
        found[path] = len(captured)
    assert set(found.values()) == {12}


def test_what_was_asked_costs_the_task_list_the_same_for_more_questions(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    path, client = f"/assessments/{assessment.pk}/", client_of(lead)
    client.get(path)
    found = []
    for place in range(6):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        found.append(len(captured))
        key = key_of(high(assessment, lead, place))
        client_of(staff).post(ASK, {"only": str(key)})
    nothing_asked, *asked = found
    assert len(set(asked)) == 1
    assert asked[0] <= nothing_asked + 10
