"""What every move of an assessment shares: the lock, the table, the round, the event."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from assessments import workflow
from assessments.actions.reminders import drop_waiting
from assessments.models import Assessment
from assessments.verbs import NOTICES, Verb
from assessments.workflow import Move, State, Who
from declaration.actions import RefusedError
from signatories.actions.events import record
from signatories.models import Membership, User


def lock(
    assessment: Assessment, move: Move, *, by: User, seen: datetime | None = None
) -> tuple[Assessment, State]:
    """Lock the assessment's row and return it with the state that the move leads to.

    RefusedError when the state, the round or the role of `by` does not allow it. `seen` is when
    the assessment that the person looked at had been sent (or signed off): another time means
    that it has been taken back and changed since.
    """
    locked = lock_row(assessment)
    came_from = State(locked.came_from) if locked.came_from else None
    target = workflow.target(move, locked.status, came_from=came_from)
    refuse_others(locked, move, by)
    if target is None:
        raise RefusedError(f"{workflow.refusal(move, locked.status)}{arrival_of(locked)}")
    if workflow.WHO[move] != Who.ECDA:
        refuse_when_closed(locked)
    if seen is not None and seen not in {locked.sent_at, locked.submitted_at}:
        raise RefusedError(
            "This assessment has been changed since you opened the page. Read it again first."
        )
    return locked, target


def lock_row(assessment: Assessment) -> Assessment:
    """Lock the assessment's row and read it again, with who moved it and who has its review.

    In two statements: one that waits for the lock gives the row as it is now, but joined to what
    belonged to it before.
    """
    Assessment.objects.select_for_update().only("pk").get(pk=assessment.pk)
    related = Assessment.objects.select_related("round", "partner", "moved_by", "reviewer")
    return related.get(pk=assessment.pk)


def refuse_others(assessment: Assessment, move: Move, by: User) -> None:
    """Refuse in words when the move is not this person's to make, as the database would."""
    if not is_for(workflow.WHO[move], assessment, by):
        raise RefusedError(workflow.not_yours(move))


def refuse_all_but_reviewers(assessment: Assessment, by: User) -> None:
    """Refuse in words whoever may not review this partner's assessment."""
    if not is_for(Who.ECDA, assessment, by):
        raise RefusedError(f"Only {workflow.PEOPLE[Who.ECDA]} can review this assessment.")


def is_for(who: Who, assessment: Assessment, by: User) -> bool:
    """Whether the person is one of those now, by their role at the partner and their office.

    Both are read again: what the session knows of them may have ended since.
    """
    here = Membership.objects.current().filter(person=OuterRef("pk"), partner=assessment.partner_id)
    active = User.objects.filter(pk=by.pk, is_active=True)
    found = active.annotate(own_role=Subquery(here.values("role")[:1]))
    office, role = found.values_list("office", "own_role").first() or ("", None)
    allowed = {
        Who.LEAD: role in {Membership.Role.LEAD, Membership.Role.LEADER},
        Who.LEADER: role == Membership.Role.LEADER,
        Who.ECDA: bool(office) and role is None,
    }
    return allowed[who]


def refuse_when_closed(assessment: Assessment) -> None:
    """Refuse in words when the round is closed to this partner."""
    if assessment.is_closed():
        raise RefusedError(
            f"The round {assessment.round} closed on {assessment.closed_on:%-d %B %Y}. "
            "Partners cannot write, send or sign off any more. ecda’s review continues."
        )


def note_needed(note: str, words: str) -> str:
    """The note without blanks around it; refused in the words given when nothing is left."""
    if not note.strip():
        raise RefusedError(words)
    return note.strip()


def to_state(assessment: Assessment, state: State, *, by: User, **fields: Any) -> Assessment:
    """Store the new state with who brought it there and what belongs to it.

    Reminders of the former state that still wait for the day's digest are dropped.
    """
    fields |= {"moved_by": by, "moved_at": timezone.now()}
    assessment.state = state.value
    for name, value in fields.items():
        setattr(assessment, name, value)
    assessment.save(update_fields=["state", *fields])
    drop_waiting([assessment])
    return assessment


def tell(
    assessment: Assessment,
    verb: Verb,
    by: User,
    *,
    note: str = "",
    page: str,
    also: Iterable[User] = (),
) -> None:
    """Append the event, and notices that lead to the page of that name, to `also` besides."""
    record(
        verb=verb,
        by=by,
        partner=assessment.partner,
        subject=assessment,
        note=note,
        path=reverse(f"assessments:{page}", args=[assessment.pk]),
        notices=NOTICES,
        also=also,
    )


def when_in_words(moment: datetime) -> str:
    """The moment as people in Essex read it, such as "3 May 2026 at 10:15"."""
    return f"{timezone.localtime(moment):%-d %B %Y at %H:%M}"


def arrival_of(assessment: Assessment) -> str:
    """Who brought it to the state it is in, to be told after a refusal; nothing for a new draft."""
    if assessment.moved_by is None or assessment.moved_at is None:
        return ""
    when = when_in_words(assessment.moved_at)
    return f" {workflow.arrival(assessment.status, str(assessment.moved_by), when)}"
