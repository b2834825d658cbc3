"""More time for one partner: also after the round has closed, and for nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from assessments.actions.closing import close_round
from assessments.actions.extending import extend
from assessments.actions.opening import ClosedToWritingError
from assessments.actions.planning import RoundRefusedError
from assessments.actions.reviewing import reopen, request_changes
from assessments.actions.submitting import send, sign_off
from assessments.dashboards import read_round
from assessments.dashboards.recipients import Choice, Group, read_recipients
from assessments.models import Assessment, Extension, Round
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Membership, Notice, Partner, User
from tests.assessment_factories import answer_all, bring_to, save
from tests.assessments.planning import dates, days, let_pass
from tests.assessments.posting import text_of
from tests.factories import make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def test_after_the_closing_it_opens_again_for_that_partner_alone(
    other_partner: Partner, assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    other = Assessment.objects.get(partner=other_partner)
    other_lead = make_member(other_partner, "lead")
    close_round(round=assessment.round, by=staff)
    extend(assessment=assessment, until=days(7), reason="Illness", by=staff)
    found = Assessment.objects.get(pk=assessment.pk)
    answer_all(found, lead)
    send(assessment=found, by=lead)
    assert sign_off(assessment=found, by=leader).status == State.SUBMITTED
    with pytest.raises(ClosedToWritingError, match="closed on"):
        save(other.answers.in_order()[0], other_lead)


def test_its_end_is_the_end(assessment: Assessment, lead: User, staff: User) -> None:
    close_round(round=assessment.round, by=staff)
    extend(assessment=assessment, until=days(0), reason="Today only", by=staff)
    found = Assessment.objects.select_related("round").get(pk=assessment.pk)
    assert not found.is_closed(days(0))
    assert found.is_closed(days(1))
    save(found.answers.in_order()[0], lead)


def test_pages_of_the_partner_say_until_when(
    assessment: Assessment, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    extend(assessment=assessment, until=days(90), reason="Illness", by=staff)
    client = client_of(lead)
    page = text_of(client.get(f"/partners/{partner.slug}/"))
    assert "due in 90 days" in page
    assert f"the last day is {days(90):%-d %B %Y}" in page
    assert "Give more time" not in page
    page = text_of(client.get(f"/assessments/{assessment.pk}/"))
    assert f"ecda gave more time than the round has, until {days(90):%-d %B %Y}." in page


def test_leads_are_told_at_once_with_the_reason(
    assessment: Assessment, lead: User, leader: User, contributor: User, staff: User
) -> None:
    extend(assessment=assessment, until=days(90), reason="Illness in the team", by=staff)
    notices = Notice.objects.filter(event__verb=Verb.EXTENDED.value)
    assert {found.person for found in notices} == {lead, leader}
    assert all(found.at_once and "Illness in the team" in found.words for found in notices)


def test_staff_give_more_time_from_the_rounds_page(
    assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    path = f"/assessments/{assessment.pk}/extend/"
    assert f'href="{path}"' in text_of(client.get(f"/rounds/{assessment.round.slug}/"))
    assert f"This partner can write until {days(60):%-d %B %Y} now." in text_of(client.get(path))
    page = text_of(client.post(path, dates(until=days(70)) | {"reason": "Illness"}, follow=True))
    assert f"has more time until {days(70):%-d %B %Y}." in page
    assert "More time for single partners" in page
    extension = Extension.objects.get()
    assert (extension.until, extension.reason, extension.granted_by) == (days(70), "Illness", staff)
    assert "Given before" in text_of(client.get(path))


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [(-1, "R", "until"), (60, "R", "until"), (59, "R", "until"), (427, "R", "until"),
     (70, "  ", "reason")],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_lost(
    until: int, reason: str, field: str, assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    with pytest.raises(RoundRefusedError) as refused:
        extend(assessment=assessment, until=days(until), reason=reason, by=staff)
    assert refused.value.field == field
    typed = dates(until=days(until)) | {"reason": f"{reason}CANARY" if field == "until" else reason}
    page = text_of(client_of(staff).post(f"/assessments/{assessment.pk}/extend/", typed))
    assert "There is a problem" in page
    assert field != "until" or "CANARY" in page
    assert not Extension.objects.exists()
    assert Assessment.objects.get(pk=assessment.pk).extended_to is None


def test_a_day_given_by_mistake_is_mended_by_an_earlier_one(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    extend(assessment=assessment, until=days(300), reason="A slip", by=staff)
    path = f"/assessments/{assessment.pk}/extend/"
    client = client_of(staff)
    assert "If that is a mistake, enter the right day" in text_of(client.get(path))
    client.post(path, dates(until=days(70)) | {"reason": "The right day"})
    found = Assessment.objects.get(pk=assessment.pk)
    assert (found.extended_to, found.extensions.count()) == (days(70), 2)
    words = Notice.objects.filter(person=lead).latest("pk").words
    assert f"until {days(70):%-d %B %Y}, instead of {days(300):%-d %B %Y}. The right day" in words
    with pytest.raises(RoundRefusedError, match="is the last day already"):
        extend(assessment=assessment, until=days(70), reason="R", by=staff)
    with pytest.raises(RoundRefusedError, match="the round’s own last day, or after it"):
        extend(assessment=assessment, until=days(59), reason="R", by=staff)
    # Back to the round's own last day: no more time than the others have.
    extend(assessment=assessment, until=days(60), reason="None", by=staff)
    page = text_of(client_of(lead).get(f"/assessments/{assessment.pk}/"))
    assert "gave more time than the round has" not in page
    found = Assessment.objects.select_related("round").get(pk=assessment.pk)
    assert found.due_on == found.round.due_on
    choice = Choice(Group.OVERDUE, found.round, (), ("lead", "leader"))
    assert read_round(found.round, "", 1).overdue == 0
    Round.objects.update(opens_on=days(-9), due_on=days(-1))
    assert read_round(found.round, "", 1).overdue == 1
    assert [each.partner for each in read_recipients(choice).addressees] == [found.partner]


def test_more_time_is_possible_in_a_round_that_closes_in_years(
    assessment: Assessment, staff: User
) -> None:
    far = days(900)
    Round.objects.filter(pk=assessment.round_id).update(closes_on=far)
    given = extend(assessment=assessment, until=far + timedelta(days=366), reason="R", by=staff)
    assert given.until == far + timedelta(days=366)
    latest = f"{far + timedelta(days=366):%-d %B %Y} or before"
    with pytest.raises(RoundRefusedError, match=latest):
        extend(assessment=assessment, until=far + timedelta(days=367), reason="R", by=staff)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_in_a_closed_round_more_time_is_given_before_changes_are_requested(
    state: State, assessment: Assessment, lead: User, leader: User, staff: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    client = client_of(staff)
    bring_to(assessment, state, leader=leader, staff=staff)
    review = f"/assessments/{assessment.pk}/review/"
    assert "only if you" not in text_of(client.get(review))
    close_round(round=assessment.round, by=staff)
    page = text_of(client.get(review))
    assert f"The round closed on {days(0):%-d %B %Y}. The partner can make changes only" in page
    assert f'href="/assessments/{assessment.pk}/extend/"' in page
    assert "as soon as you request changes" in text_of(
        client.get(f"/assessments/{assessment.pk}/extend/")
    )
    typed = dates(until=days(7)) | {"reason": "Changes"}
    page = text_of(client.post(f"/assessments/{assessment.pk}/extend/", typed, follow=True))
    does = "request changes." if state == State.SUBMITTED else "reopen it."
    assert f"has more time until {days(7):%-d %B %Y}. It can write once you {does}" in page
    told = Notice.objects.get(person=lead, event__verb=Verb.EXTENDED.value)
    assert "Changes It can write once ecda re" in told.words
    assert "It can write" not in told.event.note
    assert "only if you" not in text_of(client.get(review))
    first = assessment.answers.in_order()[0]
    decide = request_changes if state == State.SUBMITTED else reopen
    decide(assessment=assessment, note="One", comments={first.indicator_id: "Who?"}, by=staff)
    assert save(first, lead, narrative="Said").narrative == "Said"


def test_once_closed_only_the_past_is_refused(assessment: Assessment, staff: User) -> None:
    let_pass(assessment.round, 70)
    with pytest.raises(RoundRefusedError, match="today or in the future"):
        extend(assessment=assessment, until=days(-1), reason="R", by=staff)
    assert extend(assessment=assessment, until=days(0), reason="R", by=staff).until == days(0)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_who_has_nothing_to_write_needs_no_more_time(
    state: State, assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    with pytest.raises(RefusedError, match="needs no more time"):
        extend(assessment=assessment, until=days(90), reason="R", by=staff)
    client = client_of(staff)
    path = f"/assessments/{assessment.pk}/extend/"
    assert "needs no more time" in text_of(client.get(path))
    typed = dates(until=days(90)) | {"reason": "R"}
    assert "needs no more time" in text_of(client.post(path, typed))
    assert not Extension.objects.exists()


def test_what_ecda_asks_after_the_closing_can_be_answered_with_more_time(
    assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    close_round(round=assessment.round, by=staff)
    first = assessment.answers.in_order()[0]
    with pytest.raises(ClosedToWritingError):
        save(first, lead)
    extend(assessment=assessment, until=days(3), reason="You asked late", by=staff)
    assert save(first, lead, narrative="Said").narrative == "Said"


def test_nobody_gives_time_to_a_partner_they_belong_to(
    assessment: Assessment, partner: Partner, staff: User, client_of: ClientOf
) -> None:
    Membership.objects.create(person=staff, partner=partner, role="contributor")
    typed = dates(until=days(90)) | {"reason": "R"}
    path = f"/assessments/{assessment.pk}/extend/"
    assert client_of(staff).post(path, typed).status_code == 403
    assert not Extension.objects.exists()
