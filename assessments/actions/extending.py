"""Give one partner more time than the others have."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from assessments import workflow
from assessments.actions.planning import RoundRefusedError
from assessments.models import Assessment, Extension
from assessments.verbs import NOTICES, Verb
from assessments.workflow import State
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User

LONGEST = timedelta(days=366)


@action
def extend(*, assessment: Assessment, until: date, reason: str, by: User) -> Extension:
    """Let the partner write, send and sign off until the end of a later day, its leads are told.

    Also after the round has closed: it is open again for this partner alone. RefusedError while
    it is not the partner's turn; RoundRefusedError, with the field `until` or `reason`, for a day
    that is not later than its last one, has passed or is more than a year away, and without a
    reason.
    """
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("round", "partner")
    found = rows.get(pk=assessment.pk)
    refusal = refusal_of(found)
    if refusal:
        raise RefusedError(refusal)
    _check(found, until)
    reason = reason.strip()
    if not reason:
        raise RoundRefusedError("reason", "Enter why the partner gets more time")
    extension = Extension.objects.create(
        assessment=found, until=until, reason=reason, granted_by=by
    )
    found.extended_to = until
    found.save(update_fields=["extended_to"])
    record(
        verb=Verb.EXTENDED,
        by=by,
        partner=found.partner,
        subject=found,
        note=f"{until:%-d %B %Y}. {reason}",
        path=reverse("assessments:assessment-detail", args=[found.pk]),
        notices=NOTICES,
    )
    return extension


def refusal_of(assessment: Assessment) -> str:
    """Why more time would not help the partner: ecda has the assessment, or nobody; or empty."""
    state = assessment.status
    if state not in {State.SUBMITTED, State.ACCEPTED}:
        return ""
    return (
        f"{assessment.partner} needs no more time, because its assessment is "
        f"“{workflow.LABELS[state]}”. It is the turn of {workflow.TURNS[state]}."
    )


def _check(assessment: Assessment, until: date) -> None:
    today = timezone.localdate()
    if until < today:
        raise RoundRefusedError("until", "The last day must be today or in the future")
    last = assessment.closes_on
    if not assessment.is_closed(today) and until <= last:
        raise RoundRefusedError(
            "until", f"The last day must be after {last:%-d %B %Y}, which is the present one"
        )
    if until > today + LONGEST:
        raise RoundRefusedError("until", "The last day must be within a year from today")
