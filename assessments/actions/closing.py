"""Close a round, by hand or by the clock, and move the dates of one that is open."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from assessments.actions.announcing import announce
from assessments.actions.moves import is_for
from assessments.actions.planning import (
    RoundRefusedError,
    check_dates,
    check_neighbours,
    lock_editions,
    note_round,
)
from assessments.actions.reminders import drop_waiting
from assessments.dashboards import read_running
from assessments.models import Assessment, Extension, Round
from assessments.verbs import OF_ROUNDS, Verb
from assessments.workflow import WITH_PARTNER, State, Who
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User


@action
def close_round(*, round: Round, by: User | None) -> Round:
    """Close a round for every partner at once; the clock has no `by`.

    ecda is told how far it came, and so are the leads of partners who could still write: what
    they have not sent stays unsent. Closed before its day, it closes today, so that the next one
    can follow. RefusedError while a partner has more time than the others, and when it is closed
    already or has not opened.
    """
    found = lock_open(round)
    running = read_running(found)
    if running:
        names = "; ".join(f"{each.partner} until {each.extended_to:%-d %B %Y}" for each in running)
        raise RefusedError(f"Some partners still have more time: {names}.")
    _end_extensions(found, by)
    _end_today(found)
    found.closed_at, found.closed_by = timezone.now(), by
    found.save(update_fields=["due_on", "closes_on", "closed_at", "closed_by"])
    assessments = list(found.assessments.select_related("partner"))
    drop_waiting(assessments)
    unsent = [each for each in assessments if each.status in WITH_PARTNER]
    announce(Verb.ROUND_CLOSED, assessments, by=by, note=found.name, tell=unsent)
    record(
        verb=Verb.ROUND_CLOSED,
        by=by,
        subject=found,
        note=f"{found}: {counts_in_words(assessments)} {_ran(found)}",
        path=reverse("assessments:round-detail", args=[found.slug]),
        notices=OF_ROUNDS,
    )
    return found


@action
def change_dates(*, round: Round, due_on: date, closes_on: date, reason: str, by: User) -> Round:
    """Move the due and the closing date of an open round; leads whose turn it is are told.

    RoundRefusedError, with the field, for dates out of order or in the days of another round of
    the edition, without a reason, and when nothing would change.
    """
    lock_editions()
    found = lock_open(round)
    reason = reason.strip()
    if not reason:
        raise RoundRefusedError("reason", "Enter why the dates change")
    if (due_on, closes_on) == (found.due_on, found.closes_on):
        raise RoundRefusedError("due_on", "Change at least one of the dates")
    check_dates(found.opens_on, due_on, closes_on)
    check_neighbours(found.edition, found.opens_on, closes_on, besides=found.pk, field="closes_on")
    found.due_on, found.closes_on = due_on, closes_on
    found.save(update_fields=["due_on", "closes_on"])
    assessments = list(found.assessments.select_related("partner"))
    drop_waiting(assessments)
    waiting = [each for each in assessments if each.status in WITH_PARTNER]
    note = f"due on {due_on:%-d %B %Y}, closes on {closes_on:%-d %B %Y}: {reason}"
    announce(Verb.ROUND_DATES_CHANGED, assessments, by=by, note=f"{found}, {note}", tell=waiting)
    note_round(Verb.ROUND_DATES_CHANGED, found, by, f"{found}: {note}")
    return found


def lock_open(round: Round) -> Round:
    """Lock a round that has opened and not closed; RefusedError for every other."""
    rows = Round.objects.select_for_update(of=("self",)).select_related("edition")
    found = rows.filter(pk=round.pk).first()
    if found is None or found.opened_at is None:
        raise RefusedError(f"The round {round} has not opened.")
    if found.closed_at is not None:
        closed = timezone.localtime(found.closed_at)
        raise RefusedError(f"The round {found} was closed on {closed:%-d %B %Y, %H:%M}.")
    return found


def counts_in_words(assessments: Sequence[Assessment]) -> str:
    """How far a round came, in a sentence; each assessment counts once."""
    states = Counter(each.status for each in assessments)
    unsent = [each for each in assessments if each.status in WITH_PARTNER]
    never = sum(each.submitted_at is None for each in unsent)
    return (
        f"{states[State.ACCEPTED]} of {len(assessments)} accepted, "
        f"{states[State.SUBMITTED]} waiting for review, "
        f"{len(unsent) - never} with changes requested, "
        f"{never} never signed off."
    )


def _ran(round: Round) -> str:
    return f"It ran from {round.opens_on:%-d %B %Y} to {round.closes_on:%-d %B %Y}."


def _end_extensions(round: Round, by: User | None) -> None:
    """End with the round, at once, what was no more time than the others have."""
    if by is None:
        # The clock closes rounds whose days have passed: there is nothing of the kind then.
        return
    today = timezone.localdate()
    same = round.assessments.filter(extended_to__gte=today, extended_to__lte=round.closes_on)
    for each in same.select_related("partner"):
        if not is_for(Who.ECDA, each, by):
            raise RefusedError(
                f"A colleague has to close the round: you belong to {each.partner}, whose own last "
                "day would change with it."
            )
        each.extended_to = today - timedelta(days=1)
        Extension.objects.create(
            assessment=each,
            until=each.extended_to,
            reason="The round was closed for every partner.",
            granted_by=by,
        )
        each.save(update_fields=["extended_to"])


def _end_today(round: Round) -> None:
    """Let a round that is closed before its day end today: its days are free for the next one."""
    today = timezone.localdate()
    round.due_on = min(round.due_on, max(today, round.opens_on))
    round.closes_on = min(round.closes_on, max(today, round.opens_on))
