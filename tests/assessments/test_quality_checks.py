"""ecda sees what a reviewer would ask over all partners, and asks it in the way that is open."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from assessments.actions.answering import Wanted
from assessments.actions.asking import MOST, ask
from assessments.actions.evidence import Link
from assessments.actions.improving import change_improvement
from assessments.actions.reviewing import accept, request_changes
from assessments.actions.submitting import send, sign_off
from assessments.dashboards import questions_of, read_desk, read_sheet
from assessments.dashboards.checks import Check, Key, Way, asked_at_desk, comment_name, read_asked
from assessments.models import Assessment, QualityRequest, ReviewDraft, Round
from assessments.quality import Kind
from assessments.workflow import State
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.models import Event, Membership, Notice, Partner, User
from tests.assessment_factories import bring_to, make_round, save
from tests.assessments.checking import checks, high, key_of, overdue
from tests.assessments.practising import first_answer
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db


def by_kind(found: list[Check]) -> dict[Kind, Check]:
    return {check.question.kind: check for check in found}


def ways(found: list[Check]) -> set[tuple[Way, str]]:
    return {(check.way, check.why) for check in found}


# --- What is asked about -------------------------------------------------------------------------


def test_it_asks_what_the_page_of_one_assessment_asks(
    edition: Edition, partner: Partner, lead: User, leader: User, staff: User
) -> None:
    first = make_round(edition, staff)
    for answer in first.assessments.get(partner=partner).answers.all():
        save(answer, lead, rating=1)
    let_be_over(first)
    round = make_round(edition, staff)
    assessment = round.assessments.get(partner=partner)
    sheet = list(assessment.answers.in_order())
    save(sheet[0], lead, 4, wanted=Wanted(words="Help"))
    save(sheet[1], lead, 3, narrative=" \u00a0\n", links=(Link("Page", "https://a.example/"),))
    save(sheet[2], lead, 2)
    save(sheet[3], lead, None, narrative="")
    overdue(assessment, lead)
    expected = [
        (pk, question)
        for pk, found in questions_of(read_sheet(assessment)).items()
        for question in found
    ]
    found = [(check.key.answer, check.question) for check in checks(round, staff)]
    assert {question.kind for _, question in expected} == {
        Kind.HIGH_WITHOUT_EVIDENCE,
        Kind.NO_NARRATIVE,
        Kind.RATING_JUMPED,
        Kind.IMPROVEMENT_WITHOUT_OWNER,
        Kind.IMPROVEMENT_OVERDUE,
        Kind.SUPPORT_AT_THE_TOP,
    }
    assert found == expected


def let_be_over(round: Round) -> None:
    """Let the round be over."""
    long_ago = timezone.localdate() - timedelta(days=300)
    Round.objects.filter(pk=round.pk).update(opens_on=long_ago, due_on=long_ago, closes_on=long_ago)


def test_it_is_filtered_by_check_state_and_kind_of_partner(
    edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    police = make_partner("Essex Police", kind="police")
    chief = make_member(police, "leader")
    round = make_round(edition, staff)
    high(round.assessments.get(partner=partner), lead)
    overdue(round.assessments.get(partner=partner), lead)
    bring_to(round.assessments.get(partner=police), State.AWAITING, leader=chief, staff=staff)
    assert len(checks(round, staff)) == 3
    assert [one.question.kind for one in checks(round, staff, kind=Kind.IMPROVEMENT_OVERDUE)] == [
        Kind.IMPROVEMENT_OVERDUE
    ]
    assert checks(round, staff, partner_kind="police") == []
    assert checks(round, staff, state="awaiting") == []
    assert len(checks(round, staff, state="draft", partner_kind="district")) == 3


def test_what_is_mended_is_gone(assessment: Assessment, lead: User, staff: User) -> None:
    answer = high(assessment, lead)
    assert len(checks(assessment.round, staff)) == 1
    save(answer, lead, 3, links=(Link("Page", "https://a.example/"),))
    assert checks(assessment.round, staff) == []


def test_evidence_that_was_removed_shows_nothing(
    assessment: Assessment, lead: User, staff: User
) -> None:
    answer = save(first_answer(assessment), lead, 3, links=(Link("P", "https://a.example/"),))
    answer.evidence.update(removed_at=timezone.now(), removed_by=lead)
    assert set(by_kind(checks(assessment.round, staff))) == {Kind.HIGH_WITHOUT_EVIDENCE}


# --- Which way is open ---------------------------------------------------------------------------


def test_a_partner_that_can_mend_it_is_asked(
    assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    answer = high(assessment, lead)
    outcome = ask(keys=[key_of(answer)], by=staff)
    assert (outcome.asked, outcome.refused) == (1, ())
    request = QualityRequest.objects.get()
    assert (request.answer, request.asked_by) == (answer, staff)
    notices = Notice.objects.filter(event__verb="asked about an answer")
    assert {notice.person for notice in notices} == {lead, leader}
    assert {notice.path for notice in notices} == {f"/answers/{answer.pk}/"}
    assert "What shows it?" in notices[0].words
    (check,) = checks(assessment.round, staff)
    assert check.asked is not None
    assert (check.asked.by, check.may_ask) == (staff.name, False)


def test_asking_twice_is_asking_once(assessment: Assessment, lead: User, staff: User) -> None:
    answer = high(assessment, lead)
    ask(keys=[key_of(answer), key_of(answer)], by=staff)
    outcome = ask(keys=[key_of(answer)], by=staff)
    assert (outcome.asked, outcome.already) == (0, 1)
    assert QualityRequest.objects.count() == 1
    assert Event.objects.filter(verb="asked about an answer").count() == 1


def test_questions_about_one_answer_are_told_in_one_notice(
    assessment: Assessment, lead: User, staff: User
) -> None:
    high(assessment, lead)
    overdue(assessment, lead)
    outcome = ask(keys=[check.key for check in checks(assessment.round, staff)], by=staff)
    assert outcome.asked == 3
    assert Event.objects.filter(verb="asked about an answer").count() == 1
    assert QualityRequest.objects.exclude(improvement=None).count() == 2


def complete_high(assessment: Assessment, leader: User) -> None:
    """Complete every answer, the first with a high rating without evidence."""
    for place, answer in enumerate(assessment.answers.in_order()):
        save(answer, leader, 2 if place else 3)


def test_words_go_under_what_the_draft_says_already(
    assessment: Assessment, leader: User, staff: User
) -> None:
    found = submitted(assessment, leader)
    (check,) = checks(found.round, staff)
    assert check.way == Way.REVIEW
    name = comment_name(check.indicator.pk)
    ReviewDraft.objects.create(
        assessment=found, person=staff, typed={"note": ["N"], name: ["Mine\n"]}
    )
    outcome = ask(keys=[check.key], by=staff)
    assert (outcome.asked, outcome.drafted) == (0, 1)
    typed = ReviewDraft.objects.get().typed
    assert typed == {"note": ["N"], name: [f"Mine\n\n{check.question.words}"]}
    assert not QualityRequest.objects.exists()
    assert ask(keys=[check.key], by=staff).already == 1
    assert ReviewDraft.objects.get().typed == typed


def submitted(assessment: Assessment, leader: User) -> Assessment:
    """Submitted with one high rating without evidence."""
    complete_high(assessment, leader)
    moved(assessment, State.SUBMITTED, leader, leader)
    return Assessment.objects.get(pk=assessment.pk)


def test_a_review_that_somebody_else_has_is_left_to_them(
    assessment: Assessment, leader: User, staff: User, administrator: User
) -> None:
    found = submitted(assessment, leader)
    Assessment.objects.update(reviewer=administrator, taken_at=timezone.now())
    assert ways(checks(found.round, staff)) == {(Way.NONE, "Ada Administrator has the review.")}
    assert {way for way, _ in ways(checks(found.round, administrator))} == {Way.REVIEW}
    (check,) = checks(found.round, staff)
    outcome = ask(keys=[check.key], by=staff)
    assert outcome.refused == ("Braintree District Council: Ada Administrator has the review.",)
    assert not ReviewDraft.objects.exists()


def test_one_asked_as_a_draft_can_be_asked_again_in_the_review(
    assessment: Assessment, leader: User, staff: User
) -> None:
    ask(keys=[key_of(high(assessment, leader))], by=staff)
    found = submitted(assessment, leader)
    (check,) = checks(found.round, staff)
    assert check.before is not None
    assert check.may_ask
    assert ask(keys=[check.key], by=staff).drafted == 1
    (check,) = checks(found.round, staff)
    assert not check.may_ask


def test_who_belongs_to_the_partner_does_not_ask_it(
    assessment: Assessment, lead: User, staff_member: User
) -> None:
    answer = high(assessment, lead)
    outcome = ask(keys=[key_of(answer)], by=staff_member)
    assert outcome.refused == (
        "Braintree District Council: You belong to this partner: somebody else asks.",
    )
    assert not QualityRequest.objects.exists()


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.AWAITING, "With the partner’s leader for sign-off. Ask when it is submitted."),
        (State.ACCEPTED, "Accepted. Reopen it to ask."),
    ],
)
def test_where_nobody_can_mend_the_answer_it_says_why(
    assessment: Assessment, leader: User, staff: User, state: State, why: str
) -> None:
    complete_high(assessment, leader)
    moved(assessment, state, leader, staff)
    assert ways(checks(assessment.round, staff)) == {(Way.NONE, why)}


def moved(assessment: Assessment, state: State, leader: User, staff: User) -> None:
    """Bring answers that are complete to the state."""
    send(assessment=assessment, by=leader)
    if state != State.AWAITING:
        sign_off(assessment=assessment, by=leader)
    if state == State.ACCEPTED:
        accept(assessment=assessment, note="", by=staff)
    if state == State.CHANGES:
        second = first_answer(assessment, 1)
        comments = {second.indicator_id: "Say more."}
        request_changes(assessment=assessment, note="More.", comments=comments, by=staff)


def test_an_improvement_is_asked_about_in_every_state(
    assessment: Assessment, leader: User, staff: User
) -> None:
    complete_high(assessment, leader)
    overdue(assessment, leader)
    moved(assessment, State.ACCEPTED, leader, staff)
    found = by_kind(checks(assessment.round, staff))
    assert found[Kind.IMPROVEMENT_OVERDUE].way == Way.PARTNER
    assert ask(keys=[found[Kind.IMPROVEMENT_OVERDUE].key], by=staff).asked == 1


def test_of_requested_changes_only_what_is_open_again_is_asked(
    assessment: Assessment, leader: User, staff: User
) -> None:
    complete_high(assessment, leader)
    moved(assessment, State.CHANGES, leader, staff)
    assert ways(checks(assessment.round, staff)) == {
        (Way.NONE, "Not among the indicators that are open again.")
    }
    save(first_answer(assessment, 1), leader, 4)
    assert (Way.PARTNER, "") in ways(checks(assessment.round, staff))


def test_a_round_that_is_closed_is_closed_to_questions(
    assessment: Assessment, lead: User, staff: User
) -> None:
    high(assessment, lead)
    let_be_over(assessment.round)
    round = Round.objects.get()
    assert ways(checks(round, staff)) == {(Way.NONE, "The round is closed to this partner.")}


def test_a_partner_without_leads_cannot_be_asked(
    assessment: Assessment, lead: User, staff: User
) -> None:
    high(assessment, lead)
    Membership.objects.update(ended_at=timezone.now())
    why = "This partner has no lead or leader to ask."
    assert ways(checks(assessment.round, staff)) == {(Way.NONE, why)}


def test_a_question_that_does_not_apply_is_not_asked(
    assessment: Assessment, lead: User, staff: User
) -> None:
    answer = save(first_answer(assessment), lead, 1)
    outcome = ask(keys=[key_of(answer), Key(10**9, Kind.NO_NARRATIVE)], by=staff)
    assert (outcome.asked, outcome.gone) == (0, 2)
    assert not QualityRequest.objects.exists()


def test_none_and_too_many_are_refused_in_words(staff: User) -> None:
    with pytest.raises(RefusedError, match="Select at least one"):
        ask(keys=[], by=staff)
    with pytest.raises(RefusedError, match="no more than 50"):
        ask(keys=[Key(n, Kind.NO_NARRATIVE) for n in range(MOST + 1)], by=staff)


# --- What the partner sees -----------------------------------------------------------------------


def test_the_partner_sees_what_was_asked_in_todays_words_until_it_is_mended(
    assessment: Assessment, lead: User, staff: User
) -> None:
    answer = high(assessment, lead)
    ask(keys=[key_of(answer)], by=staff)
    (asked,) = asked_at_desk(read_desk(answer, lead))
    assert (asked.by, "3 Established" in asked.words) == (staff.name, True)
    answer = save(answer, lead, 4)
    (asked,) = asked_at_desk(read_desk(answer, lead))
    assert "4 Leading" in asked.words
    assert [one.words for one in read_asked(assessment)[answer.pk]] == [asked.words]
    answer = save(answer, lead, 1)
    assert asked_at_desk(read_desk(answer, lead)) == []
    assert not read_asked(assessment)


def test_an_improvement_is_asked_about_until_it_is_mended(
    assessment: Assessment, lead: User, staff: User
) -> None:
    improvement = overdue(assessment, lead)
    ask(keys=[check.key for check in checks(assessment.round, staff)], by=staff)
    answer = first_answer(assessment)
    assert {one.improvement_id for one in asked_at_desk(read_desk(answer, lead))} == {
        improvement.pk
    }
    change_improvement(
        improvement=improvement,
        version=1,
        what="Train everybody",
        owner="Ann",
        due_on=date(2099, 1, 1),
        state="planned",
        by=lead,
    )
    assert asked_at_desk(read_desk(answer, lead)) == []


@pytest.mark.parametrize(
    "text",
    ["", "x", "1", "1.no_such", ".no_narrative", "1.no_narrative.x", "-1.no_narrative",
     "1.no_narrative.", "²." + Kind.NO_NARRATIVE, "9" * 30 + ".no_narrative"],
)  # fmt: skip
def test_what_names_no_question_is_none(text: str) -> None:
    key = Key.read(text)
    assert key is None or str(key) == text.rstrip(".")


def test_a_key_reads_as_it_was_written() -> None:
    for key in (Key(1, Kind.NO_NARRATIVE), Key(12, Kind.IMPROVEMENT_OVERDUE, 34)):
        assert Key.read(str(key)) == key
