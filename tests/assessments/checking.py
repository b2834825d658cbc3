"""Answers about which a reviewer would ask, for tests of quality checks."""

from datetime import timedelta

from django.utils import timezone

from assessments.actions.improving import Planned, add_improvement
from assessments.dashboards.checks import Check, Filters, Key, read_checks
from assessments.models import Answer, Assessment, Improvement, Round
from assessments.quality import Kind
from signatories.models import User
from tests.assessment_factories import save
from tests.assessments.practising import first_answer


def high(assessment: Assessment, by: User, place: int = 0) -> Answer:
    """A high rating with nothing behind it."""
    return save(first_answer(assessment, place), by, 3)


def overdue(assessment: Assessment, by: User) -> Improvement:
    """An improvement without owner that was due yesterday, about the first indicator."""
    answer = first_answer(assessment)
    yesterday = timezone.localdate() - timedelta(days=1)
    return add_improvement(
        partner=assessment.partner,
        indicator=answer.indicator,
        planned=Planned("Train everybody", "", yesterday),
        by=by,
    )


def checks(round: Round, by: User, **filters: str) -> list[Check]:
    """The questions about the round."""
    return read_checks(round, Filters(**filters), by)


def key_of(answer: Answer, kind: Kind = Kind.HIGH_WITHOUT_EVIDENCE) -> Key:
    """The question of that kind about the answer."""
    return Key(answer.pk, kind)
