"""What ecda's staff see first: how far all partners are in one round, and what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q
from django.utils import timezone

from assessments import workflow
from assessments.dashboards import age_words, due_words, read_warning, why_left_out
from assessments.dashboards.practices import count_offered
from assessments.models import Answer, Assessment, Release, Round, Snapshot, SupportRequest
from assessments.workflow import WITH_PARTNER, State
from progress.dashboards.failed_jobs import count_failed
from progress.dashboards.left_out import LeftOut, by_reason
from signatories.models import Invitation, Membership, Partner, Signature

ROWS_SHOWN = 100
REVIEWS_SHOWN = 10
SUPPORT_SHOWN = 10
CONNECTED = SupportRequest.State.CONNECTED


@dataclass(frozen=True)
class Standing:
    """One partner in one round; `state` is None when it has no assessment there."""

    name: str
    slug: str
    invited: bool
    has_leader: bool
    signed: bool
    assessment: int | None
    state: State | None
    sent_at: datetime | None
    submitted_at: datetime | None
    started: bool
    was_accepted: bool
    due_on: date | None
    closed_on: date | None
    today: date

    @property
    def label(self) -> str:
        """The state's name."""
        return workflow.LABELS[self.state] if self.state else "No assessment"

    @property
    def turn(self) -> str:
        """Whose turn it is, in words."""
        if self.state is None or self.is_unfinished:
            return "nobody"
        return workflow.TURNS[self.state]

    @property
    def is_with_partner(self) -> bool:
        """Whether the partner can still finish its assessment and send it to ecda."""
        return self.state in WITH_PARTNER and self.closed_on is None

    @property
    def is_unfinished(self) -> bool:
        """Whether the round closed to the partner before its assessment was finished."""
        return self.state in WITH_PARTNER and self.closed_on is not None

    @property
    def due(self) -> str:
        """How far away this partner's due date is, in words."""
        return due_words(self.due_on, self.today) if self.due_on else ""

    @property
    def is_overdue(self) -> bool:
        """Whether the assessment should have reached ecda before today."""
        return self.is_with_partner and self.due_on is not None and self.due_on < self.today

    @property
    def has_been_submitted(self) -> bool:
        """Whether the leader has signed it off, at least once."""
        return self.state is not None and self.submitted_at is not None

    @property
    def left_out(self) -> str:
        """Why this partner is not in the figures; empty when it is."""
        return why_left_out(self.state, was_accepted=self.was_accepted)


@dataclass(frozen=True)
class Review:
    """One assessment that waits for ecda."""

    partner: str
    assessment: int
    submitted_at: datetime
    waiting: str


@dataclass(frozen=True)
class SupportLine:
    """One request for help that waits."""

    pk: int
    partner: str
    slug: str
    code: str
    what: str
    state: str
    is_urgent: bool
    waiting: str


@dataclass(frozen=True)
class Overview:
    """All partners in one round; without a round only who there is and what help is asked for."""

    round: Round | None
    today: date
    standings: tuple[Standing, ...]
    support: tuple[SupportLine, ...]
    support_waiting: int
    support_new: int
    support_connected: int
    is_released: bool
    failed_jobs: int
    practices_offered: int
    warning: str

    @property
    def partners(self) -> int:
        """How many partners the round concerns."""
        return len(self.standings)

    @property
    def closed_on(self) -> date | None:
        """The day on which the round closed to all who have no more time; None while it is open."""
        return _closed_on(Assessment(round=self.round), self.today) if self.round else None

    @property
    def can_release(self) -> bool:
        """Whether the round's figures wait to be released."""
        return bool(self.round and self.round.closed_at) and not self.is_released

    @property
    def invited(self) -> int:
        """How many partners have somebody, or somebody who was asked to come."""
        return sum(standing.invited for standing in self.standings)

    @property
    def without_leader(self) -> int:
        """How many partners have no leader, who alone can sign."""
        return sum(not standing.has_leader for standing in self.standings)

    @property
    def signed(self) -> int:
        """How many partners have signed the Declaration."""
        return sum(standing.signed for standing in self.standings)

    @property
    def started(self) -> int:
        """How many partners have saved an answer."""
        return sum(standing.started for standing in self.standings)

    @property
    def awaiting(self) -> int:
        """How many assessments are with a leader for sign-off."""
        return sum(standing.state is State.AWAITING for standing in self.standings)

    @property
    def submitted(self) -> int:
        """How many assessments a leader has signed off, at least once."""
        return sum(standing.has_been_submitted for standing in self.standings)

    @property
    def accepted(self) -> int:
        """How many assessments count in figures."""
        return sum(standing.state is State.ACCEPTED for standing in self.standings)

    @cached_property
    def with_partners(self) -> tuple[Standing, ...]:
        """The assessments that partners can still finish, the longest overdue first, by partner."""
        found = [standing for standing in self.standings if standing.is_with_partner]
        return tuple(sorted(found, key=lambda standing: standing.due_on or date.max))

    @cached_property
    def unfinished(self) -> tuple[Standing, ...]:
        """The assessments that were not finished when the round closed, by partner."""
        return tuple(standing for standing in self.standings if standing.is_unfinished)

    @property
    def unfinished_shown(self) -> tuple[Standing, ...]:
        """The first of them, for a page of bearable length."""
        return self.unfinished[:ROWS_SHOWN]

    @property
    def overdue(self) -> int:
        """How many of them should have reached ecda before today."""
        return sum(standing.is_overdue for standing in self.with_partners)

    @property
    def not_started(self) -> int:
        """How many partners have saved nothing in their draft."""
        return sum(
            standing.state is State.DRAFT and not standing.started
            for standing in self.with_partners
        )

    @property
    def with_partners_shown(self) -> tuple[Standing, ...]:
        """The first of them, for a page of bearable length."""
        return self.with_partners[:ROWS_SHOWN]

    @property
    def with_partners_hidden(self) -> int:
        """How many of them are not shown."""
        return max(0, len(self.with_partners) - ROWS_SHOWN)

    @property
    def support_hidden(self) -> int:
        """How many waiting requests for support are not shown."""
        return self.support_waiting - len(self.support)

    @property
    def due(self) -> str:
        """When the partners' part is due, by the round's date, in a sentence."""
        if self.round is None:
            return ""
        day = f"{self.round.due_on:%-d %B %Y}"
        if self.round.due_on < self.today:
            return f"It was due on {day}"
        return f"It is {due_words(self.round.due_on, self.today)} ({day})"

    @cached_property
    def reviews(self) -> tuple[Review, ...]:
        """The assessments that wait for ecda, the oldest first."""
        waiting = [
            Review(standing.name, standing.assessment, at, age_words(at, self.today))
            for standing in self.standings
            if standing.state is State.SUBMITTED
            and standing.assessment is not None
            and (at := standing.submitted_at) is not None
        ]
        return tuple(sorted(waiting, key=lambda review: review.submitted_at))

    @property
    def reviews_shown(self) -> tuple[Review, ...]:
        """The first of them; the review queue has the rest."""
        return self.reviews[:REVIEWS_SHOWN]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Who is not in the figures, by reason."""
        return by_reason((standing.left_out, standing.name) for standing in self.standings)


def rounds() -> list[Round]:
    """Every round that has opened, the newest first, and whether its figures are released."""
    released = Exists(Release.objects.filter(round=OuterRef("pk"), sealed=True))
    opened = Round.objects.opened().latest_first().select_related("edition")
    return list(opened.annotate(is_released=released))


def overview(round: Round | None) -> Overview:
    """Read the overview in seven queries, however many partners there are."""
    today = timezone.localdate()
    support = SupportRequest.objects.waiting().aggregate(
        new=Count("pk", filter=Q(state=SupportRequest.State.NEW)),
        connected=Count("pk", filter=Q(state=CONNECTED)),
        waiting=Count("pk", filter=~Q(state=CONNECTED)),
    )
    return Overview(
        round=round,
        today=today,
        standings=tuple(_standings(round, today)),
        support=tuple(_support(today)),
        support_waiting=support["waiting"],
        support_new=support["new"],
        support_connected=support["connected"],
        is_released=_is_released(round),
        failed_jobs=count_failed(),
        practices_offered=count_offered(),
        warning=read_warning(today),
    )


def _is_released(round: Round | None) -> bool:
    """Whether there is a release; rounds of `rounds()` know it."""
    if round is None or round.closed_at is None:
        return False
    known = vars(round).get("is_released")
    return round.releases.filter(sealed=True).exists() if known is None else bool(known)


def _closed_on(there: Assessment, today: date) -> date | None:
    """The day on which the round closed to a partner; None while the partner can write."""
    return there.closed_on if there.is_closed(today) else None


def _standings(round: Round | None, today: date) -> Iterable[Standing]:
    """Partners that exist today, and those that had an assessment in the round."""
    mine = Assessment.objects.filter(round=round, partner=OuterRef("pk"))
    live = Signature.objects.live().filter(partner=OuterRef("pk"))
    members = Membership.objects.current().filter(partner=OuterRef("pk"))
    answers = Answer.objects.filter(assessment=OuterRef("mine__pk"), updated_at__isnull=False)
    rows = (
        Partner.objects.filter(Q(pk__in=Partner.objects.active()) | Exists(mine))
        .order_by("name")
        .annotate(
            mine=FilteredRelation("assessments", condition=Q(assessments__round=round)),
            state=F("mine__state"),
            invited=Exists(members) | Exists(Invitation.objects.filter(partner=OuterRef("pk"))),
            has_leader=Exists(members.filter(role="leader")),
            signed=Exists(live.filter(edition=round.edition) if round else live),
            started=Exists(answers),
            was_accepted=Exists(Snapshot.objects.filter(assessment=OuterRef("mine__pk"))),
        )
        .values_list(
            "name", "slug", "invited", "has_leader", "signed", "mine__pk", "state",
            "mine__sent_at", "mine__submitted_at", "started", "was_accepted", "mine__extended_to",
        )
    )  # fmt: skip
    for name, slug, invited, leader, signed, pk, state, *rest in rows:
        sent_at, submitted_at, started, was_accepted, extended_to = rest
        there = Assessment(round=round, extended_to=extended_to) if round and pk else None
        yield Standing(
            name=name,
            slug=slug,
            invited=invited,
            has_leader=leader,
            signed=signed,
            assessment=pk,
            state=State(state) if state else None,
            sent_at=sent_at,
            submitted_at=submitted_at,
            started=started,
            was_accepted=was_accepted,
            due_on=there.due_on if there else None,
            closed_on=_closed_on(there, today) if there else None,
            today=today,
        )


def _support(today: date) -> Iterable[SupportLine]:
    """What waits for ecda, the oldest first; whom ecda has connected is not waiting for it."""
    waiting = SupportRequest.objects.waiting().exclude(state=CONNECTED).order_by("asked_at", "pk")
    for request in waiting.select_related("partner", "indicator__commitment", "offer")[
        :SUPPORT_SHOWN
    ]:
        yield SupportLine(
            pk=request.pk,
            partner=request.partner.name,
            slug=request.partner.slug,
            code=request.indicator.code,
            what=str(request),
            state=request.get_state_display(),
            is_urgent=request.urgency == SupportRequest.Urgency.NOW,
            waiting=age_words(request.asked_at, today),
        )
