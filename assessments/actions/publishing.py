"""Show a partner's own ratings to everybody: its leader chooses so, and takes it back."""

from django.urls import reverse
from django.utils import timezone

from assessments.actions.support_moves import lock_partner
from assessments.dashboards.publishing import after_taking_back, published_rounds
from assessments.models import Publication
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Membership, Partner, User

LEADER = Membership.Role.LEADER


@action
def start_publishing(*, partner: Partner, by: User) -> Publication:
    """Publish the partner's own ratings of rounds that are released from now on; twice is once.

    RefusedError when `by` is no leader of the partner.
    """
    _require_leader(partner, by)
    lock_partner(partner)
    live = Publication.objects.live().filter(partner=partner).first()
    if live is not None:
        return live
    choice = Publication.objects.create(partner=partner, started_by=by)
    _note(Verb.PUBLISHING_STARTED, partner, by)
    return choice


@action
def stop_publishing(*, partner: Partner, by: User) -> Publication | None:
    """Take the choice back; None when there is none, so that twice is once.

    What releases hold stays as it is. RefusedError when `by` is no leader of the partner.
    """
    _require_leader(partner, by)
    lock_partner(partner)
    live = Publication.objects.live().filter(partner=partner).first()
    if live is None:
        return None
    live.ended_by, live.ended_at = by, timezone.now()
    live.save(update_fields=["ended_by", "ended_at"])
    note = after_taking_back(published_rounds(partner), "Its")
    _note(Verb.PUBLISHING_STOPPED, partner, by, note)
    return live


def _require_leader(partner: Partner, by: User) -> None:
    leaders = Membership.objects.current().filter(partner=partner, person=by, role=LEADER)
    if not (by.is_active and leaders.exists()):
        raise RefusedError(f"Only a leader of {partner} decides whether its ratings are public.")


def _note(verb: Verb, partner: Partner, by: User, note: str = "") -> None:
    path = reverse("progress:publishing-detail", args=[partner.slug])
    record(verb=verb, by=by, partner=partner, note=note, path=path, notices=NOTICES)
