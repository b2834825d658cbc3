"""Rounds of other years, and a later edition of the Declaration."""

import copy
from datetime import timedelta
from typing import Any

from assessments.models import Assessment, Round
from commitments.actions import load_edition
from commitments.models import Edition
from signatories.actions.editions import publish_edition
from signatories.models import Partner, User
from tests.assessment_factories import make_round
from tests.factories import EDITION_DATA


def move_to_the_past(round: Round, years: int = 1) -> Round:
    """Let a round that was answered today have closed some years ago."""
    back = timedelta(days=366 * years)
    for name in ("opens_on", "due_on", "closes_on"):
        setattr(round, name, getattr(round, name) - back)
    round.save(update_fields=["opens_on", "due_on", "closes_on"])
    return round


def next_year(edition: Edition, staff: User, partner: Partner) -> Assessment:
    """The partner's assessment in a round that opens today, begun from earlier answers."""
    return make_round(edition, staff).assessments.get(partner=partner)


def empty_next_year(edition: Edition, staff: User, partner: Partner) -> Assessment:
    """The same with nothing brought forward: what it could begin from was completed later.

    For the time of the opening the earlier rounds are later ones.
    """
    earlier = list(Round.objects.all())
    for each in earlier:
        move_to_the_past(each, years=-100)
    found = next_year(edition, staff, partner)
    for each in earlier:
        move_to_the_past(each, years=100)
    return found


def later_edition() -> Edition:
    """The second edition, published."""
    return publish_edition(edition=load_edition(data=later_data()), by=None)


def later_data() -> dict[str, Any]:
    """A second edition: 1.1 is gone, 1.2 says the same in other words, 1.4 is new.

    What was 1.2 is 1.1 now, and its title is written in capitals.
    """
    data: dict[str, Any] = copy.deepcopy(EDITION_DATA) | {"slug": "later", "title": "A later one"}
    first = data["commitments"][0]
    gone, *kept = first["indicators"]
    kept[0]["title"] = kept[0]["title"].upper()
    kept[0]["text"] = "Said in other words."
    kept.append(copy.deepcopy(gone) | {"title": "Something new"})
    first["indicators"] = [each | {"number": number} for number, each in enumerate(kept, 1)]
    for offer in data["support_offers"]:
        offer["indicators"] = [code for code in offer["indicators"] if not code.startswith("1.")]
    return data
