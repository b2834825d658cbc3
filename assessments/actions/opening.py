"""Whether an answer can be written now: checked in words first, and by the database in any case."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from psycopg import errors

from assessments import workflow
from assessments.actions import moves
from assessments.dashboards import read_opening
from assessments.models import Answer, Assessment
from declaration.actions import RefusedError


class ClosedToWritingError(RefusedError):
    """The assessment is not open to this indicator, or not any more."""


def open_assessment(answer: Answer) -> Assessment:
    """The answer's assessment as it is; ClosedToWritingError when it is closed to the indicator.

    Reads without a lock: what happens between here and the write is for the trigger to see, whose
    refusal `closed_by_trigger` turns into words.
    """
    related = Assessment.objects.select_related("round", "partner")
    assessment = related.get(pk=answer.assessment_id)
    try:
        moves.refuse_when_closed(assessment)
    except RefusedError as error:
        raise ClosedToWritingError(str(error)) from error
    if not read_opening(assessment).includes(answer.indicator_id):
        state = assessment.get_state_display()
        raise ClosedToWritingError(
            f"You cannot write here now, because the assessment is “{state}” and not open to "
            f"indicator {answer.indicator.code}. {workflow.whose_turn(assessment.status)}"
        )
    return assessment


@contextmanager
def closed_by_trigger() -> Iterator[None]:
    """Turn the database's own refusal, which sees what we could not, into words."""
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, errors.RestrictViolation):
            raise
        raise ClosedToWritingError(
            "The assessment was closed to this indicator while you were writing."
        ) from error
