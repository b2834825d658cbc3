"""Whether a partner's own ratings are public, since when, and of which rounds."""

from dataclasses import dataclass

from assessments.dashboards.publishing import published_rounds
from assessments.models import Publication, Round
from signatories.models import Partner


@dataclass(frozen=True)
class Choice:
    """What its leader chose; `live` is None where nothing is public now.

    `ended` is the last choice that was taken back. `rounds` have releases that hold the ratings.
    `next_round` is the first that a choice made now would count for, as far as one has opened.
    """

    live: Publication | None
    ended: Publication | None
    rounds: tuple[str, ...]
    next_round: Round | None


def read_choice(partner: Partner) -> Choice:
    """Read the partner's choice: a fixed number of queries."""
    found = Publication.objects.filter(partner=partner).select_related("started_by", "ended_by")
    mine = Round.objects.opened().filter(assessments__partner=partner)
    unreleased = mine.exclude(releases__sealed=True)
    choices = list(found.order_by("-started_at", "-pk"))
    return Choice(
        live=next((each for each in choices if each.ended_at is None), None),
        ended=next((each for each in choices if each.ended_at is not None), None),
        rounds=published_rounds(partner),
        next_round=unreleased.order_by("opens_on", "pk").first(),
    )
