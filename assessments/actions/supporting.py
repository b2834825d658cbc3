"""Ask ecda for help with an indicator, and withdraw what is not wanted any more."""

from collections.abc import Collection, Iterable

from django.urls import reverse
from django.utils import timezone

from assessments.actions.support_moves import (
    NOT_YOURS,
    about,
    at_ecda,
    lock,
    lock_partner,
    side_of,
)
from assessments.helping import Side
from assessments.models import SupportRequest
from assessments.verbs import LEFT_OWNER, NOTICES, URGENT, Verb
from commitments.models import Indicator, SupportOffer
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Partner, User

State = SupportRequest.State
Urgency = SupportRequest.Urgency


@action
def ask(
    *,
    partner: Partner,
    indicator: Indicator,
    offer: SupportOffer | None,
    words: str,
    urgency: str,
    by: User,
) -> SupportRequest:
    """Ask for an offer, or with `offer` None for what the words say, and tell ecda.

    RefusedError when `by` does not belong to the partner, the offer does not serve the indicator,
    nothing is asked for, or the partner is waiting for the same already.
    """
    if side_of(by, partner) != Side.PARTNER:
        raise RefusedError(NOT_YOURS[Side.PARTNER])
    _check(indicator, offer, words, urgency)
    lock_partner(partner)
    waiting = SupportRequest.objects.waiting().filter(partner=partner, indicator=indicator)
    if found := waiting.filter(offer=offer).select_related("asked_by").first():
        asked_on = timezone.localdate(found.asked_at)
        raise RefusedError(
            f"{found.asked_by} asked for this on {asked_on:%-d %B %Y}, and it has not ended yet. "
            "Add a message to that request instead."
        )
    request = SupportRequest.objects.create(
        partner=partner, indicator=indicator, offer=offer, words=words, urgency=urgency, asked_by=by
    )
    _tell_asked(request, by)
    return request


def _check(indicator: Indicator, offer: SupportOffer | None, words: str, urgency: str) -> None:
    if urgency not in Urgency.values:
        raise RefusedError("Say how soon you need the support.")
    if offer is None and not words.strip():
        raise RefusedError("Say what would help, or choose an offer.")
    if offer is not None and not offer.indicators.filter(pk=indicator.pk).exists():
        raise RefusedError(f"{offer} does not serve the indicator {indicator}.")


@action
def withdraw(*, request: SupportRequest, by: User) -> SupportRequest:
    """Withdraw a request that the partner does not need any more, and tell who has it at ecda.

    RefusedError when it has ended, or `by` does not belong to the partner.
    """
    locked, _ = lock(request, "withdraw", by)
    _withdraw([locked], by)
    return locked


def ask_for(
    partner: Partner,
    indicator: Indicator,
    offers: Collection[SupportOffer],
    words: str,
    by: User,
) -> None:
    """Make these the partner's waiting requests for the indicator, in the caller's transaction.

    What is new is asked for, what is gone is withdrawn, what stays keeps its place. Words that
    change before ecda has taken them up are changed in place, with the urgency they had.
    """
    lock_partner(partner)
    found = SupportRequest.objects.waiting().filter(partner=partner, indicator=indicator)
    locked = found.select_for_update(of=("self",)).select_related("owner", "offer", "partner")
    waiting = {request.offer_id: request for request in locked}
    for request in waiting.values():
        request.indicator = indicator
    wanted: dict[int | None, str] = {offer.pk: "" for offer in offers}
    if words.strip():
        wanted[None] = words
    own = waiting.get(None)
    if own is not None and None in wanted and own.words != words and own.state == State.NEW:
        _reword(own, words, by)
    gone = [
        request
        for offer, request in waiting.items()
        # An offer is known by itself: what was said of it when it was asked for stays with it.
        if offer not in wanted or (offer is None and request.words != wanted[offer])
    ]
    _withdraw(gone, by)
    kept = {request.offer_id for request in waiting.values() if request not in gone}
    named = {offer.pk: offer for offer in offers}
    asked = SupportRequest.objects.bulk_create(
        SupportRequest(
            partner=partner,
            indicator=indicator,
            offer=named[offer] if offer is not None else None,
            words=text,
            asked_by=by,
        )
        for offer, text in wanted.items()
        if offer not in kept
    )
    for request in asked:
        _tell_asked(request, by)


def _reword(request: SupportRequest, words: str, by: User) -> None:
    request.words = words
    request.save(update_fields=["words"])
    _tell_asked(request, by)


def _tell_asked(request: SupportRequest, by: User) -> None:
    record(
        verb=Verb.SUPPORT_ASKED,
        by=by,
        partner=request.partner,
        subject=request,
        note=about(request),
        path=reverse("assessments:support-detail", args=[request.pk]),
        notices=URGENT if request.urgency == Urgency.NOW else NOTICES,
    )


def _withdraw(requests: Iterable[SupportRequest], by: User) -> None:
    """End the locked requests, and tell who has them at ecda."""
    for request in requests:
        owner = at_ecda(request)
        request.state = State.WITHDRAWN
        request.ended_at, request.ended_by = timezone.now(), by
        request.save(update_fields=["state", "ended_at", "ended_by"])
        record(
            verb=Verb.SUPPORT_WITHDRAWN,
            by=by,
            partner=request.partner,
            subject=request,
            note=about(request),
            path=reverse("assessments:support-detail", args=[request.pk]),
            notices=LEFT_OWNER if request.owner and not owner else NOTICES,
            also=owner,
        )
