"""Whose turn it is and when things are due, in words for the person who looks."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from assessments import workflow
from assessments.dashboards.words import days_in_words, due_words
from assessments.models import Assessment
from assessments.verbs import Verb
from assessments.workflow import State
from signatories.access import Role, has_role
from signatories.models import Event, Notice, User


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, what happens next, and whether the person who looks is meant."""

    whose: str
    text: str
    mine: bool


# What a person is told when it is their turn; a lead's words are a leader's too while answering.
MINE = {
    (State.DRAFT, Role.CONTRIBUTOR): "Answer the indicators. A lead then sends them for sign-off.",
    (State.DRAFT, Role.LEAD): "Answer the indicators, check the answers and send for sign-off.",
    (State.CHANGES, Role.CONTRIBUTOR): (
        "Answer the indicators that ecda commented on. A lead then sends them for sign-off again."
    ),
    (State.CHANGES, Role.LEAD): (
        "Answer the indicators that ecda commented on and send for sign-off again."
    ),
}
SIGN_OFF = "Read the answers, then sign off or send back with a note."
REVIEW = "Read the answers, then accept or request changes."


def turn_of(assessment: Assessment, user: User, role: Role | None) -> Turn:
    """Say whose turn it is to the person who looks, by the assessment's state and round."""
    state = assessment.status
    if assessment.is_closed() and state in workflow.WITH_PARTNER:
        closed = f"The round closed on {assessment.closed_on:%-d %B %Y}."
        return Turn(
            "nobody", f"{closed} Partners cannot write, send or sign off any more.", mine=False
        )
    mine = ""
    if state in workflow.OPEN_TO_ANSWERS and role is not None:
        mine = MINE[state, Role.LEAD if has_role(role, Role.LEAD) else Role.CONTRIBUTOR]
    elif state == State.AWAITING and role == Role.LEADER:
        mine = SIGN_OFF
    elif state == State.SUBMITTED and user.is_ecda and role is None:
        mine = REVIEW
    return Turn(workflow.TURNS[state], mine or workflow.NEXT[state], mine=bool(mine))


def due_sentence(assessment: Assessment, today: date | None = None) -> str:
    """When an assessment is due and how far off that is, in a sentence; says so of more time."""
    today = today or timezone.localdate()
    due_on, closes_on = assessment.due_on, assessment.closes_on
    due, closes = f"{due_on:%-d %B %Y}", f"{closes_on:%-d %B %Y}"
    if assessment.is_closed(today):
        closed = f"{assessment.closed_on:%-d %B %Y}"
        return f"It was due on {due} and the round closed on {closed}."
    sentence = f"It is {due_words(due_on, today)} ({due})."
    if assessment.extended_to and assessment.extended_to > assessment.round.closes_on:
        return f"{sentence} ecda gave more time than the round has, until {closes}."
    return f"{sentence} The round closes on {closes}." if due_on < today else sentence


def age_words(since: datetime, today: date | None = None) -> str:
    """How long something has been waiting, in whole days."""
    days = ((today or timezone.localdate()) - timezone.localtime(since).date()).days
    return "since today" if days <= 0 else f"for {days_in_words(days)}"


SENDING = (Verb.SENT.value, Verb.TAKEN_BACK.value, Verb.DECLINED.value)


def read_sent_back(assessment: Assessment) -> Event | None:
    """The event that brought an open assessment back from sign-off, with its note: one query."""
    if assessment.status not in workflow.OPEN_TO_ANSWERS:
        return None
    sending = Event.objects.about(assessment).filter(verb__in=SENDING).select_related("by")
    latest = sending.order_by("-at", "-pk").first()
    return None if latest is None or latest.verb == Verb.SENT else latest


def read_told(assessment: Assessment) -> list[str]:
    """The names of the leaders who were told when the assessment was last sent: one query."""
    sent = Event.objects.about(assessment).filter(verb=Verb.SENT.value).order_by("-at", "-pk")
    told = Notice.objects.filter(event__in=sent.values("pk")[:1]).order_by("person__name")
    return list(told.values_list("person__name", flat=True))
