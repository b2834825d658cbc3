"""Give one partner more time than the others have."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from assessments import workflow
from assessments.actions.moves import is_for
from assessments.actions.planning import RoundRefusedError
from assessments.actions.reminders import drop_waiting
from assessments.models import Assessment, Extension, Round
from assessments.verbs import NOTICES, Verb
from assessments.workflow import State, Who
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User

LONGEST = timedelta(days=366)


@action
def extend(*, assessment: Assessment, until: date, reason: str, by: User) -> Extension:
    """Let the partner write, send and sign off until the end of a day, its leads are told.

    Also after the round has closed: it is open again for this partner alone, at once or as soon
    as ecda asks it for changes. The latest day counts, so an earlier one mends a mistake.
    RefusedError while more time would not help; RoundRefusedError, with the field `until` or
    `reason`, for the day that it has already, one that has passed, is before the round's own last
    day or more than a year after it, and without a reason. Nobody gives it to a partner they
    belong to.
    """
    # The round first, as whoever closes it does: no partner gets more time meanwhile.
    Round.objects.select_for_update(no_key=True).get(pk=assessment.round_id)
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("round", "partner")
    found = rows.get(pk=assessment.pk)
    if not is_for(Who.ECDA, found, by):
        raise RefusedError("Only ecda gives more time, and nobody to a partner they belong to.")
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
    before = found.extended_to
    instead = (
        f", instead of {before:%-d %B %Y}" if before and before >= timezone.localdate() else ""
    )
    found.extended_to = until
    found.save(update_fields=["extended_to"])
    drop_waiting([found])
    note = f"{until:%-d %B %Y}{instead}. {reason}"
    record(
        verb=Verb.EXTENDED,
        by=by,
        partner=found.partner,
        subject=found,
        note=note,
        told=f"{note} {when_it_can_write(found)}".rstrip(),
        path=reverse("assessments:assessment-detail", args=[found.pk]),
        notices=NOTICES,
    )
    return extension


def when_it_can_write(assessment: Assessment) -> str:
    """What has to happen before the partner can use its time, in a sentence; empty for nothing."""
    words = {
        State.SUBMITTED: "It can write once ecda requests changes.",
        State.ACCEPTED: "It can write once ecda reopens it.",
    }
    return words.get(assessment.status, "")


def refusal_of(assessment: Assessment) -> str:
    """Why more time would not help the partner: ecda has the assessment, or nobody; or empty.

    Once the round has closed it helps in any state: what ecda asks for then can be done.
    """
    state = assessment.status
    if state not in {State.SUBMITTED, State.ACCEPTED} or assessment.round.is_closed():
        return ""
    return (
        f"{assessment.partner} needs no more time, because its assessment is "
        f"“{workflow.LABELS[state]}”. {workflow.whose_turn(state)}"
    )


def _check(assessment: Assessment, until: date) -> None:
    today = timezone.localdate()
    last = assessment.round.closes_on
    if until < today:
        raise RoundRefusedError("until", "The last day must be today or in the future")
    if not assessment.is_closed(today) and until == assessment.closes_on:
        raise RoundRefusedError("until", f"{until:%-d %B %Y} is the last day already")
    if not assessment.round.is_closed(today) and until < last:
        raise RoundRefusedError(
            "until",
            f"The last day must be {last:%-d %B %Y}, the round’s own last day, or after it",
        )
    latest = max(today, last) + LONGEST
    if until > latest:
        raise RoundRefusedError("until", f"The last day must be {latest:%-d %B %Y} or before")
