"""What ecda's staff see first: how far all partners are in one round, and what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils import timezone

from assessments import workflow
from assessments.dashboards import age_words, due_words, read_warning, why_left_out
from assessments.dashboards.practices import count_offered
from assessments.models import Answer, Assessment, Round, Snapshot, SupportRequest
from assessments.workflow import State
from progress.dashboards.failed_jobs import count_failed
from progress.dashboards.left_out import LeftOut, by_reason
from signatories.models import Membership, Partner, Signature

ROWS_SHOWN = 100
REVIEWS_SHOWN = 10
SUPPORT_SHOWN = 10


@dataclass(frozen=True)
class Standing:
    """One partner in one round; `state` is None when it has no assessment there."""

    name: str
    slug: str
    has_leader: bool
    signed: bool
    assessment: int | None
    state: State | None
    sent_at: datetime | None
    submitted_at: datetime | None
    started: bool
    was_accepted: bool
    due_on: date | None
    today: date

    @property
    def label(self) -> str:
        """The state's name."""
        return workflow.LABELS[self.state] if self.state else "No assessment"

    @property
    def turn(self) -> str:
        """Whose turn it is, in words."""
        return workflow.TURNS[self.state] if self.state else "nobody"

    @property
    def is_with_partner(self) -> bool:
        """Whether the assessment has yet to reach ecda."""
        return self.state in {State.DRAFT, State.AWAITING, State.CHANGES}

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
    waiting: str


@dataclass(frozen=True)
class Overview:
    """All partners in one round; without a round only who there is and what help is asked for."""

    round: Round | None
    today: date
    standings: tuple[Standing, ...]
    support: tuple[SupportLine, ...]
    support_waiting: int
    failed_jobs: int
    practices_offered: int
    warning: str

    @property
    def partners(self) -> int:
        """How many partners the round concerns."""
        return len(self.standings)

    @property
    def with_leader(self) -> int:
        """How many partners have a leader."""
        return sum(standing.has_leader for standing in self.standings)

    @property
    def signed(self) -> int:
        """How many partners have signed the Declaration."""
        return sum(standing.signed for standing in self.standings)

    @property
    def started(self) -> int:
        """How many partners have saved an answer."""
        return sum(standing.started for standing in self.standings)

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
        """The assessments that have yet to reach ecda, the longest overdue first, by partner."""
        found = [standing for standing in self.standings if standing.is_with_partner]
        return tuple(sorted(found, key=lambda standing: standing.due_on or date.max))

    @property
    def overdue(self) -> int:
        """How many of them should have reached ecda before today."""
        return sum(standing.is_overdue for standing in self.with_partners)

    @property
    def not_started(self) -> int:
        """How many partners have saved nothing in their draft."""
        return sum(
            standing.state is State.DRAFT and not standing.started for standing in self.standings
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
        """The round's due date in words."""
        return due_words(self.round.due_on, self.today) if self.round else ""

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
    """Every round that has opened, the newest first."""
    return list(Round.objects.opened().latest_first().select_related("edition"))


def overview(round: Round | None) -> Overview:
    """Read the overview in seven queries, however many partners there are."""
    today = timezone.localdate()
    waiting = SupportRequest.objects.waiting()
    return Overview(
        round=round,
        today=today,
        standings=tuple(_standings(round, today)),
        support=tuple(_support(today)),
        support_waiting=waiting.count(),
        failed_jobs=count_failed(),
        practices_offered=count_offered(),
        warning=read_warning(today),
    )


def _standings(round: Round | None, today: date) -> Iterable[Standing]:
    """Partners that exist today, and those that had an assessment in the round."""
    mine = Assessment.objects.filter(round=round, partner=OuterRef("pk"))
    live = Signature.objects.live().filter(partner=OuterRef("pk"))
    leaders = Membership.objects.current().filter(partner=OuterRef("pk"), role="leader")
    answers = Answer.objects.filter(assessment=OuterRef("mine__pk"), updated_at__isnull=False)
    rows = (
        Partner.objects.filter(Q(pk__in=Partner.objects.active()) | Exists(mine))
        .order_by("name")
        .annotate(
            mine=FilteredRelation("assessments", condition=Q(assessments__round=round)),
            state=F("mine__state"),
            has_leader=Exists(leaders),
            signed=Exists(live.filter(edition=round.edition) if round else live),
            started=Exists(answers),
            was_accepted=Exists(Snapshot.objects.filter(assessment=OuterRef("mine__pk"))),
        )
        .values_list(
            "name", "slug", "has_leader", "signed", "mine__pk", "state", "mine__sent_at",
            "mine__submitted_at", "started", "was_accepted", "mine__extended_to",
        )
    )  # fmt: skip
    for name, slug, leader, signed, pk, state, *rest in rows:
        sent_at, submitted_at, started, was_accepted, extended_to = rest
        due_on = max(round.due_on, extended_to or round.due_on) if round and pk else None
        yield Standing(
            name=name,
            slug=slug,
            has_leader=leader,
            signed=signed,
            assessment=pk,
            state=State(state) if state else None,
            sent_at=sent_at,
            submitted_at=submitted_at,
            started=started,
            was_accepted=was_accepted,
            due_on=due_on,
            today=today,
        )


def _support(today: date) -> Iterable[SupportLine]:
    waiting = SupportRequest.objects.waiting().order_by("asked_at", "pk")
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
            waiting=age_words(request.asked_at, today),
        )
