"""What happened at a partner, or to one of its assessments: who, when, in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from assessments.models import (
    Answer,
    Assessment,
    Document,
    GoodPractice,
    Improvement,
    QualityRequest,
    Round,
    SupportRequest,
)
from assessments.verbs import PRIVATE, Verb
from progress.models import Report
from signatories.models import Certificate, Event, Partner

PER_PAGE = 50
# What happens to a round happens to all who take part; how it is planned is ecda’s own.
OF_ROUNDS = [Verb.ROUND_DATES_CHANGED.value, Verb.ROUND_CLOSED.value, Verb.RELEASED.value]
# Their notes count partners: one of three could work out how another stands.
COUNTED = [Verb.ROUND_CLOSED.value, Verb.RELEASED.value]
# Rows whose address is not their number, with the column that is in it.
NAMED: Mapping[Any, str] = {
    Document: "code",
    Report: "code",
    GoodPractice: "slug",
    Certificate: "signature_id",
    # Whose page it is: others are told of it too.
    SupportRequest: "partner_id",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `link` is the page of what it happened to, where there is one."""

    at: datetime
    who: str
    what: str
    note: str
    link: str
    link_text: str


@dataclass(frozen=True)
class Day:
    """What happened on one day, by the date in Essex; the last thing first."""

    on: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Timeline:
    """One page of a timeline, and which page it is."""

    page: Page[Event]
    days: tuple[Day, ...]


def partner_timeline(partner: Partner, number: str, *, private: bool) -> Timeline:
    """Everything that happened at the partner; `private` with how ecda shares its work.

    Two queries, and a page that is not there is the nearest one.
    """
    rounds = Round.objects.filter(assessments__partner=partner)
    return _timeline(Q(partner=partner) | _of_rounds(rounds), number, private=private)


def assessment_timeline(assessment: Assessment, number: str, *, private: bool) -> Timeline:
    """Everything that happened to the assessment and to what is a part of it alone.

    Improvements live across rounds, so they are in the partner's timeline only. Two queries.
    """
    mine = Q(subject_kind=label(Assessment), subject_id=assessment.pk)
    parts = [
        Document.objects.filter(assessment=assessment),
        Answer.objects.filter(assessment=assessment),
        QualityRequest.objects.filter(answer__assessment=assessment),
        GoodPractice.objects.filter(answer__assessment=assessment),
        Report.objects.filter(partner=assessment.partner_id, round=assessment.round_id),
    ]
    for part in parts:
        mine |= Q(subject_kind=label(part.model), subject_id__in=part.order_by().values("pk"))
    here = Q(partner=assessment.partner_id) & mine
    rounds = Round.objects.filter(pk=assessment.round_id)
    return _timeline(here | _of_rounds(rounds), number, private=private)


def label(model: Any) -> str:
    """The name under which events have the model."""
    found: str = model._meta.label_lower
    return found


def _of_rounds(rounds: QuerySet[Round]) -> Q:
    ids = rounds.order_by().values("pk")
    return Q(subject_kind=label(Round), subject_id__in=ids, verb__in=OF_ROUNDS)


def _timeline(which: Q, number: str, *, private: bool) -> Timeline:
    events = Event.objects.filter(which).exclude(_twice(private=private)).order_by("-at", "-pk")
    if not private:
        events = events.exclude(verb__in=[verb.value for verb in PRIVATE])
    named = events.select_related("by", "partner").annotate(named=_name())
    page = Paginator(named, PER_PAGE).get_page(number)
    by_day = groupby(page.object_list, key=lambda event: timezone.localdate(event.at))
    days = (Day(on, tuple(_entries(found, private=private))) for on, found in by_day)
    return Timeline(page, tuple(days))


def _twice(*, private: bool) -> Q:
    """What is told by another event of the same timeline: of the round, or of the assessment."""
    own = Q(subject_kind=label(Assessment))
    whole = Q(subject_kind=label(Round))
    dates = Q(verb=Verb.ROUND_DATES_CHANGED.value)
    return (own & Q(verb=Verb.ROUND_CLOSED.value)) | (dates & (own if private else whole))


def _name() -> Case:
    """What the address of an event's subject has in it, where that is not its number."""
    cases = []
    for model, column in NAMED.items():
        row = model.objects.filter(pk=OuterRef("subject_id")).order_by()
        name = row.annotate(named=Cast(F(column), CharField())).values("named")[:1]
        cases.append(When(subject_kind=label(model), then=Subquery(name)))
    return Case(*cases, default=Value(""), output_field=CharField())


def _entries(events: Iterable[Event], *, private: bool) -> Iterable[Entry]:
    for event in events:
        link, text = _link(event)
        counts = event.verb in COUNTED and event.subject_kind == label(Round)
        yield Entry(
            at=event.at,
            who=str(event.by) if event.by else "The portal",
            what=event.verb,
            note="" if counts and not private else event.note,
            link=link,
            link_text=text,
        )


def _by_number(name: str) -> Callable[[Event], str]:
    return lambda event: reverse(name, args=[event.subject_id])


def _by_name(name: str) -> Callable[[Event], str]:
    return lambda event: reverse(name, args=[found]) if (found := vars(event)["named"]) else ""


def _of_partner(name: str) -> Callable[[Event], str]:
    return lambda event: reverse(name, args=[event.partner.slug]) if event.partner else ""


def _signature(event: Event) -> str:
    """The page of the signature; an event may be about its certificate."""
    number = vars(event)["named"] or event.subject_id
    if event.partner is None:
        return ""
    return reverse("signatories:signature-detail", args=[event.partner.slug, number])


def _support(event: Event) -> str:
    """The request's page, at the partner who asked: another whom ecda asked for help has none."""
    if vars(event)["named"] != str(event.partner_id):
        return ""
    return reverse("assessments:support-detail", args=[event.subject_id])


# Pages that everybody may read who may read the timeline with the event in it.
LINKS: Mapping[str, tuple[str, Callable[[Event], str]]] = {
    label(Assessment): ("Self-assessment", _by_number("assessments:assessment-detail")),
    label(Answer): ("Answer", _by_number("assessments:answer-edit")),
    label(Improvement): ("Improvement", _by_number("assessments:improvement-edit")),
    label(Document): ("Document", _by_name("assessments:document-detail")),
    label(Report): ("Progress report", _by_name("progress:report-detail")),
    label(SupportRequest): ("Request for support", _support),
    label(GoodPractice): ("Good practice", _by_name("assessments:practice-detail")),
    label(Certificate): ("Signature", _signature),
    "signatories.signature": ("Signature", _signature),
    "signatories.membership": ("Members", _of_partner("signatories:member-list")),
    "signatories.invitation": ("Members", _of_partner("signatories:member-list")),
}


def _link(event: Event) -> tuple[str, str]:
    """The page of what it happened to, and its name; empty where there is none."""
    text, address = LINKS.get(event.subject_kind, ("", lambda _event: ""))
    return address(event), text
