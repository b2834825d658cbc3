"""The review queue and the list of rounds."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from assessments.dashboards.turns import age_words
from assessments.models import Assessment, Round
from assessments.workflow import State
from signatories.models import Membership, User


@dataclass(frozen=True)
class Waiting:
    """A submitted assessment in the review queue."""

    assessment: Assessment
    age: str
    is_own: bool


def read_queue(user: User) -> list[Waiting]:
    """The assessments that wait for review, the oldest first: two queries."""
    own = set(Membership.objects.current().filter(person=user).values_list("partner_id", flat=True))
    submitted = Assessment.objects.filter(state=State.SUBMITTED).order_by("submitted_at", "pk")
    return [
        Waiting(found, age_words(found.submitted_at or timezone.now()), found.partner_id in own)
        for found in submitted.select_related("partner", "round", "submitted_by")
    ]


def read_accepted(limit: int = 50) -> list[Assessment]:
    """The assessments accepted last, at most that many."""
    accepted = Assessment.objects.filter(state=State.ACCEPTED)
    related = accepted.select_related("partner", "round", "snapshot__accepted_by")
    return list(related.order_by("-snapshot__accepted_at")[:limit])


def read_rounds() -> list[tuple[Round, int, int]]:
    """Every round, newest first, with how many assessments it has and how many are accepted."""
    rounds = Round.objects.latest_first().select_related("edition", "opened_by")
    accepted = Count("assessments", filter=Q(assessments__state=State.ACCEPTED))
    counts = Round.objects.annotate(of=Count("assessments"), accepted=accepted)
    counted = {pk: (of, done) for pk, of, done in counts.values_list("pk", "of", "accepted")}
    return [(found, *counted[found.pk]) for found in rounds]
