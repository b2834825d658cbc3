"""Ask a member to answer an indicator, and take that back."""

from datetime import date

from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from assessments.actions.opening import open_assessment
from assessments.models import Answer, Assessment, Assignment
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Membership, User


class UnsuitableDateError(RefusedError):
    """The date is past, or later than anything can be written."""


@action
def assign(*, answer: Answer, person: User, due_on: date | None, by: User) -> Assignment:
    """Ask the person to answer the indicator, and send them its address; anybody asked before is
    not asked any more. Asking the same again changes nothing.

    RefusedError when the person is no current member of the partner or the date is unsuitable,
    ClosedToWritingError when nobody can write the answer now.
    """
    assessment = open_assessment(answer)
    _refuse_unsuitable(due_on, assessment)
    _keep_member(person, assessment)
    # One assignment at a time: what follows is read and written by nobody else meanwhile.
    Answer.objects.select_for_update(no_key=True).get(pk=answer.pk)
    asked = Assignment.objects.filter(answer=answer).first()
    if asked is None:
        asked = Assignment(answer=answer)
    elif (asked.person_id, asked.due_on) == (person.pk, due_on):
        return asked
    asked.person, asked.due_on = person, due_on
    asked.assigned_by, asked.assigned_at = by, Now()
    asked.save()
    record(
        verb=Verb.ASSIGNED,
        by=by,
        partner=assessment.partner,
        subject=assessment,
        note=_note(answer, person, due_on),
        path=reverse("assessments:answer-edit", args=[answer.pk]),
        notices=NOTICES,
        also=[person] if person != by else [],
    )
    return asked


@action
def unassign(*, answer: Answer, by: User) -> None:
    """Ask nobody any more; nothing happens when nobody was asked."""
    found = Assignment.objects.select_for_update(of=("self",)).filter(answer=answer)
    asked = found.select_related("person").first()
    if asked is None:
        return
    asked.delete()
    record(
        verb=Verb.UNASSIGNED,
        by=by,
        partner=answer.assessment.partner,
        subject=answer.assessment,
        note=_note(answer, asked.person, None),
        notices=NOTICES,
    )


def _refuse_unsuitable(due_on: date | None, assessment: Assessment) -> None:
    if due_on is None:
        return
    if due_on < timezone.localdate():
        raise UnsuitableDateError("The due date must be today or in the future.")
    closes_on = assessment.closes_on
    if due_on > closes_on:
        closes = f"{closes_on:%-d %B %Y}"
        raise UnsuitableDateError(f"The due date must be no later than {closes}: the round closes.")


def _keep_member(person: User, assessment: Assessment) -> None:
    """Refuse a person who is no member; who is one stays one until the assignment is written."""
    current = Membership.objects.current().filter(person=person, partner=assessment.partner)
    if not current.select_for_update(of=("self",), no_key=True).exists():
        raise RefusedError(f"{person} is not a member of {assessment.partner}. Choose a member.")


def _note(answer: Answer, person: User, due_on: date | None) -> str:
    by_when = f", by {due_on:%-d %B %Y}" if due_on else ""
    return f"{answer.indicator} (for {person}{by_when})"
