"""Whether a partner's own ratings are public, since when, and of which rounds."""

from dataclasses import dataclass

from assessments.models import Publication, ReleaseEntry
from signatories.models import Partner


@dataclass(frozen=True)
class Choice:
    """What its leader chose; `live` is None where nothing is public now.

    `ended` is the last choice that was taken back. `rounds` have releases that hold the ratings.
    """

    live: Publication | None
    ended: Publication | None
    rounds: tuple[str, ...]


def read_choice(partner: Partner) -> Choice:
    """Read the partner's choice: two queries."""
    found = Publication.objects.filter(partner=partner).select_related("started_by", "ended_by")
    choices = list(found.order_by("-started_at", "-pk"))
    entries = ReleaseEntry.objects.filter(partner=partner, published=True, release__sealed=True)
    rounds = entries.order_by("-release__round__opens_on").values_list("release__round__name")
    return Choice(
        live=next((each for each in choices if each.ended_at is None), None),
        ended=next((each for each in choices if each.ended_at is not None), None),
        rounds=tuple(dict.fromkeys(name for (name,) in rounds)),
    )
