"""Which released rounds hold a partner's own ratings, whatever its leader chose since."""

from assessments.models import ReleaseEntry
from signatories.models import Partner


def published_rounds(partner: Partner) -> tuple[str, ...]:
    """The names of the rounds with a release that holds the ratings, newest first: one query."""
    entries = ReleaseEntry.objects.filter(partner=partner, published=True, release__sealed=True)
    rounds = entries.order_by("-release__round__opens_on").values_list("release__round__name")
    return tuple(dict.fromkeys(name for (name,) in rounds))


def after_taking_back(rounds: tuple[str, ...], whose: str) -> str:
    """What is public of the ratings once the choice is taken back; `whose` is “Its” or “Your”."""
    if not rounds:
        return f"{whose} public page does not show {whose.lower()} ratings, and no file holds them."
    names = ", ".join(rounds)
    return (
        f"{whose} public page no longer shows {whose.lower()} ratings. Files of rounds released "
        f"meanwhile keep them: {names}."
    )
