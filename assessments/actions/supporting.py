"""Ask ecda for help with an indicator, and withdraw what is not wanted any more."""

from collections.abc import Collection

from django.utils import timezone

from assessments.models import SupportRequest
from commitments.models import Indicator, SupportOffer
from signatories.models import Partner, User

State = SupportRequest.State


def ask_for(
    partner: Partner,
    indicator: Indicator,
    offers: Collection[SupportOffer],
    words: str,
    by: User,
) -> None:
    """Make these the partner's waiting requests for the indicator, in the caller's transaction.

    What is new is asked for, what is gone is withdrawn, what stays keeps its place. Words that
    change before ecda has taken them up are changed in place.
    """
    found = SupportRequest.objects.waiting().filter(partner=partner, indicator=indicator)
    waiting = {request.offer_id: request for request in found}
    wanted: dict[int | None, str] = {offer.pk: "" for offer in offers}
    if words.strip():
        wanted[None] = words
    own = waiting.get(None)
    if own is not None and None in wanted and own.words != words and own.state == State.NEW:
        SupportRequest.objects.filter(pk=own.pk).update(words=words)
        own.words = words
    gone = [
        request
        for offer, request in waiting.items()
        if offer not in wanted or request.words != wanted[offer]
    ]
    _withdraw(gone)
    kept = {request.offer_id for request in waiting.values() if request not in gone}
    SupportRequest.objects.bulk_create(
        SupportRequest(
            partner=partner, indicator=indicator, offer_id=offer, words=text, asked_by=by
        )
        for offer, text in wanted.items()
        if offer not in kept
    )


def _withdraw(requests: list[SupportRequest]) -> None:
    if requests:
        gone = SupportRequest.objects.filter(pk__in=[request.pk for request in requests])
        gone.update(state=State.WITHDRAWN, ended_at=timezone.now())
