"""The task list's statuses and hints: few, plain, and nothing closed looks open."""

from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions.assigning import assign
from assessments.actions.drafts import SeenDraft, keep_draft
from assessments.actions.submitting import send
from assessments.models import Answer, Assessment
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, bring_to, save
from tests.assessments.posting import text_of
from tests.assessments.years import empty_next_year, move_to_the_past

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
LAST = "Check answers and send for sign-off"


class Tasks(HTMLParser):
    """The words of each task, and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tasks: list[tuple[str, str]] = []
        self.words: list[str] | None = None
        self.href = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "li" and "govuk-task-list__item" in (given.get("class") or ""):
            self.words, self.href = [], ""
        if tag == "a" and self.words is not None:
            self.href = given.get("href") or ""

    def handle_data(self, data: str) -> None:
        if self.words is not None and data.strip():
            self.words.append(" ".join(data.split()))

    def handle_endtag(self, tag: str) -> None:
        if tag == "li" and self.words is not None:
            self.tasks.append((" | ".join(self.words), self.href))
            self.words = None


def tasks(client: Client, assessment: Assessment) -> list[tuple[str, str]]:
    path = reverse("assessments:assessment-detail", args=[assessment.pk])
    return Tasks(text_of(client.get(path))).tasks


def path_of(answer: Answer) -> str:
    return reverse("assessments:answer-edit", args=[answer.pk])


# --- The last task --------------------------------------------------------------------------------


def test_sending_cannot_start_before_every_indicator_is_completed(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead)
    save(assessment.answers.in_order()[0], lead, rating=None)
    words, href = tasks(client_of(lead), assessment)[-1]
    assert words.startswith(LAST)
    assert words.endswith("Cannot start yet")
    assert "when every indicator is completed" in words
    assert href == ""


def test_once_all_are_completed_the_last_task_leads_to_check_answers(
    assessment: Assessment, lead: User, contributor: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead)
    check = reverse("assessments:assessment-check", args=[assessment.pk])
    words, href = tasks(client_of(lead), assessment)[-1]
    assert (words, href) == (f"{LAST} | Not yet started", check)
    words, href = tasks(client_of(contributor), assessment)[-1]
    assert "A lead of your partner sends the answers." in words
    assert href == check


def test_after_sending_the_last_task_is_completed_and_leads_to_the_record(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead)
    send(assessment=assessment, by=lead)
    sent = reverse("assessments:assessment-sent", args=[assessment.pk])
    assert tasks(client_of(lead), assessment)[-1] == (f"{LAST} | Completed", sent)


def test_ecda_is_shown_no_task_of_the_partners(
    assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    found = tasks(client_of(staff), assessment)
    assert len(found) == 13
    assert not any(words.startswith(LAST) for words, _ in found)


# --- Indicators -----------------------------------------------------------------------------------


def test_any_indicator_can_be_opened_in_any_order(
    assessment: Assessment, contributor: User, client_of: ClientOf
) -> None:
    found = tasks(client_of(contributor), assessment)
    answers = list(assessment.answers.in_order())
    assert [href for _, href in found[:13]] == [path_of(answer) for answer in answers]


def test_what_stays_closed_while_changes_are_requested_is_not_taken_for_open(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    found = tasks(client_of(leader), assessment)
    assert "ecda’s comment: Say who sponsors" in found[0][0]
    assert found[0][0].endswith("Reopened")
    for words, href in found[1:13]:
        assert words.endswith("Closed")
        assert "You can read this, but not change it" in words
        assert href
    # The lead may send it again as it is.
    assert found[-1][0].endswith("Not yet started")


def test_a_reopened_indicator_is_completed_again_once_it_is_saved(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    save(assessment.answers.in_order()[0], leader)
    assert tasks(client_of(leader), assessment)[0][0].endswith("Completed")


@pytest.mark.parametrize("state", [State.AWAITING, State.SUBMITTED, State.ACCEPTED])
def test_when_all_of_it_is_closed_each_status_says_how_far_it_is(
    state: State, assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    found = tasks(client_of(leader), assessment)
    assert all(words.endswith("Completed") for words, _ in found)


# --- Hints ----------------------------------------------------------------------------------------


def test_a_person_is_told_of_their_own_draft_and_of_nobody_elses(
    assessment: Assessment, contributor: User, lead: User, client_of: ClientOf
) -> None:
    answer = assessment.answers.in_order()[2]
    typed = {"narrative": ["Half"]}
    keep_draft(answer=answer, person=contributor, version=1, typed=typed, seen=SeenDraft("page"))
    hint = "You have words here that are not saved"
    mine = tasks(client_of(contributor), assessment)
    assert [place for place, (words, _) in enumerate(mine) if hint in words] == [2]
    assert not any(hint in words for words, _ in tasks(client_of(lead), assessment))


def test_it_says_who_is_asked_and_by_when(
    assessment: Assessment, contributor: User, lead: User, client_of: ClientOf
) -> None:
    first, second = assessment.answers.in_order()[:2]
    due_on = timezone.localdate() + timedelta(days=3)
    assign(answer=first, person=contributor, due_on=due_on, by=lead)
    assign(answer=second, person=contributor, due_on=None, by=lead)
    theirs = tasks(client_of(lead), assessment)
    in_words = f"due in 3 days ({due_on:%-d %B %Y})"
    assert f"Assigned to Connie Contributor, {in_words}" in theirs[0][0]
    assert "Assigned to Connie Contributor |" in theirs[1][0]
    assert "Assigned to you, due in 3 days" in tasks(client_of(contributor), assessment)[0][0]
    save(first, contributor)
    assert "due in" not in tasks(client_of(contributor), assessment)[0][0]


# --- Beginning from last year ---------------------------------------------------------------------


@pytest.fixture
def begun(
    edition: Edition, partner: Partner, lead: User, contributor: User, staff: User
) -> Assessment:
    """This year's assessment, after a year in which the partner answered all but one."""
    before = empty_next_year(edition, staff, partner)
    answer_all(before, lead)
    save(before.answers.in_order()[12], lead, rating=None)
    move_to_the_past(before.round)
    return empty_next_year(edition, staff, partner)


def carry_path(assessment: Assessment) -> str:
    return reverse("assessments:assessment-carry-forward", args=[assessment.pk])


def test_a_lead_can_start_from_last_years_answers(
    begun: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    page = text_of(client.get(reverse("assessments:assessment-detail", args=[begun.pk])))
    last = begun.partner.assessments.order_by("pk")[0].round
    assert f"Start from the answers of {last}" in " ".join(page.split())
    response = client.post(carry_path(begun), follow=True)
    page = text_of(response)
    assert "Each counts once somebody has saved it" in page
    assert carry_path(begun) not in page
    assert "0 of 13 answered" in page
    found = tasks(client, begun)
    assert all(f"From the {last} round: review this" in words for words, _ in found[:12])
    assert all(words.endswith("To review") for words, _ in found[:12])
    assert found[12][0].endswith("Not yet started")
    assert found[-1][0].endswith("Cannot start yet")


def test_only_leads_are_offered_it_and_only_while_nothing_is_answered(
    begun: Assessment, lead: User, contributor: User, client_of: ClientOf
) -> None:
    def is_offered(person: User) -> bool:
        path = reverse("assessments:assessment-detail", args=[begun.pk])
        return carry_path(begun) in text_of(client_of(person).get(path))

    assert is_offered(lead)
    assert not is_offered(contributor)
    assert client_of(contributor).post(carry_path(begun)).status_code == 403
    save(begun.answers.in_order()[0], contributor)
    assert not is_offered(lead)


def test_it_is_refused_in_words_once_the_assessment_has_been_sent(
    begun: Assessment, lead: User, client_of: ClientOf
) -> None:
    answer_all(begun, lead)
    send(assessment=begun, by=lead)
    response = client_of(lead).post(carry_path(begun))
    assert response.status_code == 409
    assert "It is the turn of the partner’s leader" in text_of(response)


def test_the_list_takes_no_more_queries_with_hints_everywhere(
    begun: Assessment, lead: User, contributor: User, client_of: ClientOf
) -> None:
    client, path = client_of(lead), reverse("assessments:assessment-detail", args=[begun.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    queries()
    offered = queries()
    client.post(carry_path(begun))
    queries()
    for answer in begun.answers.all():
        assign(answer=answer, person=contributor, due_on=None, by=lead)
        keep_draft(answer=answer, person=lead, version=1, typed={}, seen=SeenDraft("page"))
    # The offer alone costs a query, as long as nothing is answered.
    assert queries() == offered - 1 <= 7
