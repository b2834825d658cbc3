"""Rounds and assessments for tests, made through the actions only."""

from datetime import date, timedelta
from itertools import count

from django.utils import timezone

from assessments.actions.answering import Wanted, save_answer
from assessments.actions.evidence import Link
from assessments.actions.reviewing import accept, request_changes
from assessments.actions.rounds import begin_round
from assessments.actions.submitting import send, sign_off
from assessments.models import Answer, Assessment, Round
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import User

years = count(2026)


def make_round(edition: Edition, staff: User, *, opens_on: date | None = None) -> Round:
    """A round that opened today, is due in 30 days and closes in 60."""
    opens_on = opens_on or timezone.localdate()
    return begin_round(
        edition=edition,
        name=str(next(years)),
        opens_on=opens_on,
        due_on=opens_on + timedelta(days=30),
        closes_on=opens_on + timedelta(days=60),
        by=staff,
    )


def save(
    answer: Answer,
    by: User,
    rating: int | None = 2,
    narrative: str = "We do.",
    *,
    links: tuple[Link, ...] = (),
    wanted: Wanted | None = None,
) -> Answer:
    """Save a completed answer under its present version."""
    return save_answer(
        answer=answer,
        version=answer.version,
        rating=rating,
        not_applicable=False,
        reason="",
        narrative=narrative,
        completed=rating is not None,
        by=by,
        links=links,
        wanted=wanted,
    )


def answer_all(assessment: Assessment, by: User, rating: int = 2) -> None:
    """Complete every answer that the assessment is open to."""
    for answer in assessment.answers.all():
        save(answer, by, rating)


def bring_to(assessment: Assessment, state: State, *, leader: User, staff: User) -> Assessment:
    """Take a draft all the way to the state, by the moves that people would make."""
    if state != State.DRAFT:
        answer_all(assessment, leader)
        send(assessment=assessment, by=leader)
    if state not in {State.DRAFT, State.AWAITING}:
        sign_off(assessment=assessment, by=leader)
    if state == State.CHANGES:
        first = assessment.answers.in_order()[0]
        request_changes(
            assessment=assessment,
            note="One thing is missing.",
            comments={first.indicator_id: "Say who sponsors your projects."},
            by=staff,
        )
    if state == State.ACCEPTED:
        accept(assessment=assessment, note="", by=staff)
    return Assessment.objects.get(pk=assessment.pk)
