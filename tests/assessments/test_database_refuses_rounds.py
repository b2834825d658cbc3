"""Each constraint and trigger of rounds, extensions, releases and reminders, broken once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments.models import (
    Assessment,
    Extension,
    Release,
    ReleasedRating,
    ReleaseEntry,
    Reminder,
    Round,
)
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import bring_to, make_round
from tests.assessments.years import later_edition
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

NOW = timezone.now()


class World:
    """An accepted assessment of a round that has closed, and a round that is only planned."""

    def __init__(self, assessment: Assessment, leader: User, staff: User) -> None:
        self.staff = staff
        self.assessment = bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
        self.round = Round.objects.filter(pk=assessment.round_id)
        later = timezone.localdate() + timedelta(days=300)
        self.planned = Round.objects.create(
            edition=assessment.round.edition,
            name="Planned",
            slug="planned",
            opens_on=later,
            due_on=later,
            closes_on=later,
        )

    def extend(self, reason: str = "A flood") -> Extension:
        until = timezone.localdate() + timedelta(days=90)
        return Extension.objects.create(
            assessment=self.assessment, until=until, reason=reason, granted_by=self.staff
        )

    def release(self, number: int = 1, *, sealed: bool = False) -> Release:
        self.round.filter(closed_at=None).update(closed_at=NOW)
        return Release.objects.create(
            round=self.round.get(),
            number=number,
            sha256="0" * 64,
            released_by=self.staff,
            sealed=sealed,
        )

    def sealed(self, release: Release) -> Release:
        Release.objects.filter(pk=release.pk).update(sealed=True)
        return release

    def entry(self, **change: Any) -> ReleaseEntry:
        partner = self.assessment.partner
        given: dict[str, Any] = {
            "release": None,
            "partner": partner,
            "partner_name": partner.name,
            "kind": partner.kind,
            "snapshot": self.assessment.snapshot,
        }
        given |= change
        given["release"] = given["release"] or self.release()
        return ReleaseEntry.objects.create(**given)

    def rate(self, entry: ReleaseEntry, rating: int | None = 2) -> ReleasedRating:
        indicator = self.assessment.answers.in_order()[0].indicator
        return ReleasedRating.objects.create(entry=entry, indicator=indicator, rating=rating)

    def remind(self, step: int = 7) -> Reminder:
        return Reminder.objects.create(
            assessment=self.assessment, due_on=self.assessment.round.due_on, step=step
        )


@pytest.fixture
def world(assessment: Assessment, leader: User, staff: User) -> World:
    return World(assessment, leader, staff)


def _number_twice(world: World) -> None:
    world.release()
    world.release()


def _partner_twice(world: World) -> None:
    release = world.release()
    world.entry(release=release)
    world.entry(release=release)


def _rate_twice(world: World) -> None:
    entry = world.entry()
    world.rate(entry)
    world.rate(entry)


def _rate_when_sealed(world: World) -> None:
    entry = world.entry()
    world.sealed(entry.release)
    world.rate(entry)


def _remind_twice(world: World) -> None:
    world.remind()
    world.remind()


def _release_of_another(world: World) -> None:
    """A snapshot of one round in the release of another."""
    other = make_round(later_edition(), world.staff)
    Round.objects.filter(pk=other.pk).update(closed_at=NOW)
    release = Release.objects.create(
        round=other, number=1, sha256="0" * 64, released_by=world.staff
    )
    world.entry(release=release)


def _later(world: World) -> None:
    day = timezone.localdate() + timedelta(days=5)
    Assessment.objects.filter(pk=world.assessment.pk).update(extended_to=day)


Break = Callable[[World], Any]

CONSTRAINTS: dict[str, Break] = {
    "round_closes_after_it_opened": lambda w: Round.objects.filter(pk=w.planned.pk).update(
        closed_at=NOW
    ),
    "extension_has_reason": lambda w: w.extend(""),
    "release_number_once": _number_twice,
    "release_entry_once_per_partner": _partner_twice,
    "release_entry_counts_or_says_why_not": lambda w: w.entry(left_out="Not accepted"),
    "released_rating_once_per_indicator": _rate_twice,
    "released_rating_known": lambda w: w.rate(w.entry(), 5),
    "reminder_once_per_step": _remind_twice,
    "reminder_step_known": lambda w: w.remind(8),
}

TRIGGERS: dict[str, tuple[Break, str]] = {
    "round_opened_is_kept": (lambda w: w.round.update(slug="other"), "keeps its edition"),
    "assessment_in_an_opened_round": (
        lambda w: Assessment.objects.create(round=w.planned, partner=w.assessment.partner),
        "a round has assessments once it has opened",
    ),
    "assessment_extended_with_reason": (_later, "an extension has a reason"),
    "extension_kept": (
        lambda w: Extension.objects.filter(pk=w.extend().pk).update(reason="Other"),
        "Cannot update or delete rows",
    ),
    "assessment_starts_without_extension": (
        lambda w: Assessment.objects.create(
            round=w.assessment.round, partner=make_partner("Another"), extended_to=w.planned.due_on
        ),
        "an assessment starts without an extension",
    ),
    "release_kept": (
        lambda w: Release.objects.filter(pk=w.release().pk).update(sha256="1" * 64, sealed=True),
        "a release is sealed once, and nothing else of it changes",
    ),
    "release_starts_unsealed": (
        lambda w: w.release(sealed=True),
        "a release is sealed when its entries are there",
    ),
    "release_entry_before_sealing": (
        lambda w: w.entry(release=w.sealed(w.release())),
        "a sealed release gets no more entries",
    ),
    "released_rating_before_sealing": (
        _rate_when_sealed,
        "ratings come with a snapshot, before the release is sealed",
    ),
    "release_of_a_closed_round": (
        lambda w: Release.objects.create(
            round=w.round.get(), number=1, sha256="0" * 64, released_by=w.staff
        ),
        "only a closed round is released",
    ),
    "release_entry_kept": (
        lambda w: ReleaseEntry.objects.filter(pk=w.entry().pk).update(partner_name="Other"),
        "Cannot update or delete rows",
    ),
    "release_entry_of_its_round": (
        _release_of_another,
        "a release holds snapshots of its own round",
    ),
    "released_rating_kept": (
        lambda w: ReleasedRating.objects.filter(pk=w.rate(w.entry()).pk).update(rating=4),
        "Cannot update or delete rows",
    ),
    "reminder_kept": (
        lambda w: Reminder.objects.filter(pk=w.remind().pk).update(step=1),
        "Cannot update or delete rows",
    ),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_by_constraint(name: str, world: World) -> None:
    with pytest.raises(DatabaseError, match=f'"{name}"'), transaction.atomic():
        CONSTRAINTS[name](world)


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_database_refuses_by_trigger(name: str, world: World) -> None:
    broken, words = TRIGGERS[name]
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        broken(world)


@pytest.mark.parametrize("change", ["edition", "opened_at", "closed_at"])
def test_a_round_that_opened_loses_neither_its_edition_nor_its_times(
    change: str, world: World
) -> None:
    world.round.update(closed_at=NOW)
    lost: dict[str, Any] = {"edition": None, "opened_at": None, "closed_at": None}
    with pytest.raises(DatabaseError, match="keeps its edition"), transaction.atomic():
        world.round.update(**{change: lost[change]})


def test_a_planned_round_may_change_and_go(world: World) -> None:
    planned = Round.objects.filter(pk=world.planned.pk)
    assert planned.update(slug="other") == 1
    assert planned.delete()[0] == 1
    with pytest.raises(DatabaseError, match="keeps its edition"), transaction.atomic():
        world.round._raw_delete("default")


def test_a_partner_without_a_snapshot_is_not_rated(world: World) -> None:
    left_out = world.entry(snapshot=None, left_out="still being answered")
    with pytest.raises(DatabaseError, match="ratings come with a snapshot"), transaction.atomic():
        world.rate(left_out)


def test_a_sealed_release_is_neither_opened_nor_deleted(world: World) -> None:
    release = world.sealed(world.release())
    with pytest.raises(DatabaseError, match="sealed once"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(sealed=False)
    with pytest.raises(DatabaseError, match="sealed once"), transaction.atomic():
        Release.objects.filter(pk=release.pk)._raw_delete("default")


def test_an_extension_takes_effect_with_its_reason(world: World) -> None:
    until = world.extend().until
    mine = Assessment.objects.filter(pk=world.assessment.pk)
    assert mine.update(extended_to=until) == 1
    with pytest.raises(DatabaseError, match="an extension has a reason"), transaction.atomic():
        mine.update(extended_to=None)
