"""Where one partner stands: its signature, its rounds and whose turn it is, support, reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments import workflow
from assessments.dashboards import Turn, due_words, turn_of
from assessments.models import Assessment, Connection, Improvement, Round, SupportRequest
from assessments.workflow import State
from commitments.models import Edition
from progress.models import Report
from signatories.access import Role, has_role
from signatories.models import Membership, Partner, Signature, User

REPORTS_SHOWN = 3


@dataclass(frozen=True)
class Viewer:
    """Who looks: a member with a role, or ecda; staff who belong to the partner look as members."""

    user: User
    role: Role | None

    @property
    def is_ecda(self) -> bool:
        """Whether the person works for ecda."""
        return self.user.is_ecda

    @property
    def reviews(self) -> bool:
        """Whether this person may decide on the partner's assessments."""
        return self.is_ecda and self.role is None


@dataclass(frozen=True)
class Signing:
    """The newest published edition, and the partner's signature of it, if there is one.

    `earlier` is the title of the newest edition among those that the partner has signed before.
    """

    edition: str
    has_leader: bool
    signature: int | None
    signed_at: datetime | None
    signatory_name: str
    job_title: str
    on_paper: bool
    earlier: str
    has_withdrawn: bool

    @property
    def has_any(self) -> bool:
        """Whether there is anything in the list of the partner's signatures."""
        return bool(self.signature or self.earlier or self.has_withdrawn)


@dataclass(frozen=True)
class Step:
    """The next thing a person can do with the assessment, by the name of its URL."""

    text: str
    url_name: str


@dataclass(frozen=True)
class Standing:
    """A partner in one round; without an assessment there, `assessment` is an unsaved stand-in."""

    assessment: Assessment
    answered: int
    of: int
    today: date

    @property
    def round(self) -> Round:
        """The round."""
        return self.assessment.round

    @property
    def is_there(self) -> bool:
        """Whether the partner takes part in the round."""
        return self.assessment.pk is not None

    @property
    def state(self) -> State:
        """Where the assessment stands."""
        return self.assessment.status

    @property
    def label(self) -> str:
        """The state's name."""
        return workflow.LABELS[self.state]

    @property
    def progress(self) -> str:
        """How far the answers are, such as "7 of 13 answered"."""
        return f"{self.answered} of {self.of} answered"

    @property
    def is_complete(self) -> bool:
        """Whether every indicator has an answer."""
        return self.of > 0 and self.answered == self.of

    @property
    def is_with_partner(self) -> bool:
        """Whether the assessment has not reached ecda."""
        return self.state not in {State.SUBMITTED, State.ACCEPTED}

    @property
    def is_closed(self) -> bool:
        """Whether the round closed to the partner before it had finished."""
        return self.is_with_partner and not self.is_open

    @property
    def due(self) -> str:
        """How far away the due date is, in words: the round's, or the partner's own later one."""
        return due_words(self.assessment.due_on, self.today)

    @property
    def is_open(self) -> bool:
        """Whether the partner can still write, send and sign off."""
        return not self.assessment.is_closed(self.today)


@dataclass(frozen=True)
class Support:
    """One request for help that still waits."""

    pk: int
    code: str
    indicator: str
    what: str
    state: str
    asked_at: datetime


@dataclass(frozen=True)
class Current:
    """A round that the partner is to work on, as one person sees it."""

    viewer: Viewer
    standing: Standing
    turn: Turn | None

    @property
    def can_start(self) -> bool:
        """Whether the round waits for this person to begin an assessment."""
        standing = self.standing
        return not standing.is_there and standing.is_open and self.viewer.role is not None

    @property
    def step(self) -> Step | None:
        """The round's one button, by role and state; None when no assessment is there."""
        if self.turn is None:
            return None
        if self.turn.mine:
            return self._my_step()
        if self.viewer.reviews and self.standing.state is State.ACCEPTED:
            return Step("See the review", "assessments:review-detail")
        return Step("See the answers", "assessments:assessment-detail")

    def _my_step(self) -> Step:
        current = self.standing
        if current.state is State.SUBMITTED:
            return Step("Review this assessment", "assessments:review-detail")
        if current.state is State.AWAITING:
            return Step("Read and sign off", "assessments:assessment-sign-off")
        if current.state is State.CHANGES:
            return Step("Answer what ecda asks", "assessments:assessment-detail")
        if current.is_complete and has_role(self.viewer.role, Role.LEAD):
            return Step("Check your answers and send them", "assessments:assessment-check")
        text = "Continue your answers" if current.answered else "Start your answers"
        return Step(text, "assessments:assessment-detail")


@dataclass(frozen=True)
class Home:
    """A partner's page, as one person sees it."""

    viewer: Viewer
    signing: Signing | None
    current: tuple[Current, ...]
    next_opens_on: date | None
    earlier: tuple[Standing, ...]
    support: tuple[Support, ...]
    reports: tuple[Report, ...]
    overdue: int
    connected: int

    @property
    def connected_words(self) -> str:
        """With how many partners ecda connected this one to help; empty without any."""
        if not self.connected:
            return ""
        who = "1 partner" if self.connected == 1 else f"{self.connected} partners"
        return f"You are connected with {who}"

    @property
    def overdue_words(self) -> str:
        """How many improvements are overdue, in a sentence; empty when none is."""
        if not self.overdue:
            return ""
        who = "1 improvement is" if self.overdue == 1 else f"{self.overdue} improvements are"
        return f"{who} overdue"

    @property
    def can_sign(self) -> bool:
        """Whether this person is the one who signs the Declaration."""
        return self.viewer.role == Role.LEADER

    @property
    def can_see_members(self) -> bool:
        """Whether the members page is open to this person."""
        return self.viewer.is_ecda or has_role(self.viewer.role, Role.LEAD)


def home(partner: Partner, viewer: Viewer) -> Home:
    """Read a partner's page in four queries, however many rounds and members there are."""
    standings, next_opens_on = _standings(partner)
    current = _current(standings)
    signing, overdue, connected = _signing(partner)
    return Home(
        viewer=viewer,
        signing=signing,
        current=tuple(_seen(standing, viewer) for standing in current),
        next_opens_on=next_opens_on,
        earlier=tuple(each for each in standings if each.is_there and each not in current),
        support=tuple(_support(partner)),
        reports=tuple(
            Report.objects.filter(partner=partner).select_related("round")[:REPORTS_SHOWN]
        ),
        overdue=overdue,
        connected=connected,
    )


def _signing(partner: Partner) -> tuple[Signing | None, int, int]:
    """The signing, and in the same query how many of the partner's improvements are overdue.

    And with how many partners it is connected to help them.
    """
    mine = Q(signatures__partner=partner, signatures__withdrawn_at__isnull=True)
    leaders = Membership.objects.current().filter(partner=partner, role=Role.LEADER)
    late = Improvement.objects.filter(partner=partner).overdue().order_by().values("partner")
    overdue = Subquery(late.annotate(count=Count("pk")).values("count"))
    helped = Connection.objects.filter(helper=partner).order_by().values("helper")
    connected = Subquery(
        helped.annotate(count=Count("request__partner", distinct=True)).values("count")
    )
    all_mine = Signature.objects.filter(partner=partner)
    before = all_mine.live().filter(edition__published_at__lt=OuterRef("published_at"))
    editions = Edition.objects.published().annotate(
        live=FilteredRelation("signatures", condition=mine),
        has_leader=Exists(leaders),
        overdue=Coalesce(overdue, 0),
        connected=Coalesce(connected, 0),
        earlier=Subquery(before.order_by("-edition__published_at").values("edition__title")[:1]),
        has_withdrawn=Exists(all_mine.filter(withdrawn_at__isnull=False)),
        signature=F("live__pk"),
        signed_at=F("live__signed_at"),
        signatory_name=Coalesce("live__signatory_name", Value("")),
        job_title=Coalesce("live__job_title", Value("")),
        on_paper=Q(live__recorded_by__isnull=False),
    )
    names = [fact.name for fact in fields(Signing) if fact.name != "edition"]
    row = editions.values("title", "overdue", "connected", *names).first()
    if row is None:
        return None, 0, 0
    facts = {name: row[name] for name in names} | {"earlier": row["earlier"] or ""}
    return Signing(edition=row["title"], **facts), row["overdue"], row["connected"]


def _current(standings: Sequence[Standing]) -> list[Standing]:
    """The rounds that are open to the partner, the soonest due first; or else the newest."""
    still_open = [each for each in standings if each.is_open]
    return sorted(still_open, key=lambda each: each.assessment.due_on) or list(standings[:1])


def _seen(standing: Standing, viewer: Viewer) -> Current:
    found = standing.assessment
    turn = turn_of(found, viewer.user, viewer.role) if standing.is_there else None
    return Current(viewer, standing, turn)


def _standings(partner: Partner) -> tuple[list[Standing], date | None]:
    """The partner in every round that has opened, the newest first, and when the next one opens."""
    said = Q(mine__answers__rating__isnull=False) | Q(mine__answers__not_applicable=True)
    # Words of an earlier round that nobody has saved in this one do not count.
    answered = said & Q(mine__answers__updated_at__isnull=False)
    rounds = Round.objects.annotate(
        mine=FilteredRelation("assessments", condition=Q(assessments__partner=partner)),
        mine_id=F("mine__pk"),
        mine_state=F("mine__state"),
        mine_until=F("mine__extended_to"),
        answered=Count("mine__answers", filter=answered),
        of=Count("mine__answers"),
    )
    today = timezone.localdate()
    standings, planned = [], []
    for each in rounds.latest_first():
        if each.opened_at is None:
            planned.append(each.opens_on)
            continue
        found = vars(each)  # the annotations
        state = found["mine_state"] or State.DRAFT.value
        assessment = Assessment(
            pk=found["mine_id"],
            round=each,
            partner=partner,
            state=state,
            extended_to=found["mine_until"],
        )
        standings.append(Standing(assessment, found["answered"], found["of"], today))
    return standings, min((day for day in planned if day > today), default=None)


def _support(partner: Partner) -> Iterable[Support]:
    waiting = SupportRequest.objects.waiting().filter(partner=partner)
    for request in waiting.select_related("indicator__commitment", "offer"):
        yield Support(
            pk=request.pk,
            code=request.indicator.code,
            indicator=request.indicator.title,
            what=str(request),
            state=request.get_state_display(),
            asked_at=request.asked_at,
        )
