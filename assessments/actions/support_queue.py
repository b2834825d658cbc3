"""ecda sees to what partners ask for: take on, reply, finish, decline, open again."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from assessments.actions.support_moves import (
    about,
    at_ecda,
    lock,
    lock_partner,
    lock_request,
    reachable,
    side_of,
)
from assessments.helping import Side
from assessments.models import SupportReply, SupportRequest
from assessments.verbs import NOTICES, TO_ECDA, TO_OWNER, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Membership, User

State = SupportRequest.State


@action
def take(*, request: SupportRequest, by: User) -> SupportRequest:
    """Take on a request that nobody has, so that everybody knows who at ecda sees to it.

    It is new, or who had it does not see to it any more: they have left ecda, or belong to the
    partner. RefusedError when somebody has it, it has ended, or it is not for `by` to see to.
    """
    locked = lock_request(request)
    left = locked.ended_at is None and locked.owner is not None and not at_ecda(locked)
    if left and side_of(by, locked.partner) == Side.ECDA:
        return _move(locked, State(locked.state), Verb.SUPPORT_TAKEN, by, owner=by)
    locked, state = lock(request, "take", by)
    return _move(locked, state, Verb.SUPPORT_TAKEN, by, owner=by)


@action
def give_back(*, request: SupportRequest, by: User) -> SupportRequest:
    """Put a request back among the new ones: whoever has it is away, or another knows better.

    RefusedError when nobody has it, it has ended, or it is not for `by` to see to.
    """
    locked, state = lock(request, "give_back", by)
    return _move(locked, state, Verb.SUPPORT_GIVEN_BACK, by, owner=None)


@action
def finish(*, request: SupportRequest, by: User) -> SupportRequest:
    """Mark a request as done, and tell the partner.

    RefusedError when it has ended, or it is not for `by` to see to.
    """
    locked, state = lock(request, "finish", by)
    return _end(locked, state, Verb.SUPPORT_DONE, by)


@action
def decline(*, request: SupportRequest, reason: str, by: User) -> SupportRequest:
    """Say in a reply why ecda cannot give the support, and end the request.

    RefusedError without a reason, when it has ended or partners were connected, or when it is not
    for `by` to see to.
    """
    if not reason.strip():
        raise RefusedError("Say why ecda cannot give this support.")
    locked, state = lock(request, "decline", by)
    SupportReply.objects.create(request=locked, words=reason, from_ecda=True, by=by)
    return _end(locked, state, Verb.SUPPORT_DECLINED, by)


@action
def reopen(*, request: SupportRequest, by: User) -> SupportRequest:
    """Take up again what was done or declined; `by` has it from now on.

    RefusedError when it has not ended, the partner withdrew it or has asked for the same again,
    or it is not for `by` to see to.
    """
    lock_partner(request.partner)
    locked, state = lock(request, "reopen", by)
    same = SupportRequest.objects.waiting().filter(
        partner=locked.partner, indicator=locked.indicator, offer=locked.offer
    )
    if same.exists():
        raise RefusedError(
            f"{locked.partner} has asked for the same again since. See to the newer request."
        )
    fields = {"owner": by, "ended_at": None, "ended_by": None}
    return _move(locked, state, Verb.SUPPORT_REOPENED, by, **fields)


@action
def reply(*, request: SupportRequest, words: str, by: User) -> SupportReply:
    """Write to the other side; a new request is taken on by whoever of ecda replies first.

    The same words sent twice by the same person are one reply. RefusedError without words, when
    the request was withdrawn, or when `by` is neither of the partner nor of ecda.
    """
    if not words.strip():
        raise RefusedError("Write what you want to say.")
    locked = lock_request(request)
    side = side_of(by, locked.partner)
    if side is None:
        raise RefusedError("Only people of the partner that asked and of ecda write here.")
    if locked.state == State.WITHDRAWN:
        raise RefusedError(f"{locked.partner} has withdrawn this request.")
    last = locked.replies.order_by("-at", "-pk").first()
    if last is not None and (last.words, last.by_id) == (words, by.pk):
        return last
    written = SupportReply.objects.create(
        request=locked, words=words, from_ecda=side == Side.ECDA, by=by
    )
    if side == Side.ECDA and locked.state == State.NEW:
        _set(locked, State.WITH_ECDA, owner=by)
        _tell(locked, Verb.SUPPORT_TAKEN, by, notices={})
    if side == Side.ECDA:
        _tell(locked, Verb.SUPPORT_REPLIED, by, also=_asker(locked))
    elif owner := at_ecda(locked):
        _tell(locked, Verb.SUPPORT_REPLIED, by, notices=TO_OWNER, also=owner)
    else:
        _tell(locked, Verb.SUPPORT_REPLIED, by, notices=TO_ECDA)
    return written


def _end(request: SupportRequest, state: State, verb: Verb, by: User) -> SupportRequest:
    """End the locked request; who ends what nobody has had it."""
    ended = {"ended_at": timezone.now(), "ended_by": by}
    return _move(request, state, verb, by, owner=request.owner or by, **ended)


def _move(
    request: SupportRequest, state: State, verb: Verb, by: User, **fields: Any
) -> SupportRequest:
    _set(request, state, **fields)
    # Nobody but ecda is concerned by who there has it no longer.
    also = [] if verb == Verb.SUPPORT_GIVEN_BACK else _asker(request)
    _tell(request, verb, by, also=also)
    return request


def _set(request: SupportRequest, state: State, **fields: Any) -> None:
    request.state = state
    for name, value in fields.items():
        setattr(request, name, value)
    request.save(update_fields=["state", *fields])


def _asker(request: SupportRequest) -> list[User]:
    """Who asked, as long as they belong to the partner."""
    member = Membership.objects.current().filter(person=request.asked_by, partner=request.partner)
    return reachable(request.asked_by) if member.exists() else []


def _tell(request: SupportRequest, verb: Verb, by: User, **how: Any) -> None:
    record(
        **({"notices": NOTICES} | how),
        verb=verb,
        by=by,
        partner=request.partner,
        subject=request,
        note=about(request),
        path=reverse("assessments:support-detail", args=[request.pk]),
    )
