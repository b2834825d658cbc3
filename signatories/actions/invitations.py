"""Invite addresses to take a role at a partner; who signs in with the address may accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone

from declaration import jobs
from declaration.actions import RefusedError, action
from signatories.access import grantable_roles, inviter_may_still, is_new
from signatories.actions.events import record
from signatories.actions.letters import (
    SEND_AGAIN_AFTER,
    keep_back,
    letter_for,
    refuse_many,
    refuse_soon,
    too_soon,
    write_to,
)
from signatories.actions.members import (
    find_or_make_person,
    find_person,
    give_role,
    lock_partner,
    require_existing,
    require_invitable,
)
from signatories.actions.moving import lock_partners_of
from signatories.models import Invitation, Membership, Message, Partner, PartnerImport, User
from signatories.models.invitations import LIFETIME
from signatories.verbs import Verb

# Of many e-mails the first are sent at once; the sweep rings for the others, seconds later.
RUNG_AT_ONCE = 100


class EndedError(RefusedError):
    """The invitation was accepted or revoked, or has expired."""


@dataclass(frozen=True)
class Wanted:
    """An address that is to have a role at a partner; `name` may be empty."""

    partner: Partner
    email: str
    name: str
    role: str


@dataclass(frozen=True)
class _Held:
    """A locked invitation, and the database's time."""

    invitation: Invitation
    now: datetime


# --- For those who look after a partner's people -----------------------------------------------


@action
def invite(*, partner: Partner, email: str, name: str, role: str, by: User) -> Invitation:
    """Offer the role to the address and write to it.

    Where it waits for an answer already, it is offered this role instead and written to again,
    unless that was done minutes ago: then only the role changes, and the link it has shows it.
    Raises RefusedError when the address has a role here, its account is closed and the inviter may
    know it, somebody with more rights has invited it, the partner does not exist today, or too
    much would be sent.
    """
    lock_partner(partner)
    address = email.strip().lower()
    person = require_invitable(partner, address, by)
    before = Invitation.objects.waiting().filter(partner=partner, email=address).first()
    if before is not None:
        return _invite_again(before, name, role, by)
    refuse_soon(partner, address)
    refuse_many(by)
    invitation = Invitation.objects.create(
        partner=partner,
        email=address,
        name=name,
        role=role,
        invited_by=by,
        expires_at=timezone.now() + LIFETIME,
    )
    write_to(invitation, person)
    _note(Verb.INVITED, invitation, by)
    return invitation


def _invite_again(before: Invitation, name: str, role: str, by: User) -> Invitation:
    held = _lock(before)
    found = held.invitation
    if found.role not in grantable_roles(by, found.partner):
        raise RefusedError(
            f"{found.email} is invited as {found.get_role_display().lower()} already. "
            "Only ecda’s administrators can change that."
        )
    is_recent = _is_recent(held)
    if is_recent and found.role == role:
        raise too_soon(found.email, found.sent_at)
    found.name, found.role, found.invited_by = name or found.name, role, by
    if is_recent:
        found.save(update_fields=["name", "role", "invited_by"])
        _note(Verb.INVITATION_CHANGED, found, by)
        return found
    refuse_many(by)
    _send(found)
    _note(Verb.INVITED_AGAIN, found, by)
    return found


@action
def invite_many(
    *, wanted: Sequence[Wanted], by: User, partner_import: PartnerImport | None = None
) -> list[Invitation]:
    """Offer each its role and write to it; the caller appends the event.

    Who has a role at the partner or waits for an answer of it is left out, and so is the same
    address a second time; an invitation that has expired is renewed and counts as sent by this
    list. Raises RefusedError, and invites nobody, when an account is closed.
    """
    pks = {one.partner.pk for one in wanted}
    lock_partners_of(pks)
    addresses = {one.email.strip().lower() for one in wanted}
    small = User.objects.alias(small=Lower("email")).filter(small__in=addresses)
    people = {person.email.lower(): person for person in small}
    if closed := sorted(email for email, person in people.items() if not person.is_active):
        raise RefusedError(f"These accounts are closed: {', '.join(closed[:10])}.")
    now = User.objects.filter(pk=by.pk).values_list(Now(), flat=True).get()
    rows = _rows(wanted, now, _taken(pks, addresses), _expired(pks, addresses))
    for row in rows:
        row.invited_by, row.partner_import = by, partner_import
    made = _save_all(rows)
    letters = [letter_for(one, people.get(one.email)) for one in made]
    for letter in letters:
        # Asked of the database for each letter, the time would make this three times as slow.
        letter.queued_at = letter.rung_at = now
    for message in Message.objects.bulk_create(letters, batch_size=1000)[:RUNG_AT_ONCE]:
        jobs.ring(message)
    return made


def _rows(
    wanted: Sequence[Wanted],
    now: datetime,
    taken: set[tuple[int, str]],
    expired: dict[tuple[int, str], Invitation],
) -> list[Invitation]:
    """The invitations to be sent, new ones and expired ones renewed; nothing is written yet."""
    rows = []
    expires_at = timezone.now() + LIFETIME
    for one in wanted:
        place = (one.partner.pk, one.email.strip().lower())
        if place in taken:
            continue
        taken.add(place)
        row = expired.get(place)
        if row is None:
            row = Invitation(partner=one.partner, email=place[1], invited_at=now)
        else:
            row.sent_count += 1
        row.name, row.role = one.name or row.name, one.role
        row.sent_at, row.expires_at = now, expires_at
        rows.append(row)
    return rows


def _save_all(rows: list[Invitation]) -> list[Invitation]:
    fields = ["name", "role", "invited_by", "expires_at", "partner_import", "sent_at", "sent_count"]
    many = Invitation.objects
    renewed = [row for row in rows if not row._state.adding]
    made = many.bulk_create([row for row in rows if row._state.adding], batch_size=1000)
    return made + many.bulk_create(
        renewed,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=fields,
        batch_size=1000,
    )


def _taken(partners: set[int], addresses: set[str]) -> set[tuple[int, str]]:
    """Who needs no invitation, as a partner's key and an address in small letters."""
    members = Membership.objects.filter(partner__in=partners, ended_at=None)
    waiting = Invitation.objects.waiting().filter(partner__in=partners, expires_at__gt=Now())
    rows = [
        *members.values_list("partner_id", Lower("person__email")),
        *waiting.values_list("partner_id", "email"),
    ]
    return {(partner, address) for partner, address in rows if address in addresses}


def _expired(partners: set[int], addresses: set[str]) -> dict[tuple[int, str], Invitation]:
    """The invitations that nobody answered in time: they are renewed, with the same link."""
    waiting = Invitation.objects.waiting().filter(partner__in=partners, expires_at__lte=Now())
    found = waiting.select_related("partner").order_by()
    return {(one.partner_id, one.email): one for one in found if one.email in addresses}


@action
def send_again(*, invitation: Invitation, by: User) -> Invitation:
    """Write to the address once more, with the same link, a new last day, and who sends it now.

    Raises RefusedError when it was accepted or revoked, was sent minutes ago, was changed since
    it was looked at, when the address has a role or a closed account by now, when the partner does
    not exist today, or when too many were sent.
    """
    held = _lock_waiting(invitation)
    found = held.invitation
    require_invitable(found.partner, found.email, by)
    if _is_recent(held):
        raise too_soon(found.email, found.sent_at)
    refuse_many(by)
    found.invited_by = by
    _send(found)
    _note(Verb.INVITED_AGAIN, found, by)
    return found


@action
def revoke(*, invitation: Invitation, by: User) -> Invitation:
    """Take the invitation back: its link says so from now on, and no e-mail leaves any more.

    Raises RefusedError when it was accepted, revoked or changed since.
    """
    found = _lock_waiting(invitation).invitation
    found.revoked_by, found.revoked_at = by, Now()
    found.save(update_fields=["revoked_by", "revoked_at"])
    found.refresh_from_db(fields=["revoked_at"])
    keep_back(found)
    _note(Verb.INVITATION_REVOKED, found, by)
    return found


# --- For whoever was invited -------------------------------------------------------------------


@action
def start(*, invitation: Invitation) -> User:
    """Return the person with the invited address, made if there is none.

    They have no role yet, and are not signed in: that needs a code sent to the address. Until then
    a new one is called as whoever invited them has said. Raises EndedError when the invitation is
    over, RefusedError when it stands no more or the account is closed.
    """
    held = _lock(invitation)
    _require_open(held)
    found = held.invitation
    _require_standing(found)
    known = find_person(found.email)
    person = known or find_or_make_person(found.email, found.name or found.email.split("@")[0])
    if known is None:
        note = f"{found.email}, at {found.partner}"
        record(verb=Verb.ACCOUNT_MADE, by=None, subject=person, note=note)
    if not person.is_active:
        raise RefusedError(f"The account of {person.email} is closed. Ask ecda to open it.")
    return person


@action
def accept(*, invitation: Invitation, name: str = "", by: User) -> Membership:
    """Give the person the role they were offered; asked twice by them, it is the same one.

    `name` is what somebody is called from now on who has never had a role anywhere; all others
    keep theirs. Raises EndedError when the invitation is over, RefusedError when it is for another
    address or stands no more, or they have a role at the partner already.
    """
    held = _lock(invitation)
    found = held.invitation
    if found.accepted_by == by:
        mine = Membership.objects.current().filter(person=by, partner=found.partner).first()
        if mine is not None:
            return mine
    _require_open(held)
    if by.email.lower() != found.email:
        raise RefusedError(
            f"This invitation is for {found.email}, and you are signed in as {by.email}."
        )
    _require_standing(found)
    _take_name(by, name)
    membership = give_role(partner=found.partner, person=by, role=found.role)
    found.accepted_by, found.accepted_at = by, Now()
    found.save(update_fields=["accepted_by", "accepted_at"])
    record(
        verb=Verb.INVITATION_ACCEPTED,
        by=by,
        partner=found.partner,
        subject=membership,
        note=membership.get_role_display().lower(),
        path=reverse("signatories:member-list", args=[found.partner.slug]),
        also=[found.invited_by] if found.invited_by.is_ecda and found.invited_by != by else [],
    )
    return membership


def _take_name(person: User, name: str) -> None:
    """Call somebody who is new by the name they gave, now that the address is known as theirs."""
    if name and name != person.name and is_new(person):
        person.name = name
        person.save(update_fields=["name"])


def _require_standing(found: Invitation) -> None:
    """Refuse what was offered by somebody, or for a partner, that could not offer it today."""
    require_existing(found.partner)
    if not inviter_may_still(found):
        raise RefusedError(
            "The person who invited you may not give this role any more. "
            f"Ask {found.who_else} to invite you again."
        )


# --- One invitation, locked --------------------------------------------------------------------


def _lock(invitation: Invitation) -> _Held:
    """Hold the partner's people and the invitation until the action has ended."""
    lock_partner(invitation.partner)
    here = Invitation.objects.filter(pk=invitation.pk).select_for_update(of=("self",))
    related = here.select_related("partner", "invited_by", "accepted_by")
    rows: QuerySet[Any] = related.annotate(asked_at=Now())
    found = rows.first()
    if found is None:
        raise EndedError("This invitation is not there any more.")
    return _Held(found, found.asked_at)


def _lock_waiting(invitation: Invitation) -> _Held:
    """The same for one that was neither accepted nor revoked, and offers what it offered."""
    held = _lock(invitation)
    found = held.invitation
    _require_waiting(found)
    if found.role != invitation.role:
        # Who asked may change the one they saw; whether also this one, nobody has asked.
        label = found.get_role_display().lower()
        raise RefusedError(f"{found.email} is invited as {label} by now. Look again.")
    return held


def _require_waiting(found: Invitation) -> None:
    if found.accepted_at is not None:
        raise EndedError(f"{found.email} has accepted this invitation already.")
    if found.revoked_at is not None:
        raise EndedError(f"The invitation of {found.email} was revoked.")


def _require_open(held: _Held) -> None:
    _require_waiting(held.invitation)
    if held.invitation.expires_at <= held.now:
        raise EndedError("This invitation has expired. Ask for it to be sent again.")


def _is_recent(held: _Held) -> bool:
    return held.now < held.invitation.sent_at + SEND_AGAIN_AFTER


def _send(found: Invitation) -> None:
    """Write to the address again, with the same link and a new last day."""
    keep_back(found)
    found.expires_at = timezone.now() + LIFETIME
    found.sent_at, found.sent_count = Now(), found.sent_count + 1
    changed = ["name", "role", "invited_by", "expires_at", "sent_at", "sent_count"]
    found.save(update_fields=changed)
    found.refresh_from_db(fields=["sent_at"])
    write_to(found, find_person(found.email))


def _note(verb: Verb, invitation: Invitation, by: User) -> None:
    note = f"{invitation.email}, {invitation.get_role_display().lower()}"
    record(verb=verb, by=by, partner=invitation.partner, subject=invitation, note=note)
