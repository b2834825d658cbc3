"""Beginning from last year's answers: copied once, counted only when somebody has saved them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions.answering import save_answer
from assessments.actions.carrying import carry_forward
from assessments.actions.evidence import Link
from assessments.actions.opening import ClosedToWritingError
from assessments.actions.submitting import IncompleteError, send
from assessments.dashboards import read_carryable, read_sheet, read_tasks
from assessments.models import Answer, Assessment, Evidence, Round
from assessments.verbs import Verb
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Event, Partner, User
from tests.assessment_factories import answer_all, bring_to, make_round, save
from tests.assessments.years import empty_next_year, move_to_the_past
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def before(edition: Edition, partner: Partner, lead: User, staff: User) -> Assessment:
    """Last year's assessment, every indicator rated 2, the first as not applicable."""
    found = make_round(edition, staff).assessments.get(partner=partner)
    answer_all(found, lead)
    save_answer(
        answer=found.answers.in_order()[0],
        version=2,
        rating=None,
        not_applicable=True,
        reason="We keep no such data.",
        narrative="Never did.",
        completed=True,
        willing_to_share=True,
        by=lead,
    )
    return found


@pytest.fixture
def now(before: Assessment, edition: Edition, partner: Partner, staff: User) -> Assessment:
    """This year's assessment, empty."""
    move_to_the_past(before.round)
    return empty_next_year(edition, staff, partner)


def facts(answer: Answer) -> tuple[object, ...]:
    return (
        answer.rating,
        answer.not_applicable,
        answer.reason,
        answer.narrative,
        answer.willing_to_share,
    )


def carried_events() -> list[str]:
    verb = Verb.CARRIED_FORWARD.value
    return list(Event.objects.filter(verb=verb).values_list("note", flat=True))


# --- What is copied -------------------------------------------------------------------------------


def test_each_answer_is_copied_and_waits_to_be_saved(
    before: Assessment, now: Assessment, lead: User
) -> None:
    assert carry_forward(assessment=now, by=lead) == 13
    for old, new in zip(before.answers.in_order(), now.answers.in_order(), strict=True):
        assert facts(new) == facts(old)
        assert new.carried_from == old
        assert (new.completed, new.updated_at, new.updated_by) == (False, None, None)
        assert new.version == 2
        assert new.is_unconfirmed
        assert not new.is_answered
    assert carried_events() == [f"13 of {before.round}"]


def test_the_history_says_who_brought_them_forward(now: Assessment, lead: User) -> None:
    carry_forward(assessment=now, by=lead)
    answer = now.answers.in_order()[1]
    history = answer.history.order_by("pgh_id")  # type: ignore[attr-defined]  # pghistory's related name
    assert [row.version for row in history] == [1, 2]
    assert history[1].pgh_context.metadata["by"] == lead.pk


def test_twice_is_once(now: Assessment, lead: User) -> None:
    carry_forward(assessment=now, by=lead)
    versions = list(now.answers.values_list("pk", "version"))
    assert carry_forward(assessment=now, by=lead) == 0
    assert list(now.answers.values_list("pk", "version")) == versions
    assert len(carried_events()) == 1


def test_without_earlier_answers_nothing_is_copied(assessment: Assessment, lead: User) -> None:
    assert carry_forward(assessment=assessment, by=lead) == 0
    assert read_carryable(assessment) == ""
    assert carried_events() == []


def test_another_partners_answers_are_left_alone(
    now: Assessment, other_partner: Partner, edition: Edition, staff: User
) -> None:
    make_member(other_partner, "lead")
    found = now.round.assessments.get_or_create(partner=other_partner)[0]
    for answer in now.answers.all():
        found.answers.get_or_create(indicator=answer.indicator)
    assert carry_forward(assessment=found, by=staff) == 0


def test_what_somebody_has_saved_stays_as_it_is(now: Assessment, lead: User) -> None:
    first, second = now.answers.in_order()[:2]
    save(first, lead, 4, "New words")
    save(second, lead, rating=None, narrative="")
    assert carry_forward(assessment=now, by=lead) == 11
    assert now.answers.get(pk=first.pk).narrative == "New words"
    assert now.answers.get(pk=second.pk).carried_from is None


def test_the_latest_completed_answer_is_taken(
    edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    first = empty_next_year(edition, staff, partner)
    answer_all(first, lead, rating=1)
    move_to_the_past(first.round, years=2)
    second = empty_next_year(edition, staff, partner)
    one, two, three = second.answers.in_order()[:3]
    save(one, lead, 3, "Later")
    save(two, lead, rating=None, narrative="Begun, not completed")
    carry_forward(assessment=second, by=lead)
    move_to_the_past(second.round)
    third = empty_next_year(edition, staff, partner)
    assert read_carryable(third) == f"{first.round} and {second.round}"
    carry_forward(assessment=third, by=lead)
    found = {answer.indicator_id: answer for answer in third.answers.all()}
    assert found[one.indicator_id].narrative == "Later"
    assert found[two.indicator_id].rating == 1
    # What was brought forward and never saved is nobody's answer.
    assert found[three.indicator_id].carried_from.assessment == first  # type: ignore[union-attr]  # it has one


# --- When it counts -------------------------------------------------------------------------------


def test_it_counts_once_somebody_has_saved_it(now: Assessment, lead: User) -> None:
    carry_forward(assessment=now, by=lead)
    sheet = read_tasks(now)
    assert (sheet.answered, sheet.completed) == (0, 0)
    assert {row.rating_words for row in sheet.rows} == {"No answer yet"}
    assert {row.rating_value for row in sheet.rows} == {"none"}
    assert {row.status for row in sheet.rows} == {"To review"}
    save(now.answers.in_order()[1], lead)
    sheet = read_tasks(now)
    assert (sheet.answered, sheet.completed) == (1, 1)
    assert sheet.rows[1].rating_words == "2 Developing"
    assert sheet.rows[1].status == "Completed"


def test_it_cannot_be_sent_before_each_has_been_reviewed(now: Assessment, lead: User) -> None:
    carry_forward(assessment=now, by=lead)
    with pytest.raises(IncompleteError) as refused:
        send(assessment=now, by=lead)
    assert len(refused.value.missing) == 13
    words = {row.missing for row in read_sheet(now).rows}
    assert len(words) == 1
    assert "round not reviewed yet" in words.pop()


# --- Evidence -------------------------------------------------------------------------------------


def test_current_links_come_along_with_date_and_note(
    before: Assessment, edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    answer = before.answers.in_order()[1]
    kept = Link("Plan", "https://a.example/plan", date(2024, 5, 1), "Page 7")
    save(answer, lead, links=(kept, Link("Old", "https://a.example/old")))
    gone = answer.evidence.get(title="Old")
    gone.removed_at, gone.removed_by = timezone.now(), lead
    gone.save(update_fields=["removed_at", "removed_by"])
    answer.evidence.filter(title="Plan").update(public=True)
    move_to_the_past(before.round)
    now = empty_next_year(edition, staff, partner)
    carry_forward(assessment=now, by=staff)
    [copy] = Evidence.objects.filter(answer__assessment=now)
    old = answer.evidence.get(title="Plan")
    assert copy.answer.indicator_id == answer.indicator_id
    assert (copy.title, copy.url, copy.dated_on) == (old.title, old.url, old.dated_on)
    assert (copy.note, copy.public) == ("Page 7", False)
    assert (copy.added_at, copy.added_by) == (old.added_at, lead)
    carry_forward(assessment=now, by=staff)
    assert Evidence.objects.filter(answer__assessment=now).count() == 1


def test_a_link_that_is_there_already_is_not_doubled(
    before: Assessment, edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    answer = before.answers.in_order()[1]
    save(answer, lead, links=(Link("Plan", "https://a.example/plan"),))
    move_to_the_past(before.round)
    now = empty_next_year(edition, staff, partner)
    mine = now.answers.get(indicator=answer.indicator)
    Evidence.objects.create(answer=mine, title="Mine", url="https://a.example/plan", added_by=lead)
    carry_forward(assessment=now, by=lead)
    assert [evidence.title for evidence in mine.evidence.all()] == ["Mine"]


# --- When it is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
def test_only_a_draft_can_begin_from_earlier_answers(
    state: State, now: Assessment, leader: User, staff: User
) -> None:
    bring_to(now, state, leader=leader, staff=staff)
    with pytest.raises(ClosedToWritingError, match=r"It is (the turn of|nobody’s turn)"):
        carry_forward(assessment=now, by=leader)
    assert carried_events() == []


def test_a_closed_round_takes_nothing(now: Assessment, lead: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Round.objects.filter(pk=now.round.pk).update(
        opens_on=yesterday, due_on=yesterday, closes_on=yesterday
    )
    with pytest.raises(ClosedToWritingError, match="closed on"):
        carry_forward(assessment=now, by=lead)
    assert not now.answers.exclude(narrative="").exists()


# --- Queries --------------------------------------------------------------------------------------


def test_it_takes_the_same_queries_for_one_answer_and_for_many(
    before: Assessment, edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    for answer in before.answers.all():
        save(answer, lead, links=(Link("Plan", "https://a.example/plan"),))
    move_to_the_past(before.round)
    counts = []
    for years, kept in ((3, 1), (4, 13)):
        now = empty_next_year(edition, staff, partner)
        for answer in list(now.answers.all())[kept:]:
            save(answer, lead, rating=None)
        with CaptureQueriesContext(connection) as captured:
            assert carry_forward(assessment=now, by=lead) == kept
        counts.append(len(captured))
        move_to_the_past(now.round, years)
    assert counts[0] == counts[1] <= 18
