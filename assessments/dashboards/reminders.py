"""Who would be reminded of a due date on which day, and which reminders went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from assessments import reminding
from assessments.dashboards.words import due_and_date
from assessments.models import Assessment, Extension, Reminder, Round
from assessments.verbs import NOTICES, Verb
from assessments.workflow import State
from signatories.models import Event, Membership, Notice, Partner, User

DAYS_AHEAD = 30
WENT_SHOWN = 100
# Whoever can bring the assessment on, by its state; with ecda, nobody is reminded.
ROLES = {
    State.DRAFT: ("lead", "leader"),
    State.CHANGES: ("lead", "leader"),
    State.AWAITING: ("leader",),
}
# What follows "The self-assessment of … for", and is the event's note.
SAYS = {
    State.DRAFT: "round {round} is {due}. {completed} of {of} indicators are completed.",
    State.CHANGES: "round {round} is open for the changes that ecda asks for. It is {due}.",
    State.AWAITING: "round {round} waits for your sign-off. It is {due}.",
}
# What was sent in time is not overdue, though its date has passed when changes are asked for.
ASKED_FOR = {
    State.CHANGES: "round {round} is open for the changes that ecda asked for on {asked_on}. "
    "It was due on {due}. You can send it until {until}.",
    State.AWAITING: "round {round} waits for your sign-off of the changes that ecda asked for on "
    "{asked_on}. It was due on {due}. You can sign it off until {until}.",
}
GAVE_BACK = (Verb.CHANGES_REQUESTED.value, Verb.REOPENED.value)


@dataclass(frozen=True)
class Reminding:
    """One reminder of one partner, on one day, with who gets it."""

    day: date
    assessment: Assessment
    step: int
    completed: int
    of: int
    people: tuple[User, ...]
    turned_off: tuple[User, ...]

    @property
    def key(self) -> tuple[int, date, int]:
        """What makes it one reminder, whenever it goes."""
        return _key(self.assessment, self.step)

    @property
    def step_words(self) -> str:
        """How far the due date is away when it goes."""
        given_back = _given_back(self.assessment)
        if given_back and reminding.counted_from(self.assessment.due_on, given_back) == given_back:
            return f"{-self.step} days after changes were asked for"
        return reminding.in_words(self.step)

    @property
    def path(self) -> str:
        """The page on which they can do what they are reminded of."""
        waits = self.assessment.status is State.AWAITING
        name = "assessment-sign-off" if waits else "assessment-detail"
        return reverse(f"assessments:{name}", args=[self.assessment.pk])

    @property
    def verb(self) -> Verb:
        """What the event says happened."""
        return Verb.REMINDED if self.step > 0 else Verb.REMINDED_LATE

    @property
    def words(self) -> str:
        """What the reminder says to who reads it on its day."""
        words = NOTICES[self.verb].words
        return words.format(partner=self.assessment.partner, note=self.note(self.day))

    def note(self, on: date) -> str:
        """What it says of the round and its due date to who reads it on the day."""
        assessment, given_back = self.assessment, _given_back(self.assessment)
        if given_back and assessment.due_on < on:
            return ASKED_FOR[assessment.status].format(
                round=assessment.round,
                asked_on=f"{given_back:%-d %B %Y}",
                due=f"{assessment.due_on:%-d %B %Y}",
                until=f"{assessment.closes_on:%-d %B %Y}",
            )
        said = SAYS[assessment.status].format(
            round=assessment.round,
            due=due_and_date(assessment.due_on, on),
            completed=self.completed,
            of=self.of,
        )
        if assessment.due_on >= on:
            return said
        what = "sign it off" if assessment.status is State.AWAITING else "send it"
        return f"{said} You can {what} until {assessment.closes_on:%-d %B %Y}."


@dataclass(frozen=True)
class Went:
    """A reminder that went: what it said, to whom, and in which e-mail each has it."""

    event: Event
    notices: tuple[Notice, ...]

    @property
    def words(self) -> str:
        """What it said, the same to all."""
        return self.notices[0].words if self.notices else self.event.note


def read_reminders(first: date, days: int = 1) -> list[Reminding]:
    """The reminders of so many days from the first, by day and partner, as things stand now.

    A reminder that went already is not among them; one that reaches nobody is, without people.
    In three queries, however many partners there are.
    """
    assessments = _open_at(first)
    gone = set(
        Reminder.objects.filter(assessment__in=assessments).values_list(
            "assessment_id", "due_on", "step"
        )
    )
    members = _members({assessment.partner_id for assessment in assessments})
    found = []
    for assessment in assessments:
        people = members.get(assessment.partner_id, [])
        for day in (first + timedelta(days=number) for number in range(days)):
            step = _step(assessment, day)
            if step is None or _key(assessment, step) in gone:
                continue
            gone.add(_key(assessment, step))
            found.append(_reminding(day, assessment, step, people))
    return sorted(found, key=lambda each: each.day)


def read_went() -> list[Went]:
    """The reminders that went last, the newest first: two queries."""
    of_people = Notice.objects.select_related("person", "message").defer(
        "message__body", "message__html"
    )
    events = Event.objects.filter(verb__in=[Verb.REMINDED.value, Verb.REMINDED_LATE.value])
    told = Prefetch("notices", of_people.order_by("person__name", "pk"))
    last = events.select_related("partner").prefetch_related(told).order_by("-at", "-pk")
    return [Went(event, tuple(event.notices.all())) for event in last[:WENT_SHOWN]]


def _open_at(day: date) -> list[Assessment]:
    """The assessments whose partners can bring them on, on the day or later, by partner."""
    granted = Extension.objects.filter(assessment=OuterRef("pk")).order_by("-granted_at")
    moved = Event.objects.filter(
        subject_kind=Round._meta.label_lower,
        subject_id=OuterRef("round_id"),
        verb=Verb.ROUND_DATES_CHANGED.value,
    ).order_by("-at", "-pk")
    asked = Event.objects.filter(
        subject_kind=Assessment._meta.label_lower, subject_id=OuterRef("pk"), verb__in=GAVE_BACK
    ).order_by("-at", "-pk")
    found = (
        Assessment.objects.filter(
            Q(round__closes_on__gte=day) | Q(extended_to__gte=day),
            state__in=[state.value for state in ROLES],
            round__opened_at__isnull=False,
            partner__in=Partner.objects.active(day),
        )
        .select_related("round", "partner")
        .annotate(
            completed_count=Count("answers", filter=Q(answers__completed=True)),
            answer_count=Count("answers"),
            granted_at=Subquery(granted.values("granted_at")[:1]),
            dates_at=Subquery(moved.values("at")[:1]),
            asked_at=Subquery(asked.values("at")[:1]),
        )
    )
    return list(found.order_by("partner__name", "round__opens_on", "pk"))


def _step(assessment: Assessment, day: date) -> int | None:
    """The step that stands for the assessment on the day."""
    if assessment.is_closed(day):
        return None
    noted = vars(assessment)  # the annotations
    told = (
        assessment.round.opened_at,
        assessment.moved_at,
        noted["granted_at"],
        noted["dates_at"],
    )
    since = max(timezone.localdate(each) for each in told if each is not None)
    return reminding.step_on(
        day,
        due_on=assessment.due_on,
        since=since,
        last_day=assessment.closes_on,
        given_back=_given_back(assessment),
    )


def _given_back(assessment: Assessment) -> date | None:
    """When ecda asked for the changes that the partner makes now, or waits to sign off.

    Declining or taking back does not ask for them anew, so `moved_at` would be too late.
    """
    asked_at = vars(assessment)["asked_at"]  # the annotation
    changes = State.CHANGES.value
    if asked_at is None or changes not in (assessment.state, assessment.came_from):
        return None
    return timezone.localdate(asked_at)


def _key(assessment: Assessment, step: int) -> tuple[int, date, int]:
    start = reminding.counted_from(assessment.due_on, _given_back(assessment))
    return assessment.pk, start, step


def _members(partners: Iterable[int]) -> dict[int, list[Membership]]:
    """The current leads and leaders of the partners, by name."""
    current = Membership.objects.current().filter(partner__in=partners, role__in=ROLES[State.DRAFT])
    found: dict[int, list[Membership]] = {}
    for membership in current.select_related("person").order_by("person__name", "person__pk"):
        found.setdefault(membership.partner_id, []).append(membership)
    return found


def _reminding(
    day: date, assessment: Assessment, step: int, members: Iterable[Membership]
) -> Reminding:
    concerned = [each.person for each in members if each.role in ROLES[assessment.status]]
    return Reminding(
        day=day,
        assessment=assessment,
        step=step,
        completed=vars(assessment)["completed_count"],
        of=vars(assessment)["answer_count"],
        people=tuple(person for person in concerned if _gets(person, step)),
        turned_off=tuple(person for person in concerned if not _gets(person, step)),
    )


def _gets(person: User, step: int) -> bool:
    return person.gets_reminders or reminding.is_essential(step)
