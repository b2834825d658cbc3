"""Each constraint and trigger of what reviewers write, broken once by its name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments.models import (
    Assessment,
    Extension,
    QualityRequest,
    Review,
    ReviewComment,
    ReviewDraft,
    ReviewNote,
    Round,
)
from signatories.models import User
from tests.assessments.years import later_edition
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOW = timezone.now()


class World:
    """A draft, and a reviewer."""

    def __init__(self, assessment: Assessment, staff: User) -> None:
        self.staff = staff
        self.assessment = assessment
        self.mine = Assessment.objects.filter(pk=assessment.pk)
        self.first, self.second = assessment.answers.in_order()[:2]

    def note(self, words: str = "Call them", by: User | None = None) -> ReviewNote:
        return ReviewNote.objects.create(
            assessment=self.assessment, words=words, by=by or self.staff
        )

    def extend(self, by: User) -> Extension:
        until = timezone.localdate()
        return Extension.objects.create(
            assessment=self.assessment, until=until, reason="A flood", granted_by=by
        )

    def draft(self) -> ReviewDraft:
        return ReviewDraft.objects.create(assessment=self.assessment, person=self.staff)

    def ask(self, kind: str = "no_narrative", words: str = "Why?") -> QualityRequest:
        return QualityRequest.objects.create(
            answer=self.first, kind=kind, words=words, asked_by=self.staff
        )

    def review(self, by: User | None = None) -> Review:
        return Review.objects.create(
            assessment=self.assessment, decision="changes", note="Why", by=by or self.staff
        )


@pytest.fixture
def world(assessment: Assessment, staff: User) -> World:
    return World(assessment, staff)


def _draft_twice(world: World) -> None:
    world.draft()
    world.draft()


def _ask_twice(world: World) -> None:
    world.ask()
    world.ask()


def _send_by_staff(world: World) -> None:
    sent = {"state": "awaiting", "came_from": "draft", "sent_at": NOW, "sent_by": world.staff}
    world.mine.update(moved_by=world.staff, moved_at=NOW, **sent)


def _comment_on_another_edition(world: World) -> None:
    indicator = later_edition().commitments.get(number=1).indicators.get(number=1)
    ReviewComment.objects.create(review=world.review(), indicator=indicator, comment="More")


Break = Callable[[World], Any]

CONSTRAINTS: dict[str, Break] = {
    "assessment_taken_by_and_at": lambda w: w.mine.update(reviewer=w.staff),
    "review_note_has_words": lambda w: w.note(""),
    "review_draft_once_per_person": _draft_twice,
    "quality_request_once": _ask_twice,
    "quality_request_kind_known": lambda w: w.ask("other"),
    "quality_request_has_words": lambda w: w.ask(words=""),
}

TRIGGERS: dict[str, tuple[Break, str]] = {
    "assessment_moved_by_whom": (_send_by_staff, "this person may not make this move"),
    "review_by_ecda_of_others": (
        lambda w: w.review(make_user("Nobody of ecda")),
        "nobody reviews a partner they belong to",
    ),
    "review_comment_of_its_edition": (
        _comment_on_another_edition,
        "a comment is on an indicator of the assessment",
    ),
    "review_note_by_ecda_of_others": (
        lambda w: w.note(by=make_user("Nobody of ecda")),
        "ecda notes for itself, and nobody of a partner they belong to",
    ),
    "extension_by_ecda_of_others": (
        lambda w: w.extend(by=make_user("Nobody of ecda")),
        "ecda gives more time, and nobody to a partner they belong to",
    ),
    "review_note_kept": (
        lambda w: ReviewNote.objects.filter(pk=w.note().pk).update(words="Other"),
        "Cannot update or delete rows",
    ),
    "review_draft_keeps_its_place": (
        lambda w: ReviewDraft.objects.filter(pk=w.draft().pk).update(person=make_user()),
        "Cannot update rows",
    ),
    "quality_request_kept": (
        lambda w: QualityRequest.objects.filter(pk=w.ask().pk).update(words="Other"),
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


def test_whoever_belongs_to_the_partner_cannot_review_it_even_from_ecda(
    world: World, staff_member: User
) -> None:
    with pytest.raises(DatabaseError, match="nobody reviews a partner"), transaction.atomic():
        world.review(staff_member)
    assert world.review().by == world.staff


def test_a_partner_moves_nothing_once_the_round_is_closed(world: World, lead: User) -> None:
    """Else a shell could send what the pages and the actions refuse."""
    sent = {"state": "awaiting", "came_from": "draft", "sent_at": NOW, "sent_by": lead}
    sent |= {"moved_by": lead, "moved_at": NOW}
    Round.objects.filter(pk=world.assessment.round_id).update(closed_at=NOW)
    with pytest.raises(DatabaseError, match="may not make this move"), transaction.atomic():
        world.mine.update(**sent)
    until = timezone.localdate()
    Extension.objects.create(
        assessment=world.assessment, until=until, reason="A flood", granted_by=world.staff
    )
    world.mine.update(extended_to=until)
    assert world.mine.update(**sent) == 1


def test_who_made_the_last_move_has_not_made_the_next(world: World, lead: User) -> None:
    """Else the state could be changed alone, in the name of whoever moved it before."""
    sent = {"state": "awaiting", "came_from": "draft", "sent_at": NOW, "sent_by": lead}
    world.mine.update(moved_by=lead, moved_at=NOW, **sent)
    back = {"state": "draft", "came_from": ""}
    with pytest.raises(DatabaseError, match="may not make this move"), transaction.atomic():
        world.mine.update(**back)
    with pytest.raises(DatabaseError, match="may not make this move"), transaction.atomic():
        world.mine.update(moved_by=lead, **back)
    assert world.mine.update(moved_by=lead, moved_at=timezone.now(), **back) == 1


@pytest.mark.parametrize("who", ["lead", "former", "disabled", "staff_member"])
def test_only_ecda_of_other_partners_writes_notes_and_gives_more_time(
    who: str, world: World, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(DatabaseError, match="ecda notes for itself"), transaction.atomic():
        world.note(by=person)
    with pytest.raises(DatabaseError, match="ecda gives more time"), transaction.atomic():
        world.extend(by=person)
