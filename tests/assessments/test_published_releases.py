"""Whose own ratings a release publishes: those whose leader chose so before anybody could tell."""

from collections.abc import Callable

import pytest
from django.db import connection

from assessments.actions.closing import close_round
from assessments.actions.releasing import is_intact, release
from assessments.actions.reviewing import accept, reopen
from assessments.models import Assessment, Publication, Release, Round
from assessments.workflow import State
from signatories.models import Partner, User
from tests.assessment_factories import bring_to
from tests.factories import make_member

pytestmark = pytest.mark.django_db

Choose = Callable[[], Publication]


@pytest.fixture
def choose(partner: Partner, leader: User) -> Choose:
    """Let the partner's leader choose to publish."""
    return lambda: Publication.objects.create(partner=partner, started_by=leader)


@pytest.fixture
def closed(other_partner: Partner, assessment: Assessment, leader: User, staff: User) -> Round:
    """A closed round: the partner's assessment is accepted, another's waits for review."""
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    other = Assessment.objects.get(partner=other_partner)
    theirs = make_member(other_partner, "leader", "Theo Theirs")
    bring_to(other, State.SUBMITTED, leader=theirs, staff=staff)
    return close_round(round=assessment.round, by=staff)


def published(made: Release) -> list[str]:
    return [entry.partner_name for entry in made.entries.filter(published=True)]


def test_a_choice_is_frozen_into_the_release_and_its_hash(
    closed: Round, partner: Partner, choose: Choose, staff: User
) -> None:
    choose()
    made = release(round=closed, by=staff, confirmed_left_out=True)
    assert published(made) == [partner.name]
    assert is_intact(made)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE assessments_releaseentry SET published = false")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert not is_intact(made)


def test_who_is_left_out_publishes_nothing(
    closed: Round, other_partner: Partner, staff: User
) -> None:
    theirs = User.objects.get(name="Theo Theirs")
    Publication.objects.create(partner=other_partner, started_by=theirs)
    made = release(round=closed, by=staff, confirmed_left_out=True)
    assert published(made) == []


def test_a_choice_that_was_taken_back_does_not_count(
    closed: Round, choose: Choose, leader: User, staff: User
) -> None:
    choice = choose()
    choice.ended_by, choice.ended_at = leader, choice.started_at
    choice.save(update_fields=["ended_by", "ended_at"])
    assert published(release(round=closed, by=staff, confirmed_left_out=True)) == []


def test_a_later_release_publishes_nobody_whom_the_first_one_hid(
    closed: Round, partner: Partner, other_partner: Partner, choose: Choose, staff: User
) -> None:
    """Figures that were shown then would tell what the others behind them said."""
    release(round=closed, by=staff, confirmed_left_out=True)
    choose()
    theirs = User.objects.get(name="Theo Theirs")
    Publication.objects.create(partner=other_partner, started_by=theirs)
    accept(assessment=Assessment.objects.get(partner=other_partner), note="", by=staff)
    second = release(round=closed, by=staff, confirmed_left_out=False)
    # Whoever is in it for the first time was behind no figures yet.
    assert published(second) == [other_partner.name]


def test_who_was_published_stays_so_in_later_releases(
    closed: Round, partner: Partner, choose: Choose, staff: User
) -> None:
    choose()
    release(round=closed, by=staff, confirmed_left_out=True)
    mine = Assessment.objects.get(partner=partner)
    indicator = mine.answers.in_order()[0].indicator_id
    other = Assessment.objects.exclude(partner=partner).get()
    accept(assessment=other, note="", by=staff)
    second = release(round=closed, by=staff, confirmed_left_out=False)
    assert published(second) == [partner.name]
    reopen(assessment=mine, note="A mistake", comments={indicator: "Which?"}, by=staff)
    third = release(round=closed, by=staff, confirmed_left_out=True)
    assert published(third) == []
    assert all(map(is_intact, Release.objects.all()))
