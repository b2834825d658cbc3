"""What ecda's staff see first: how far all partners are in one round, and what waits."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from assessments.dashboards import age_words, due_words, warning_among
from assessments.models import Assessment, GoodPractice, Release, Round, SupportRequest
from assessments.workflow import State
from progress.dashboards.adding_up import AddedUp, add_up
from progress.dashboards.failed_jobs import count_failed
from progress.dashboards.figures import before, read_live
from progress.dashboards.left_out import LeftOut, by_reason
from progress.dashboards.standings import Standing, closed_on, read_standings

ROWS_SHOWN = 100
REVIEWS_SHOWN = 10
SUPPORT_SHOWN = 10
CONNECTED = SupportRequest.State.CONNECTED
# Those that wait for ecda: whom it has connected is not waiting for it.
WAITING = [state for state in SupportRequest.WAITING if state != CONNECTED]
OFFERED = GoodPractice.State.OFFERED


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
    added_up: AddedUp | None

    @property
    def partners(self) -> int:
        """How many partners the round concerns."""
        return len(self.standings)

    @property
    def closed_on(self) -> date | None:
        """The day on which the round closed to all who have no more time; None while it is open."""
        return closed_on(Assessment(round=self.round), self.today) if self.round else None

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
            return f"The round was due on {day}"
        return f"The round is {due_words(self.round.due_on, self.today)} ({day})"

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


@dataclass(frozen=True)
class Rounds:
    """All rounds, the newest first: those that have opened, and those that are planned."""

    opened: list[Round]
    planned: list[Round]

    def warning(self, today: date) -> str:
        """Say that no round follows the last one, where that is soon; otherwise empty."""
        return warning_among([*self.opened, *self.planned], today)


def read_rounds() -> Rounds:
    """Every round, and whether its figures are released: one query."""
    released = Exists(Release.objects.filter(round=OuterRef("pk"), sealed=True))
    every = Round.objects.latest_first().select_related("edition").annotate(is_released=released)
    found = list(every)
    return Rounds(
        opened=[round for round in found if round.opened_at],
        planned=[round for round in found if not round.opened_at],
    )


def rounds() -> list[Round]:
    """Every round that has opened, the newest first, and whether its figures are released."""
    return read_rounds().opened


def overview(round: Round | None, known: Rounds | None = None) -> Overview:
    """Read the overview in eight queries, however many partners there are; `known` saves one."""
    today = timezone.localdate()
    known = known or read_rounds()
    waiting = _count_waiting()
    return Overview(
        round=round,
        today=today,
        standings=tuple(read_standings(round, today)),
        support=tuple(_support(today)),
        support_waiting=sum(waiting[state] for state in WAITING),
        support_new=waiting[SupportRequest.State.NEW],
        support_connected=waiting[CONNECTED],
        is_released=_is_released(round),
        failed_jobs=count_failed(),
        practices_offered=waiting[OFFERED],
        warning=known.warning(today),
        added_up=_add_up(round, known.opened),
    )


def _count_waiting() -> Counter[str]:
    """How many requests for support are in each state, and practices offered: one query."""
    requests, practices = (
        found.order_by().values_list("state").annotate(Count("pk"))
        for found in (
            SupportRequest.objects.waiting(),
            GoodPractice.objects.filter(state=OFFERED),
        )
    )
    return Counter(dict(requests.union(practices, all=True)))


def _add_up(round: Round | None, opened: list[Round]) -> AddedUp | None:
    return add_up(read_live(round, before(round, opened))) if round else None


def _is_released(round: Round | None) -> bool:
    """Whether there is a release; rounds of `rounds()` know it."""
    if round is None or round.closed_at is None:
        return False
    known = vars(round).get("is_released")
    return round.releases.filter(sealed=True).exists() if known is None else bool(known)


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
