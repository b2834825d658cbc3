"""A round opens with what each partner said before: each answer is there from its first row on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions.carrying import carry_forward
from assessments.actions.evidence import Link
from assessments.actions.rounds import start_assessment
from assessments.models import Answer, Assessment, Evidence
from assessments.verbs import Verb
from commitments.models import Edition
from signatories.models import Event, Partner, User
from tests.assessment_factories import answer_all, make_round, save
from tests.assessments.years import later_edition, move_to_the_past, next_year
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def before(edition: Edition, partner: Partner, lead: User, staff: User) -> Assessment:
    """Last year's assessment, answered, with a link behind the first answer."""
    found = next_year(edition, staff, partner)
    answer_all(found, lead, rating=3)
    save(found.answers.in_order()[0], lead, 3, links=(Link("Plan", "https://a.example/plan"),))
    move_to_the_past(found.round)
    return found


def carried_notes() -> list[str]:
    events = Event.objects.filter(verb=Verb.CARRIED_FORWARD.value).order_by("pk")
    return list(events.values_list("note", flat=True))


def test_every_answer_is_there_from_the_start_and_counts_for_nothing_yet(
    before: Assessment, partner: Partner, staff: User
) -> None:
    now = next_year(before.round.edition, staff, partner)
    for old, new in zip(before.answers.in_order(), now.answers.in_order(), strict=True):
        assert (new.rating, new.narrative, new.carried_from) == (3, old.narrative, old)
        assert (new.version, new.completed, new.updated_at) == (1, False, None)
        assert new.is_unconfirmed
        history = new.history.all()  # type: ignore[attr-defined]  # pghistory's related name
        assert [row.narrative for row in history] == [old.narrative]
    [copy] = Evidence.objects.filter(answer__assessment=now)
    assert (copy.title, copy.public) == ("Plan", False)
    assert carried_notes() == [f"13 of {before.round}"]
    event = Event.objects.get(verb=Verb.CARRIED_FORWARD.value)
    assert (event.by, event.subject_id) == (staff, now.pk)


def test_nothing_is_left_to_bring_forward(
    before: Assessment, partner: Partner, staff: User
) -> None:
    now = next_year(before.round.edition, staff, partner)
    assert carry_forward(assessment=now, by=staff) == 0
    assert len(carried_notes()) == 1


def test_each_partner_begins_from_its_own_answers_and_a_new_one_from_none(
    before: Assessment, partner: Partner, other_partner: Partner, staff: User
) -> None:
    opened = make_round(before.round.edition, staff)
    new = opened.assessments.get(partner=other_partner)
    assert set(new.answers.values_list("rating", "carried_from")) == {(None, None)}
    assert opened.assessments.get(partner=partner).answers.filter(rating=3).count() == 13
    assert len(carried_notes()) == 1


def test_a_later_edition_begins_from_the_indicators_that_it_continues(
    before: Assessment, partner: Partner, staff: User
) -> None:
    now = next_year(later_edition(), staff, partner)
    carried = now.answers.filter(carried_from__isnull=False)
    assert carried.count() == 12
    assert now.answers.get(carried_from__isnull=True).indicator.title == "Something new"


def test_the_latest_of_several_years_is_taken_and_what_was_not_completed_is_not(
    before: Assessment, partner: Partner, lead: User, staff: User
) -> None:
    move_to_the_past(before.round)
    second = next_year(before.round.edition, staff, partner)
    one, two = second.answers.in_order()[:2]
    save(one, lead, 4, "Later")
    save(two, lead, rating=None, narrative="Begun")
    move_to_the_past(second.round)
    third = next_year(before.round.edition, staff, partner)
    found = {answer.indicator_id: answer for answer in third.answers.all()}
    assert (found[one.indicator_id].rating, found[one.indicator_id].narrative) == (4, "Later")
    assert found[two.indicator_id].carried_from == before.answers.get(indicator=two.indicator_id)
    assert carried_notes()[-1] == f"13 of {before.round} and {second.round}"


def test_what_was_brought_forward_and_never_saved_is_nobodys_answer(
    before: Assessment, partner: Partner, staff: User
) -> None:
    move_to_the_past(before.round)
    move_to_the_past(next_year(before.round.edition, staff, partner).round)
    third = next_year(before.round.edition, staff, partner)
    sources = Answer.objects.filter(carried_to__assessment=third)
    assert {source.assessment_id for source in sources} == {before.pk}


def test_a_partner_who_starts_late_begins_from_its_answers_too(
    before: Assessment, partner: Partner, lead: User, staff: User
) -> None:
    Partner.objects.filter(pk=partner.pk).update(active_to=before.round.closes_on)
    opened = make_round(before.round.edition, staff)
    assert not opened.assessments.filter(partner=partner).exists()
    Partner.objects.filter(pk=partner.pk).update(active_to=None)
    late = start_assessment(partner=partner, round=opened, by=lead)
    assert late.answers.filter(carried_from__isnull=False).count() == 13
    assert carried_notes() == [f"13 of {before.round}"]


def test_two_partners_and_twenty_take_the_same_queries(edition: Edition, staff: User) -> None:
    def opened_with(count: int) -> int:
        first = None
        for _ in range(count):
            make_member(make_partner(), "lead")
        first = make_round(edition, staff)
        for assessment in first.assessments.all():
            by = make_member(assessment.partner, "contributor")
            save(assessment.answers.in_order()[0], by, links=(Link("P", "https://a.example/"),))
        move_to_the_past(first, years=count)
        with CaptureQueriesContext(connection) as captured:
            second = make_round(edition, staff)
        copies = Evidence.objects.filter(answer__assessment__round=second)
        assert copies.count() >= count
        move_to_the_past(second, years=count + 1)
        return len(captured)

    assert opened_with(2) == opened_with(20) <= 40
