"""Each constraint and trigger of the models, broken once by its name."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    Review,
    ReviewComment,
    Round,
    Snapshot,
    SupportRequest,
)
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import bring_to
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

NOW = timezone.now()


class World:
    """One assessment, accepted once, and all that hangs on it."""

    def __init__(self, assessment: Assessment, leader: User, staff: User) -> None:
        self.leader, self.staff = leader, staff
        self.draft = Assessment.objects.filter(pk=assessment.pk)
        self.round = assessment.round
        self.first, self.second = assessment.answers.in_order()[:2]
        self.indicator = self.first.indicator
        self.partner = assessment.partner

    def answer(self, **change: Any) -> object:
        return Answer.objects.filter(pk=self.first.pk).update(**change)

    def assessment(self, **change: Any) -> object:
        moves = pgtrigger.ignore(
            "assessments.Assessment:assessment_moves",
            "assessments.Assessment:assessment_moved_by_whom",
        )
        with moves, transaction.atomic():
            return self.draft.update(**change)

    def evidence(self, url: str = "https://a.example/") -> Evidence:
        return Evidence.objects.create(
            answer=self.first, title="Plan", url=url, added_by=self.leader
        )

    def support(self, **change: Any) -> SupportRequest:
        given = {
            "partner": self.partner,
            "indicator": self.indicator,
            "words": "Help",
            "asked_by": self.leader,
        }
        return SupportRequest.objects.create(**(given | change))

    def review(self, decision: str = "changes", note: str = "Why") -> Review:
        return Review.objects.create(
            assessment=self.draft.get(), decision=decision, note=note, by=self.staff
        )

    def comment(self, review: Review, words: str = "More") -> ReviewComment:
        return ReviewComment.objects.create(review=review, indicator=self.indicator, comment=words)

    def snapshot(self, of: Assessment | None = None) -> Snapshot:
        return Snapshot.objects.create(
            assessment=of or self.draft.get(),
            number=1,
            partner_name="P",
            content={},
            sha256="0" * 64,
            accepted_by=self.staff,
        )

    def dates(self, opens: int, due: int, closes: int, name: str = "r") -> Round:
        today = timezone.localdate()
        return Round.objects.create(
            edition=self.round.edition,
            name=name,
            slug=name,
            opens_on=today + timedelta(days=opens),
            due_on=today + timedelta(days=due),
            closes_on=today + timedelta(days=closes),
            opened_at=NOW,
            opened_by=self.staff,
        )

    def sent(self, **change: Any) -> object:
        sent = {"state": "awaiting", "came_from": "draft", "sent_at": NOW, "sent_by": self.leader}
        return self.draft.update(moved_by=self.leader, moved_at=timezone.now(), **(sent | change))


@pytest.fixture
def world(assessment: Assessment, leader: User, staff: User) -> World:
    """A draft."""
    return World(assessment, leader, staff)


def twice(make: Callable[[], object]) -> None:
    make()
    make()


def _comment_twice(world: World) -> None:
    review = world.review()
    twice(lambda: world.comment(review))


def _ask_in_an_unknown_state(world: World) -> None:
    """The constraint about endings would be named first: it knows no such state either."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE assessments_supportrequest DROP CONSTRAINT support_request_ended_at"
        )
    _answer_support(world, state="lost")


def _answer_support(world: World, **change: Any) -> object:
    """Change a request; its moves are ignored, for the constraints to be met."""
    moves = pgtrigger.ignore("assessments.SupportRequest:support_request_moves")
    with moves, transaction.atomic():
        return SupportRequest.objects.filter(pk=world.support().pk).update(**change)


Break = Callable[[World], object]

CONSTRAINTS: dict[str, Break] = {
    "round_due_after_opening": lambda w: w.dates(200, 199, 210),
    "round_closes_after_due": lambda w: w.dates(200, 210, 209),
    "round_no_overlap": lambda w: w.dates(0, 5, 10),
    "assessment_once_per_round": lambda w: Assessment.objects.create(
        round=w.round, partner=w.partner
    ),
    "assessment_state_known": lambda w: w.assessment(state="lost"),
    "assessment_awaiting_came_from": lambda w: w.sent(came_from=""),
    "assessment_awaiting_sent_by_and_at": lambda w: w.sent(sent_at=None),
    "assessment_submitted_by_and_at": lambda w: w.assessment(state="submitted"),
    "assessment_accepted_has_snapshot": lambda w: w.assessment(
        state="accepted", submitted_at=NOW, submitted_by=w.leader
    ),
    "answer_once_per_indicator": lambda w: Answer.objects.create(
        assessment=w.draft.get(), indicator=w.indicator
    ),
    "answer_rating_known": lambda w: w.answer(rating=5),
    "answer_not_applicable_has_reason": lambda w: w.answer(not_applicable=True),
    "answer_completed_has_rating": lambda w: w.answer(completed=True),
    "answer_completed_was_saved": lambda w: w.answer(completed=True, rating=2),
    "answer_version_from_1": lambda w: w.answer(version=0),
    "evidence_url_once_per_answer": lambda w: twice(w.evidence),
    "evidence_url_is_web_address": lambda w: w.evidence("javascript:alert(1)"),
    "support_request_waiting_once": lambda w: twice(w.support),
    "support_request_says_what": lambda w: w.support(words=""),
    "support_request_state_known": _ask_in_an_unknown_state,
    "support_request_ended_at": lambda w: _answer_support(w, state="withdrawn"),
    "support_request_with_ecda_has_owner": lambda w: _answer_support(w, state="with_ecda"),
    "review_decision_with_note": lambda w: w.review(note=""),
    "review_comment_once_per_indicator": _comment_twice,
    "review_comment_has_words": lambda w: w.comment(w.review(), ""),
    "snapshot_number_once": lambda w: twice(w.snapshot),
}


def _sent_from_changes(world: World) -> None:
    """An assessment that awaits sign-off after changes may not become a draft again."""
    world.assessment(state="changes")
    world.sent(came_from="changes")
    moved = {"moved_by": world.leader, "moved_at": timezone.now()}
    world.draft.update(state="draft", came_from="", **moved)


def _write_when_sent(world: World) -> None:
    world.sent()
    world.answer(narrative="Too late")


def _add_when_sent(world: World) -> None:
    world.sent()
    world.evidence()


def _keep_the_snapshot_of_another(world: World) -> None:
    other = world.round.assessments.create(partner=make_partner("Another"))
    signed_off = {"submitted_at": NOW, "submitted_by": world.leader}
    world.assessment(state="accepted", snapshot=world.snapshot(of=other), **signed_off)


def _submit_a_draft(world: World) -> None:
    """Nobody may, and the trigger that knows the people would say so first."""
    with pgtrigger.ignore("assessments.Assessment:assessment_moved_by_whom"), transaction.atomic():
        world.draft.update(state="submitted")


def _request(world: World) -> Any:
    return SupportRequest.objects.filter(pk=world.support().pk)


TRIGGERS: dict[str, tuple[Break, str]] = {
    "support_request_moves": (
        lambda w: (
            _request(w).update(state="with_ecda", owner=w.staff)
            and SupportRequest.objects.update(state="withdrawn", ended_at=NOW)
            and SupportRequest.objects.update(state="new", ended_at=None)
        ),
        "Invalid transition",
    ),
    "support_request_starts_as_new": (
        lambda w: w.support(state="connected"),
        "a request for support starts as new",
    ),
    "support_request_keeps_its_place": (
        lambda w: _request(w).update(indicator=w.second.indicator),
        "Cannot update rows",
    ),
    "support_request_never_deleted": (
        lambda w: _request(w)._raw_delete("default"),
        "Cannot delete rows",
    ),
    "assessment_moves": (_submit_a_draft, "Invalid transition"),
    "assessment_starts_as_draft": (
        lambda w: Assessment.objects.create(round=w.round, partner=w.partner, state="changes"),
        "an assessment starts as a draft",
    ),
    "assessment_returns_to_where_it_came_from": (
        _sent_from_changes,
        "an assessment returns to where it came from",
    ),
    "assessment_keeps_its_place": (
        lambda w: w.draft.update(partner=make_partner()),
        "Cannot update rows",
    ),
    "assessment_keeps_its_own_snapshot": (
        _keep_the_snapshot_of_another,
        "a snapshot belongs to the assessment it was taken of",
    ),
    "answer_open_to_writing": (_write_when_sent, "the assessment is not open to this indicator"),
    "answer_never_deleted": (
        lambda w: Answer.objects.filter(pk=w.first.pk)._raw_delete("default"),
        "Cannot delete rows",
    ),
    "evidence_open_to_writing": (_add_when_sent, "the assessment is not open to this indicator"),
    "review_kept": (
        lambda w: Review.objects.filter(pk=w.review().pk).update(note="Other"),
        "Cannot update or delete rows",
    ),
    "review_comment_kept": (
        lambda w: ReviewComment.objects.filter(pk=w.comment(w.review()).pk).update(comment="x"),
        "Cannot update or delete rows",
    ),
    "snapshot_immutable": (
        lambda w: Snapshot.objects.filter(pk=w.snapshot().pk).update(content={"a": 1}),
        "Cannot update or delete rows",
    ),
}

MODELS = [
    model
    for model in apps.get_app_config("assessments").get_models()
    if not model.__name__.endswith("History")
]


# Those of drafts, improvements and others are broken in files beside this one, in such tables too.
BESIDE: list[Any] = [
    import_module(f"tests.assessments.{path.stem}")
    for path in Path(__file__).parent.glob("test_database_refuses_*.py")
]


def test_every_constraint_is_broken_once_and_has_words() -> None:
    found = [constraint for model in MODELS for constraint in model._meta.constraints]
    broken = [*CONSTRAINTS, *(name for module in BESIDE for name in module.CONSTRAINTS)]
    assert sorted(str(constraint.name) for constraint in found) == sorted(broken)
    for constraint in found:
        words = constraint.violation_error_message or ""
        assert words.endswith("."), constraint.name


def test_every_trigger_is_broken_once() -> None:
    ours = {model._meta.label for model in MODELS}
    found = {
        trigger.name
        for model, trigger in pgtrigger.registered()
        if model._meta.label in ours and not type(trigger).__module__.startswith("pghistory")
    }
    broken = [*TRIGGERS, *(name for module in BESIDE for name in module.TRIGGERS)]
    assert sorted(map(str, found)) == sorted(broken)


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_by_constraint(name: str, world: World) -> None:
    with pytest.raises(DatabaseError, match=f'"{name}"'), transaction.atomic():
        CONSTRAINTS[name](world)


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_database_refuses_by_trigger(name: str, world: World) -> None:
    broken, words = TRIGGERS[name]
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        broken(world)


def test_a_closed_round_refuses_answers_and_evidence(world: World) -> None:
    evidence = world.evidence()
    yesterday = timezone.localdate() - timedelta(days=1)
    Round.objects.filter(pk=world.round.pk).update(
        opens_on=yesterday, due_on=yesterday, closes_on=yesterday
    )
    breaks: list[Callable[[], object]] = [
        lambda: world.answer(narrative="Late"),
        lambda: world.evidence("https://b.example/"),
        lambda: Evidence.objects.filter(pk=evidence.pk).update(note="Late"),
    ]
    for late in breaks:
        with pytest.raises(DatabaseError, match="the round is closed"), transaction.atomic():
            late()


def test_changes_open_only_the_indicators_that_the_latest_request_names(
    assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    first, second = assessment.answers.in_order()[:2]
    assert Answer.objects.filter(pk=first.pk).update(narrative="Open") == 1
    with pytest.raises(DatabaseError, match="not open to this indicator"), transaction.atomic():
        Answer.objects.filter(pk=second.pk).update(narrative="Closed")


def test_a_remark_that_reopens_nothing_opens_nothing(
    assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    review = assessment.reviews.get()
    second = assessment.answers.in_order()[1]
    ReviewComment.objects.create(
        review=review, indicator=second.indicator, comment="Good", reopens=False
    )
    with pytest.raises(DatabaseError, match="not open to this indicator"), transaction.atomic():
        Answer.objects.filter(pk=second.pk).update(narrative="Closed")
