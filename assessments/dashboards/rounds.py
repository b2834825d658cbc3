"""Rounds as ecda sees them: planned, open and closed, who is where, and what follows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments import workflow
from assessments.dashboards.words import due_words
from assessments.models import Answer, Assessment, Extension, Release, Round
from assessments.verbs import NOTICES, Verb
from assessments.workflow import WITH_PARTNER, State
from signatories.models import Event, Membership, Partner, User

# How long before the last round closes a plan for the next one is asked for.
AHEAD = timedelta(days=183)
PER_PAGE = 50
EVENTS_SHOWN = 50
NOT_STARTED = "not-started"
# What a list of a round's partners can be narrowed to, in the order of the work.
STANDINGS = {
    NOT_STARTED: "Not started",
    State.DRAFT.value: "Started",
    State.AWAITING.value: workflow.LABELS[State.AWAITING],
    State.SUBMITTED.value: workflow.LABELS[State.SUBMITTED],
    State.CHANGES.value: workflow.LABELS[State.CHANGES],
    State.ACCEPTED.value: workflow.LABELS[State.ACCEPTED],
}
BEGUN = "begun"
SIGNED_OFF = "signed-off"
UNFINISHED = "unfinished"
# What the overview counts across standings, and whom the round closed on.
ACROSS = {
    BEGUN: "Started, however far they are",
    SIGNED_OFF: "Submitted so far",
    UNFINISHED: "Did not finish",
}
LISTS = STANDINGS | ACROSS


@dataclass(frozen=True)
class RoundLine:
    """One round in the list of them."""

    round: Round
    of: int
    accepted: int
    releases: int

    @property
    def is_missed(self) -> bool:
        """Whether it was planned for days that have passed, so that it cannot open."""
        return self.round.opened_at is None and self.round.closes_on < timezone.localdate()

    @property
    def waits_to_close(self) -> bool:
        """Whether its last day has passed and somebody still has more time."""
        return self.round.closed_at is None and self.round.closes_on < timezone.localdate()


@dataclass(frozen=True)
class Rounds:
    """Every round, by what can be done with it."""

    planned: tuple[RoundLine, ...]
    open: tuple[RoundLine, ...]
    closed: tuple[RoundLine, ...]
    warning: str

    @property
    def is_empty(self) -> bool:
        """Whether there is no round at all."""
        return not (self.planned or self.open or self.closed)


@dataclass(frozen=True)
class Tally:
    """How many partners stand somewhere in a round."""

    key: str
    label: str
    number: int


@dataclass(frozen=True)
class Place:
    """One partner in a round, with the people who lead it."""

    assessment: Assessment
    label: str
    leads: str
    today: date

    @property
    def due(self) -> str:
        """When it is due, in words, or when it closed; empty once it has reached ecda."""
        if self.assessment.state not in WITH_PARTNER:
            return ""
        if self.assessment.is_closed(self.today):
            return f"closed on {self.assessment.closed_on:%-d %B %Y}, not finished"
        return due_words(self.assessment.due_on, self.today)

    @property
    def can_extend(self) -> bool:
        """Whether more time would help the partner."""
        return self.assessment.state in WITH_PARTNER or self.assessment.round.is_closed(self.today)


@dataclass(frozen=True)
class RoundPage:
    """Everything about one round."""

    round: Round
    today: date
    counts: tuple[Tally, ...]
    overdue: int
    unfinished: int
    places: Page[Any]
    extensions: tuple[Extension, ...]
    releases: tuple[Release, ...]
    events: tuple[Event, ...]

    @property
    def of(self) -> int:
        """How many partners the round has."""
        return sum(count.number for count in self.counts)

    @property
    def not_started(self) -> int:
        """How many partners have saved nothing."""
        return sum(count.number for count in self.counts if count.key == NOT_STARTED)

    @property
    def is_over(self) -> bool:
        """Whether it has closed to all who have no more time."""
        return not self.is_planned and self.round.is_closed(self.today)

    @property
    def is_planned(self) -> bool:
        """Whether it has yet to open."""
        return self.round.opened_at is None

    @property
    def is_closed(self) -> bool:
        """Whether it has been closed, by hand or by the clock."""
        return self.round.closed_at is not None

    @property
    def is_open(self) -> bool:
        """Whether it has opened and not been closed: perhaps its last day has passed."""
        return not (self.is_planned or self.is_closed)

    @property
    def is_missed(self) -> bool:
        """Whether it was planned for days that have passed, so that it cannot open."""
        return self.is_planned and self.round.closes_on < self.today

    @property
    def waits_to_close(self) -> bool:
        """Whether its last day has passed and somebody still has more time."""
        return self.is_open and self.round.closes_on < self.today

    @property
    def due(self) -> str:
        """How far away the due date is, in words."""
        return due_words(self.round.due_on, self.today)


def warning_of(
    last: Round | None, *, is_planned: bool, today: date, is_one_edition: bool = True
) -> str:
    """Say that no round follows the last one that has opened, when that is half a year away.

    Empty while another is planned, or before the first. The rounds of all editions are one line;
    the edition is named where there is more than one.
    """
    if last is None or is_planned:
        return ""
    name = str(last) if is_one_edition else f"{last} of “{last.edition}”"
    ends = f"{last.closes_on:%-d %B %Y}"
    if last.is_closed(today):
        return f"No round is open or planned. The last one, {name}, closed on {ends}."
    if last.closes_on - today > AHEAD:
        return ""
    return f"No round is planned after {name}, which closes on {ends}."


def warning_among(rounds: Collection[Round], today: date) -> str:
    """What `warning_of` says of all the rounds that there are, the planned ones too; no query.

    The rounds' editions have to be there (`select_related`).
    """
    opened = (each for each in rounds if each.opened_at)
    # What was planned for days that have passed will not open.
    is_planned = any(each.opened_at is None and each.closes_on >= today for each in rounds)
    is_one = len({each.edition_id for each in rounds}) < 2
    last = max(opened, key=_end, default=None)
    return warning_of(last, is_planned=is_planned, today=today, is_one_edition=is_one)


def read_rounds() -> Rounds:
    """Every round by where it stands, the newest first: one query."""
    rounds = Round.objects.latest_first().select_related("edition")
    accepted = Count("assessments", filter=Q(assessments__state=State.ACCEPTED), distinct=True)
    lines = [
        RoundLine(found, vars(found)["of"], vars(found)["accepted"], vars(found)["released"])
        for found in rounds.annotate(
            of=Count("assessments", distinct=True),
            accepted=accepted,
            released=Count("releases", filter=Q(releases__sealed=True), distinct=True),
        )
    ]
    planned = [line for line in lines if line.round.opened_at is None]
    opened = [line for line in lines if line.round.opened_at and not line.round.closed_at]
    closed = [line for line in lines if line.round.closed_at]
    warning = warning_among([line.round for line in lines], timezone.localdate())
    # What opens next comes first.
    return Rounds(tuple(planned[::-1]), tuple(opened), tuple(closed), warning)


def _end(round: Round) -> tuple[date, int]:
    return round.closes_on, round.pk


def read_running(round: Round, today: date | None = None) -> list[Assessment]:
    """The assessments that partners may still finish although others may not: one query.

    More time than the round has, that is: the round's own last day is none.
    """
    today = today or timezone.localdate()
    running = round.assessments.filter(
        extended_to__gte=today, extended_to__gt=round.closes_on, state__in=WITH_PARTNER
    )
    return list(running.select_related("partner").order_by("partner__name"))


def read_round(round: Round, standing: str, page: int | str) -> RoundPage:
    """One round with a page of its partners, those of one of `LISTS` or all: seven queries."""
    places = _places(round)
    if standing in LISTS:
        places = _only(places, standing)
    extensions = Extension.objects.filter(assessment__round=round)
    related = extensions.select_related("assessment__partner", "granted_by")
    releases = round.releases.filter(sealed=True).select_related("released_by")
    events = Event.objects.about(round).select_related("by").order_by("-at", "-pk")
    today = timezone.localdate()
    counts, not_finished, overdue = _counts(round, today)
    return RoundPage(
        round=round,
        today=today,
        counts=counts,
        overdue=overdue,
        unfinished=not_finished,
        places=_page_of(places, page),
        extensions=tuple(related.order_by("-granted_at", "-pk")),
        releases=tuple(releases),
        events=tuple(events[:EVENTS_SHOWN]),
    )


def read_next_round(today: date | None = None) -> Round | None:
    """The next round that is planned to open: one query."""
    coming = Round.objects.planned().filter(opens_on__gte=today or timezone.localdate())
    return coming.order_by("opens_on", "pk").first()


def unfinished(today: date) -> Q:
    """The assessments that the round closed on before they were finished."""
    closed = Q(round__closed_at__isnull=False) | Q(round__closes_on__lt=today)
    return Q(state__in=WITH_PARTNER) & closed & ~_more_time(today)


def overdue(today: date) -> Q:
    """The assessments that should have been sent, and still can be.

    Whom the round has closed on cannot send any more: they did not finish.
    """
    extended = _more_time(today) & Q(extended_to__gt=F("round__closes_on"))
    return Q(state__in=WITH_PARTNER, round__due_on__lt=today) & ~extended & ~unfinished(today)


def _more_time(today: date) -> Q:
    return Q(extended_to__isnull=False, extended_to__gte=today)


def read_hearers(by: User) -> tuple[int, int]:
    """How many partners get an assessment when a round opens now, and how many people an e-mail.

    Not the one who opens it: two queries.
    """
    roles = NOTICES[Verb.ROUND_OPENED].roles
    partners = Partner.objects.active()
    told = Membership.objects.current().filter(
        partner__in=partners, role__in=roles, person__is_active=True
    )
    people = told.exclude(person=by).order_by().values("person").distinct()
    return partners.count(), people.count()


def _started() -> Exists:
    saved = Answer.objects.filter(assessment=OuterRef("pk"), updated_at__isnull=False)
    return Exists(saved)


def _places(round: Round) -> QuerySet[Assessment]:
    leads = Membership.objects.current().filter(
        partner=OuterRef("partner"), role__in=["lead", "leader"]
    )
    names = (
        leads.order_by()
        .values("partner")
        .annotate(names=StringAgg("person__name", ", ", order_by="person__name"))
    )
    found = round.assessments.select_related("partner", "round").order_by("partner__name")
    return found.annotate(started=_started(), leads=Subquery(names.values("names")))


def _only(places: QuerySet[Any], standing: str) -> QuerySet[Any]:
    if standing == NOT_STARTED:
        return places.filter(state=State.DRAFT, started=False)
    if standing == State.DRAFT:
        return places.filter(state=State.DRAFT, started=True)
    if standing == BEGUN:
        return places.filter(started=True)
    if standing == SIGNED_OFF:
        return places.filter(submitted_at__isnull=False)
    if standing == UNFINISHED:
        return places.filter(unfinished(timezone.localdate()))
    return places.filter(state=standing)


def read_places(round: Round, standing: str) -> list[Place]:
    """Every partner of a round, those of one of `LISTS` or all, by name: one query."""
    places = _places(round)
    return _in_words(_only(places, standing) if standing in LISTS else places)


def _page_of(places: QuerySet[Assessment], number: int | str) -> Page[Any]:
    page: Page[Any] = Paginator(places, PER_PAGE).get_page(number)
    found: Sequence[Assessment] = page.object_list  # type: ignore[assignment]  # a slice of them
    page.object_list = _in_words(found)
    return page


def _in_words(found: Iterable[Assessment]) -> list[Place]:
    today = timezone.localdate()
    return [Place(each, _label(each), vars(each)["leads"] or "", today) for each in found]


def _label(assessment: Assessment) -> str:
    is_new = assessment.status == State.DRAFT and not vars(assessment)["started"]
    return STANDINGS[NOT_STARTED] if is_new else STANDINGS[assessment.state]


def _counts(round: Round, today: date) -> tuple[tuple[Tally, ...], int, int]:
    """How many stand where, how many did not finish in time, and how many are overdue."""
    rows = round.assessments.order_by().annotate(started=_started())
    counted = rows.values("state", "started").annotate(
        number=Count("pk"),
        unfinished=Count("pk", filter=unfinished(today)),
        overdue=Count("pk", filter=overdue(today)),
    )
    numbers = {state.value: 0 for state in State} | {NOT_STARTED: 0}
    found = list(counted)
    for row in found:
        is_new = row["state"] == State.DRAFT and not row["started"]
        numbers[NOT_STARTED if is_new else row["state"]] += row["number"]
    tallies = tuple(Tally(key, label, numbers[key]) for key, label in STANDINGS.items())
    return tallies, sum(row["unfinished"] for row in found), sum(row["overdue"] for row in found)
