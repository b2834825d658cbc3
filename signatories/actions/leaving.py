"""Leave a partner of one's own accord."""

from django.urls import reverse

from declaration.actions import action
from signatories.actions.events import record
from signatories.actions.members import end_current
from signatories.models import Membership, User
from signatories.verbs import Verb


@action
def leave(*, membership: Membership, by: User) -> Membership:
    """End one's own role at the partner and tell those who lead it; what was done there stays.

    RefusedError when the role has ended or changed meanwhile, or when no lead or leader would be
    left.
    """
    membership = end_current(membership)
    partner = membership.partner
    record(
        verb=Verb.MEMBER_LEFT,
        by=by,
        partner=partner,
        subject=membership,
        note=membership.get_role_display().lower(),
        path=reverse("signatories:member-list", args=[partner.slug]),
    )
    return membership
