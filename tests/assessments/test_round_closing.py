"""Closing a round by hand, and moving the dates of one that is open."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.closing import change_dates, close_round
from assessments.actions.extending import extend
from assessments.actions.opening import ClosedToWritingError
from assessments.actions.planning import RoundRefusedError
from assessments.actions.submitting import send
from assessments.models import Assessment, Extension, Round
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, Membership, Notice, Partner, User
from tests.assessment_factories import bring_to, make_round, save
from tests.assessments.planning import dates, days, let_pass, make_plan
from tests.assessments.posting import text_of
from tests.assessments.years import later_edition

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def told(verb: Verb) -> set[User]:
    return {found.person for found in Notice.objects.filter(event__verb=verb.value)}


def test_a_closed_round_takes_no_words_of_partners_and_review_goes_on(
    assessment: Assessment, other_partner: Partner, lead: User, leader: User, staff: User
) -> None:
    submitted = bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    closed = close_round(round=assessment.round, by=staff)
    assert (closed.closed_by, closed.closes_on, closed.due_on) == (staff, days(0), days(0))
    accepted = bring_to_accepted(submitted, staff)
    assert accepted.status == State.ACCEPTED


def bring_to_accepted(assessment: Assessment, staff: User) -> Assessment:
    from_page = reverse("assessments:review-accept", args=[assessment.pk])
    client = Client()
    client.force_login(staff)
    found = Assessment.objects.get(pk=assessment.pk)
    assert found.submitted_at is not None
    client.post(from_page, {"note": "", "seen": found.submitted_at.isoformat()})
    return Assessment.objects.get(pk=assessment.pk)


def test_nobody_writes_in_a_round_that_was_closed_by_hand(
    assessment: Assessment, lead: User, staff: User
) -> None:
    close_round(round=assessment.round, by=staff)
    with pytest.raises(ClosedToWritingError, match=f"closed on {days(0):%-d %B %Y}"):
        save(assessment.answers.in_order()[0], lead)


def test_leads_of_what_was_never_sent_and_ecda_are_told(
    assessment: Assessment, lead: User, leader: User, contributor: User, staff: User,
    administrator: User,
) -> None:  # fmt: skip
    close_round(round=assessment.round, by=staff)
    assert told(Verb.ROUND_CLOSED) == {lead, leader, administrator}
    words = Notice.objects.get(person=administrator).words
    assert (
        "0 of 1 accepted, 0 waiting for review, 0 with changes requested, 1 never signed off."
        in words
    )


def test_leads_of_what_was_sent_are_left_in_peace(
    assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    close_round(round=assessment.round, by=staff)
    assert told(Verb.ROUND_CLOSED) == set()
    assert Event.objects.about(assessment).filter(verb=Verb.ROUND_CLOSED.value).exists()


def test_leads_who_were_to_make_changes_are_told_and_the_counts_add_up(
    other_partner: Partner, assessment: Assessment, lead: User, leader: User, staff: User,
    administrator: User,
) -> None:  # fmt: skip
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    close_round(round=let_pass(assessment.round, 5), by=staff)
    assert told(Verb.ROUND_CLOSED) == {lead, leader, administrator}
    words = Notice.objects.get(person=administrator, event__verb=Verb.ROUND_CLOSED.value).words
    assert (
        "0 of 2 accepted, 0 waiting for review, 1 with changes requested, 1 never signed off."
    ) in words
    assert f"It ran from {days(-5):%-d %B %Y} to {days(0):%-d %B %Y}." in words


def test_changes_that_wait_for_the_leader_count_as_changes(
    assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    found = bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    answer_all_open(found, lead)
    send(assessment=found, by=lead)
    close_round(round=assessment.round, by=staff)
    note = Event.objects.about(assessment.round).get(verb=Verb.ROUND_CLOSED.value).note
    assert "1 with changes requested, 0 never signed off." in note


def answer_all_open(assessment: Assessment, by: User) -> None:
    save(assessment.answers.in_order()[0], by, narrative="Our director sponsors them.")


def test_dates_far_away_are_refused_in_words(round: Round, staff: User) -> None:
    for closes, words in ((1200, "within 3 years"), (365 * 7000, "within 3 years")):
        with pytest.raises(RoundRefusedError, match=words):
            change_dates(round=round, due_on=days(30), closes_on=days(closes), reason="R", by=staff)
    with pytest.raises(RoundRefusedError, match="Opening date must be within 5 years"):
        make_plan(round.edition, staff, opens=365 * 7000)
    with pytest.raises(RoundRefusedError, match="Closing date must be within 5 years"):
        make_plan(round.edition, staff, opens=365 * 5)


def test_dates_sent_after_somebody_closed_the_round_give_the_words_back(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    close_round(round=round, by=staff)
    typed = dates(due_on=days(30), closes_on=days(70)) | {"reason": "CANARY"}
    response = client_of(staff).post(f"/rounds/{round.slug}/dates/", typed)
    assert response.status_code == 409
    page = text_of(response)
    assert "was closed on" in page
    assert "CANARY</textarea>" in page


def test_a_round_closes_once(round: Round, staff: User, client_of: ClientOf) -> None:
    client = client_of(staff)
    confirm = f"/rounds/{round.slug}/close/confirm"
    page = text_of(client.post(confirm, follow=True))
    assert f"Round {round} is closed." in page
    response = client.post(confirm)
    assert response.status_code == 409
    assert "was closed on" in text_of(response)
    assert "It was closed on" in text_of(client.get(f"/rounds/{round.slug}/close/"))
    round_events = Event.objects.about(round).filter(verb=Verb.ROUND_CLOSED.value)
    assert round_events.count() == 1


def test_a_plan_cannot_be_closed_and_has_no_other_dates(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    planned = make_plan(round.edition, staff)
    given = {"due_on": days(101), "closes_on": days(102)}
    with pytest.raises(RefusedError, match="has not opened"):
        close_round(round=planned, by=staff)
    with pytest.raises(RefusedError, match="has not opened"):
        change_dates(round=planned, **given, reason="R", by=staff)
    client = client_of(staff)
    assert client.get("/rounds/next/dates/")["Location"] == "/rounds/next/plan/"
    assert "has not opened yet" in text_of(client.get("/rounds/next/close/"))


def test_it_stays_open_while_a_partner_has_more_time(
    assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    round = assessment.round
    extend(assessment=assessment, until=days(90), reason="Illness", by=staff)
    with pytest.raises(RefusedError, match=f"Braintree District Council until {days(90):%-d}"):
        close_round(round=round, by=staff)
    client = client_of(staff)
    page = text_of(client.get(f"/rounds/{round.slug}/close/"))
    assert "You cannot close it while a partner has more time" in page
    assert f'href="/assessments/{assessment.pk}/extend/"' in page
    assert client.post(f"/rounds/{round.slug}/close/confirm").status_code == 409
    assert Round.objects.get().closed_at is None


def test_time_of_a_partner_that_has_finished_holds_nothing_up(
    assessment: Assessment, leader: User, staff: User
) -> None:
    extend(assessment=assessment, until=days(90), reason="Illness", by=staff)
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    assert close_round(round=assessment.round, by=staff).closed_at is not None


def test_time_that_was_given_by_mistake_no_longer_holds_the_round_up(
    assessment: Assessment, lead: User, staff: User
) -> None:
    extend(assessment=assessment, until=days(90), reason="A slip", by=staff)
    extend(assessment=assessment, until=days(60), reason="Meant for others", by=staff)
    close_round(round=assessment.round, by=staff)
    with pytest.raises(ClosedToWritingError, match="closed on"):
        save(assessment.answers.in_order()[0], lead)
    last = Extension.objects.latest("pk")
    assert (last.until, last.reason) == (days(-1), "The round was closed for every partner.")


def test_nobody_ends_the_time_of_a_partner_they_belong_to(
    assessment: Assessment, partner: Partner, staff: User, administrator: User
) -> None:
    extend(assessment=assessment, until=days(90), reason="A slip", by=staff)
    extend(assessment=assessment, until=days(60), reason="Meant for others", by=staff)
    Membership.objects.create(person=staff, partner=partner, role="contributor")
    with pytest.raises(RefusedError, match="A colleague has to close the round"):
        close_round(round=assessment.round, by=staff)
    assert close_round(round=assessment.round, by=administrator).closed_at is not None


def test_the_next_round_can_follow_on_the_day_after_an_early_closing(
    round: Round, staff: User
) -> None:
    close_round(round=let_pass(round, 5), by=staff)
    assert make_plan(round.edition, staff, opens=1).opens_on == days(1)


# --- Other dates ----------------------------------------------------------------------------------


def test_new_dates_count_for_everybody_and_leads_are_told_why(
    assessment: Assessment, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    path = f"/rounds/{assessment.round.slug}/dates/"
    client = client_of(staff)
    typed = dates(due_on=days(45), closes_on=days(75)) | {"reason": "Elections"}
    page = text_of(client.post(path, typed, follow=True))
    assert "The dates of round" in page
    found = Assessment.objects.get(pk=assessment.pk)
    assert (found.due_on, found.closes_on) == (days(45), days(75))
    assert told(Verb.ROUND_DATES_CHANGED) == {lead, leader}
    assert "Elections" in Notice.objects.get(person=lead).words
    assert "due in 45 days" in text_of(client_of(lead).get("/partners/braintree-district-council/"))


@pytest.mark.parametrize(
    ("due", "closes", "reason", "field"),
    [
        (-1, 20, "R", "due_on"),
        (20, 19, "R", "closes_on"),
        (30, 60, "R", "due_on"),
        (30, 100, "R", "closes_on"),
        (30, 70, " ", "reason"),
    ],
)
def test_dates_that_cannot_be_are_refused_and_nothing_typed_is_lost(
    due: int, closes: int, reason: str, field: str, round: Round, staff: User, client_of: ClientOf
) -> None:
    make_plan(round.edition, staff, opens=100)
    typed = dates(due_on=days(due), closes_on=days(closes)) | {"reason": reason}
    with pytest.raises(RoundRefusedError) as refused:
        change_dates(round=round, due_on=days(due), closes_on=days(closes), reason=reason, by=staff)
    assert refused.value.field == field
    page = text_of(client_of(staff).post(f"/rounds/{round.slug}/dates/", typed))
    assert "There is a problem" in page
    assert f'value="{days(due):%Y}"' in page
    round.refresh_from_db()
    assert (round.due_on, round.closes_on) == (days(30), days(60))


def test_a_closed_round_keeps_its_dates(round: Round, staff: User, client_of: ClientOf) -> None:
    close_round(round=round, by=staff)
    with pytest.raises(RefusedError, match="was closed on"):
        change_dates(round=round, due_on=days(9), closes_on=days(9), reason="R", by=staff)
    page = text_of(client_of(staff).get(f"/rounds/{round.slug}/dates/"))
    assert "so its dates cannot change" in page


def test_dates_of_another_editions_round_are_no_obstacle(
    round: Round, partner: Partner, staff: User
) -> None:
    make_round(later_edition(), staff)
    moved = change_dates(round=round, due_on=days(31), closes_on=days(90), reason="R", by=staff)
    assert moved.closes_on == days(90)
