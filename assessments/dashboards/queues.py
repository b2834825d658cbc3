"""The review queue."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessments.dashboards.turns import age_words
from assessments.models import Assessment, Review, Round
from assessments.workflow import State
from signatories.models import Membership, User


@dataclass(frozen=True)
class QueueFilters:
    """What the queue shows: whose reviews ("mine", "nobody" or "" for all), and of which round.

    `round` is the slug of a round, or "" for all.
    """

    whose: str = ""
    round: str = ""


@dataclass(frozen=True)
class Waiting:
    """A submitted assessment in the review queue; `holder` has taken it on."""

    assessment: Assessment
    age: str
    is_own: bool
    holder: User | None
    is_mine: bool
    was_returned: bool


@dataclass(frozen=True)
class Queue:
    """What waits for review under the filters, the oldest first, and how much there is in all."""

    waiting: tuple[Waiting, ...]
    total: int
    mine: int
    nobody: int


def read_queue(user: User, filters: QueueFilters | None = None) -> Queue:
    """The assessments that wait for review, the oldest first: one query.

    Whose a review is counts as on its page: nobody's when who took it can no longer review it.
    """
    filters = filters or QueueFilters()
    everything = [_waiting(found, user) for found in _submitted(user)]
    shown = (
        one
        for one in everything
        if filters.round in {"", one.assessment.round.slug}
        and (filters.whose != "mine" or one.is_mine)
        and (filters.whose != "nobody" or one.holder is None)
    )
    return Queue(
        waiting=tuple(shown),
        total=len(everything),
        mine=sum(one.is_mine for one in everything),
        nobody=sum(one.holder is None for one in everything),
    )


def holder_of(assessment: Assessment, *, belongs: bool) -> User | None:
    """Who has the review: nobody when who took it has left ecda or `belongs` to the partner now."""
    reviewer = assessment.reviewer
    may = reviewer is not None and reviewer.is_ecda and not belongs
    return reviewer if may else None


def read_rounds_in_queue() -> list[tuple[str, str]]:
    """The rounds with something to review, slug and name, the newest first: one query."""
    rounds = Round.objects.filter(assessments__state=State.SUBMITTED).distinct()
    return [(found.slug, str(found)) for found in rounds.order_by("-opens_on", "-pk")]


def _submitted(user: User) -> QuerySet[Assessment]:
    here = Membership.objects.current().filter(partner=OuterRef("partner"))
    before = Review.objects.filter(assessment=OuterRef("pk"))
    return (
        Assessment.objects.filter(state=State.SUBMITTED)
        .select_related("partner", "round", "submitted_by", "reviewer")
        .annotate(
            is_own=Exists(here.filter(person=user)),
            reviewer_belongs=Exists(here.filter(person=OuterRef("reviewer"))),
            was_returned=Exists(before),
        )
        .order_by("submitted_at", "pk")
    )


def _waiting(found: Assessment, user: User) -> Waiting:
    read = vars(found)
    holder = holder_of(found, belongs=read["reviewer_belongs"])
    return Waiting(
        assessment=found,
        age=age_words(found.submitted_at or timezone.now()),
        is_own=read["is_own"],
        holder=holder,
        is_mine=holder == user,
        was_returned=read["was_returned"],
    )


def read_accepted(limit: int = 50) -> list[Assessment]:
    """The assessments accepted last, at most that many."""
    accepted = Assessment.objects.filter(state=State.ACCEPTED)
    related = accepted.select_related("partner", "round", "snapshot__accepted_by")
    related = related.defer("snapshot__content")
    return list(related.order_by("-snapshot__accepted_at")[:limit])
