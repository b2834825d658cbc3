"""How far each partner is in one round: invited, signed, answering, with ecda, accepted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils import timezone

from assessments import workflow
from assessments.dashboards import due_words, why_left_out
from assessments.models import Answer, Assessment, Round, Snapshot
from assessments.workflow import WITH_PARTNER, State
from progress.dashboards.notes import Note, of_round
from signatories.models import Invitation, Membership, Partner, Signature

HEADER = (
    "partner", "kind", "invited", "has_leader", "signed", "started", "state", "whose_turn",
    "due_on", "overdue", "did_not_finish", "sent_for_sign_off_on", "signed_off_on",
    "counts_in_figures", "left_out_because",
)  # fmt: skip
WHAT = "How far each partner is in one round of self-assessment"


@dataclass(frozen=True)
class Standing:
    """One partner in one round; `state` is None when it has no assessment there."""

    name: str
    slug: str
    kind: str
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


def closed_on(there: Assessment, today: date) -> date | None:
    """Return the day on which the round closed to a partner; None while the partner can write."""
    return there.closed_on if there.is_closed(today) else None


def read_standings(round: Round | None, today: date) -> Iterable[Standing]:
    """Partners that exist today, and those that had an assessment in the round: one query.

    Of a round that has closed only the latter: who joined since was never asked.
    """
    for name, slug, kind, invited, leader, signed, pk, state, *rest in _rows(round):
        sent_at, submitted_at, started, was_accepted, extended_to = rest
        there = Assessment(round=round, extended_to=extended_to) if round and pk else None
        yield Standing(
            name=name,
            slug=slug,
            kind=kind,
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
            closed_on=closed_on(there, today) if there else None,
            today=today,
        )


def _rows(round: Round | None) -> Iterable[tuple[Any, ...]]:
    mine = Assessment.objects.filter(round=round, partner=OuterRef("pk"))
    live = Signature.objects.live().filter(partner=OuterRef("pk"))
    members = Membership.objects.current().filter(partner=OuterRef("pk"))
    answers = Answer.objects.filter(assessment=OuterRef("mine__pk"), updated_at__isnull=False)
    concerned = Q(Exists(mine))
    if round is None or round.closed_at is None:
        concerned |= Q(pk__in=Partner.objects.active())
    return (
        Partner.objects.filter(concerned)
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
            "name", "slug", "kind", "invited", "has_leader", "signed", "mine__pk", "state",
            "mine__sent_at", "mine__submitted_at", "started", "was_accepted", "mine__extended_to",
        )
    )  # fmt: skip


def standing_rows(standings: Iterable[Standing]) -> Iterable[tuple[str | date | None, ...]]:
    """A row for each partner, in the order of HEADER."""
    for each in standings:
        yield (
            each.name,
            Partner.Kind(each.kind).label,
            _yes(each.invited),
            _yes(each.has_leader),
            _yes(each.signed),
            _yes(each.started),
            each.label,
            each.turn,
            each.due_on,
            _yes(each.is_overdue),
            _yes(each.is_unfinished),
            _day(each.sent_at),
            _day(each.submitted_at),
            _yes(not each.left_out),
            each.left_out,
        )


def standing_notes(round: Round | None, now: datetime | None = None) -> list[Note]:
    """The notes beside the partners' standings."""
    when = timezone.localtime(now)
    return [
        ("What this shows", WHAT),
        *(of_round(round) if round else [("Round", "None has opened yet")]),
        ("Date of the data", f"{when:%-d %B %Y at %H:%M}"),
        ("signed", "The partner has a live signature of the round’s edition"),
        ("started", "Somebody at the partner has saved an answer"),
        ("due_on", "The partner’s own date, with any more time that ecda gave"),
        ("counts_in_figures", "Only accepted assessments count in figures"),
    ]


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None
