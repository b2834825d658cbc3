"""Check answers: what is there, what is missing, what may be asked; only the missing stops."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.answering import Wanted, save_answer
from assessments.actions.carrying import carry_forward
from assessments.actions.drafts import SeenDraft, keep_draft
from assessments.actions.evidence import Link
from assessments.actions.improving import Planned, add_improvement
from assessments.actions.reviewing import request_changes
from assessments.dashboards import questions_of, read_sheet
from assessments.models import Assessment, EvidenceFile
from assessments.quality import Kind
from assessments.views.checking import MENDED
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, bring_to, save
from tests.assessments.posting import text_of
from tests.assessments.test_carry_forward_files import make_file
from tests.assessments.years import move_to_the_past, next_year

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def check(client: Client, assessment: Assessment) -> str:
    path = reverse("assessments:assessment-check", args=[assessment.pk])
    return " ".join(text_of(client.get(path)).split())


def kinds(assessment: Assessment) -> dict[str, list[Kind]]:
    """The questions that are asked, by the indicator's code."""
    sheet = read_sheet(assessment)
    found = questions_of(sheet)
    return {
        row.code: [question.kind for question in found[row.answer.pk]]
        for row in sheet.rows
        if row.answer.pk in found
    }


# --- What is shown --------------------------------------------------------------------------------


def test_no_answer_no_evidence_and_not_applicable_are_three_things(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    first, second = assessment.answers.in_order()[:2]
    save(first, lead)
    save_answer(
        answer=second,
        version=1,
        rating=None,
        not_applicable=True,
        reason="We have no executives.",
        narrative="",
        completed=True,
        by=lead,
    )
    page = check(client_of(lead), assessment)
    assert page.count("No evidence") == 13
    assert page.count(">No answer yet<") == 11
    assert page.count(">Not applicable<") == 1
    assert page.count("We have no executives.") == 1


def test_improvements_and_the_willingness_to_share_are_shown(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    answer = assessment.answers.in_order()[0]
    tomorrow = timezone.localdate() + timedelta(days=1)
    save_answer(
        answer=answer,
        version=1,
        rating=3,
        not_applicable=False,
        reason="",
        narrative="We do.",
        completed=True,
        willing_to_share=True,
        planned=(Planned("Appoint a sponsor", "Chief Executive", tomorrow),),
        by=lead,
    )
    page = check(client_of(lead), assessment)
    assert "Willing to share as good practice" in page
    assert "Appoint a sponsor" in page
    assert "Chief Executive" in page
    assert "Due tomorrow" in page


def test_what_was_brought_forward_is_no_answer_yet(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead, rating=4)
    move_to_the_past(assessment.round)
    now = next_year(assessment.round.edition, staff, assessment.partner)
    carry_forward(assessment=now, by=lead)
    for person in (lead, staff):
        page = check(client_of(person), now)
        assert page.count(">No answer yet<") == 13
        assert page.count("is ready to be reviewed. It counts once somebody has saved it") == 13
        assert "We do." not in page
    assert "round not reviewed yet" in check(client_of(lead), now)
    assert kinds(now) == {}


# --- Questions ------------------------------------------------------------------------------------


def test_every_kind_of_question_has_a_place_where_it_is_mended() -> None:
    assert set(MENDED) == set(Kind)


def test_questions_are_asked_with_a_way_to_where_they_are_mended(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    first, second = assessment.answers.in_order()[:2]
    save(first, lead, 3, "")
    save(second, lead, 4, links=(Link("Plan", "https://a.example/"),), wanted=Wanted(words="Help"))
    assert kinds(assessment) == {
        "1.1": [Kind.HIGH_WITHOUT_EVIDENCE, Kind.NO_NARRATIVE],
        "1.2": [Kind.SUPPORT_AT_THE_TOP],
    }
    page = check(client_of(lead), assessment)
    assert "Questions a reviewer may ask" in page
    assert "You rate this 3 Established. What shows it?" in page
    edit = reverse("assessments:answer-edit", args=[first.pk])
    for anchor in ("evidence", "id_narrative"):
        assert f'href="{edit}#{anchor}"' in page
    form = text_of(client_of(lead).get(edit))
    for anchor, _ in MENDED.values():
        assert f'id="{anchor}"' in form


def test_questions_never_stop_the_sending(
    assessment: Assessment, lead: User, leader: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead, rating=4)
    assert len(kinds(assessment)) == 13
    client_of(lead).post(reverse("assessments:assessment-send", args=[assessment.pk]))
    assert Assessment.objects.get().state == State.AWAITING


def test_a_file_that_the_scanner_refused_is_no_evidence(assessment: Assessment, lead: User) -> None:
    answer = save(assessment.answers.in_order()[0], lead, 3)
    bad = make_file(answer, lead, b"bad", verdict=EvidenceFile.Verdict.INFECTED)
    assert kinds(assessment) == {"1.1": [Kind.HIGH_WITHOUT_EVIDENCE]}
    make_file(answer, lead, b"good")
    assert bad.removed_at is None
    assert kinds(assessment) == {}


def test_improvements_without_owner_or_past_due_are_asked_about(
    assessment: Assessment, lead: User
) -> None:
    indicator = assessment.answers.in_order()[0].indicator
    yesterday = timezone.localdate() - timedelta(days=1)
    for planned in (Planned("No owner"), Planned("Late", "Head of data", yesterday)):
        add_improvement(partner=assessment.partner, indicator=indicator, planned=planned, by=lead)
    late = [Kind.IMPROVEMENT_OVERDUE, Kind.IMPROVEMENT_WITHOUT_OWNER]
    assert {code: sorted(found) for code, found in kinds(assessment).items()} == {"1.1": late}


def test_a_jump_since_last_round_is_asked_about(
    edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    before = next_year(edition, staff, partner)
    answer_all(before, lead, rating=0)
    move_to_the_past(before.round)
    now = next_year(edition, staff, partner)
    first, second = now.answers.in_order()[:2]
    save(first, lead, 2)
    save(second, lead, 1)
    assert kinds(now) == {"1.1": [Kind.RATING_JUMPED]}


def test_ecda_is_not_shown_the_questions_to_the_partner(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    save(assessment.answers.in_order()[0], lead, 4)
    assert "Questions a reviewer may ask" not in check(client_of(staff), assessment)


# --- After ecda asked for changes -----------------------------------------------------------------


def test_what_ecda_asked_for_and_nobody_touched_is_named_but_can_be_sent(
    assessment: Assessment, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    first, second = assessment.answers.in_order()[:2]
    comments = {answer.indicator_id: "Say more." for answer in (first, second)}
    request_changes(assessment=assessment, note="More", comments=comments, by=staff)
    save(first, lead, narrative="More.")
    client = client_of(lead)
    page = check(client, assessment)
    named = page[page.index("Still as ecda read them") :]
    named = named[: named.index("</ul>")]
    assert reverse("assessments:answer-edit", args=[second.pk]) in named
    assert reverse("assessments:answer-edit", args=[first.pk]) not in named
    client.post(reverse("assessments:assessment-send", args=[assessment.pk]))
    assert Assessment.objects.get().state == State.AWAITING
    assert "Still as ecda read them" not in check(client, assessment)


def test_only_what_is_open_is_asked_about_while_changes_are_requested(
    assessment: Assessment, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    answer_all(assessment, lead, rating=4)
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    save(assessment.answers.in_order()[0], lead, rating=3)
    page = check(client_of(lead), assessment)
    assert page.count("What shows it?") == 1


def test_whoever_sends_is_told_whose_words_are_not_saved_yet_but_not_what_they_say(
    assessment: Assessment, lead: User, contributor: User, client_of: ClientOf
) -> None:
    answer = assessment.answers.in_order()[3]
    typed = {"narrative": ["Half a sentence of Connie’s"]}
    keep_draft(answer=answer, person=contributor, version=1, typed=typed, seen=SeenDraft("p", 0))
    path = reverse("assessments:assessment-check", args=[assessment.pk])
    page = text_of(client_of(lead).get(path))
    assert "Connie Contributor has unsaved words in" in page
    assert answer.indicator.title in page
    assert "Half a sentence" not in page
    assert "You have unsaved words in" in text_of(client_of(contributor).get(path))
