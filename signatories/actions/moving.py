"""Give many people another role at once, as a partner list asks, or as undoing one does."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower, Now

from signatories.actions.events import record_many
from signatories.models import Invitation, Membership, Partner, User
from signatories.verbs import Verb

Role = Membership.Role


@dataclass(frozen=True)
class Move:
    """An address in small letters whose role at a partner, held or offered, becomes another."""

    partner: Partner
    email: str
    before: str
    after: str


def move_roles(*, moves: Sequence[Move], by: User, expired_too: bool = False) -> list[Move]:
    """Give each address its other role, or offer it where an invitation waits.

    Returns those for whom there is neither with the role before. Call it inside an action's
    transaction. Nobody is asked whether a lead is left: a list only makes leads, and undoing it
    leaves a partner with those it had. `expired_too` includes invitations that have expired.
    """
    if not moves:
        return []
    pks = {move.partner.pk for move in moves}
    lock_partners_of(pks)
    emails = {move.email for move in moves}
    members = _by_place(_members(pks).filter(small__in=emails))
    offers = _by_place(_offers(pks, expired_too=expired_too).filter(small__in=emails))
    held: list[tuple[Move, Any]] = []
    offered: list[tuple[Move, Any]] = []
    missing = []
    for move in moves:
        place = (move.partner.pk, move.email, move.before)
        if place in members:
            held.append((move, members[place]))
        elif place in offers:
            offered.append((move, offers[place]))
        else:
            missing.append(move)
    _move_members(held, by)
    _move_offers(offered, by)
    return missing


def lock_partners_of(pks: set[int]) -> None:
    """Hold the people of these partners, as `lock_partner` does of one, in an order for all."""
    partners = Partner.objects.filter(pk__in=pks).order_by("pk")
    list(partners.select_for_update(no_key=True).values_list("pk"))


def _members(pks: set[int]) -> QuerySet[Any]:
    current = Membership.objects.current().filter(partner__in=pks).select_related("person")
    return current.annotate(small=Lower("person__email")).order_by()


def _offers(pks: set[int], *, expired_too: bool) -> QuerySet[Any]:
    waiting = Invitation.objects.waiting().filter(partner__in=pks)
    found = waiting if expired_too else waiting.filter(expires_at__gt=Now())
    return found.annotate(small=Lower("email")).order_by()


def _by_place(rows: QuerySet[Any]) -> dict[tuple[int, str, str], Any]:
    return {(row.partner_id, row.small, row.role): row for row in rows}


def _move_members(moves: Sequence[tuple[Move, Any]], by: User) -> None:
    _write(Membership.objects.all(), moves)
    record_many(
        verb=Verb.ROLE_CHANGED,
        by=by,
        entries=[
            (move.partner, row, f"{row.person}: from {_label(move.before)} to {_label(move.after)}")
            for move, row in moves
        ],
    )


def _move_offers(moves: Sequence[tuple[Move, Any]], by: User) -> None:
    # Who offers it now answers for it: whoever did before may have no right to any more.
    _write(Invitation.objects.all(), moves, invited_by=by)
    record_many(
        verb=Verb.INVITATION_CHANGED,
        by=by,
        entries=[(move.partner, row, f"{row.email}, {_label(move.after)}") for move, row in moves],
    )


def _write(rows: QuerySet[Any], moves: Sequence[tuple[Move, Any]], **also: Any) -> None:
    """One statement for each role: there are three."""
    pks = defaultdict[str, list[int]](list)
    for move, row in moves:
        pks[move.after].append(row.pk)
    for role, those in pks.items():
        rows.filter(pk__in=those).update(role=role, **also)


def _label(role: str) -> str:
    return str(Role(role).label).lower()
