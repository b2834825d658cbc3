"""Invite addresses to take a role at a partner; who signs in with the address may accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone

from declaration import jobs
from declaration.actions import RefusedError, action
from signatories.access import grantable_roles
from signatories.actions.events import record
from signatories.actions.members import (
    find_or_make_person,
    find_person,
    give_role,
    lock_partner,
    require_free,
)
from signatories.emails import invitation_letter, new_message_id
from signatories.models import Invitation, Membership, Message, Partner, PartnerImport, User
from signatories.models.invitations import LIFETIME
from signatories.verbs import Verb

# How long an invitation waits before it is sent once more: nobody’s letterbox is to be filled.
SEND_AGAIN_AFTER = timedelta(minutes=5)
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
    Raises RefusedError when the address has a role here, its account is closed, somebody with
    more rights has invited it, or nothing would change.
    """
    lock_partner(partner)
    address = email.strip().lower()
    person = find_person(address)
    if person is not None:
        require_free(partner, person)
    before = Invitation.objects.waiting().filter(partner=partner, email=address).first()
    if before is not None:
        return _invite_again(before, name, role, by)
    invitation = Invitation.objects.create(
        partner=partner,
        email=address,
        name=name,
        role=role,
        invited_by=by,
        expires_at=timezone.now() + LIFETIME,
    )
    _write_to(invitation, person)
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
        raise _too_soon(found)
    found.name, found.role = name or found.name, role
    if is_recent:
        found.save(update_fields=["name", "role"])
        _note(Verb.INVITATION_CHANGED, found, by)
        return found
    found.invited_by = by
    _send(found)
    _note(Verb.INVITED_AGAIN, found, by)
    return found


@action
def invite_many(
    *, wanted: Sequence[Wanted], by: User, partner_import: PartnerImport | None = None
) -> list[Invitation]:
    """Offer each its role and write to it; the caller appends the event.

    Who has a role at the partner or waits for an answer of it is left out, and so is the same
    address a second time. Raises RefusedError, and invites nobody, when an account is closed.
    """
    pks = {one.partner.pk for one in wanted}
    list(Partner.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))
    addresses = {one.email.strip().lower() for one in wanted}
    small = User.objects.alias(small=Lower("email")).filter(small__in=addresses)
    people = {person.email.lower(): person for person in small}
    if closed := sorted(email for email, person in people.items() if not person.is_active):
        raise RefusedError(f"These accounts are closed: {', '.join(closed[:10])}.")
    taken = _taken(pks, addresses)
    expires_at = timezone.now() + LIFETIME
    rows = []
    for one in wanted:
        place = (one.partner.pk, one.email.strip().lower())
        if place in taken:
            continue
        taken.add(place)
        rows.append(
            Invitation(
                partner=one.partner,
                email=place[1],
                name=one.name,
                role=one.role,
                invited_by=by,
                expires_at=expires_at,
                partner_import=partner_import,
            )
        )
    made = Invitation.objects.bulk_create(rows, batch_size=1000)
    letters = [_message(one, people.get(one.email)) for one in made]
    for message in Message.objects.bulk_create(letters, batch_size=1000)[:RUNG_AT_ONCE]:
        jobs.ring(message)
    return made


def _taken(partners: set[int], addresses: set[str]) -> set[tuple[int, str]]:
    """Who needs no invitation, as a partner's key and an address in small letters."""
    members = Membership.objects.filter(partner__in=partners, ended_at=None)
    waiting = Invitation.objects.waiting().filter(partner__in=partners)
    rows = [
        *members.values_list("partner_id", Lower("person__email")),
        *waiting.values_list("partner_id", "email"),
    ]
    return {(partner, address) for partner, address in rows if address in addresses}


@action
def send_again(*, invitation: Invitation, by: User) -> Invitation:
    """Write to the address once more, with the same link and a new last day.

    Raises RefusedError when it was accepted or revoked, was sent minutes ago, was changed since
    it was looked at, or when the address has a role or a closed account by now.
    """
    held = _lock_waiting(invitation)
    found = held.invitation
    person = find_person(found.email)
    if person is not None:
        require_free(found.partner, person)
    if _is_recent(held):
        raise _too_soon(found)
    _send(found)
    _note(Verb.INVITED_AGAIN, found, by)
    return found


@action
def offer_role(*, invitation: Invitation, role: str, by: User) -> Invitation:
    """Offer another role than so far; the link in the e-mail shows it, so none is sent.

    Raises RefusedError when the invitation was accepted, revoked or changed since.
    """
    found = _lock_waiting(invitation).invitation
    if found.role != role:
        found.role = role
        found.save(update_fields=["role"])
        _note(Verb.INVITATION_CHANGED, found, by)
    return found


@action
def revoke(*, invitation: Invitation, by: User) -> Invitation:
    """Take the invitation back: its link says so from now on.

    Raises RefusedError when it was accepted, revoked or changed since.
    """
    found = _lock_waiting(invitation).invitation
    found.revoked_by, found.revoked_at = by, Now()
    found.save(update_fields=["revoked_by", "revoked_at"])
    found.refresh_from_db(fields=["revoked_at"])
    _note(Verb.INVITATION_REVOKED, found, by)
    return found


# --- For whoever was invited -------------------------------------------------------------------


@action
def start(*, invitation: Invitation, name: str) -> User:
    """Return the person with the invited address, made with `name` if there is none.

    They have no role yet, and are not signed in: that needs a code sent to the address. Raises
    EndedError when the invitation is over, RefusedError when the account is closed.
    """
    held = _lock(invitation)
    _require_open(held)
    person = find_or_make_person(held.invitation.email, name)
    if not person.is_active:
        raise RefusedError(f"The account of {person.email} is closed. Ask ecda to open it.")
    return person


@action
def accept(*, invitation: Invitation, by: User) -> Membership:
    """Give the person the role they were offered; asked twice by them, it is the same one.

    Raises EndedError when the invitation is over, RefusedError when it is for another address or
    they have a role at the partner already.
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


def _too_soon(found: Invitation) -> RefusedError:
    sent, again = found.sent_at, found.sent_at + SEND_AGAIN_AFTER + timedelta(minutes=1)
    return RefusedError(
        f"An invitation was sent to {found.email} at {timezone.localtime(sent):%H:%M}. "
        f"You can send it again at {timezone.localtime(again):%H:%M}."
    )


def _send(found: Invitation) -> None:
    """Write to the address again, with the same link and a new last day."""
    found.expires_at = timezone.now() + LIFETIME
    found.sent_at, found.sent_count = Now(), found.sent_count + 1
    changed = ["name", "role", "invited_by", "expires_at", "sent_at", "sent_count"]
    found.save(update_fields=changed)
    found.refresh_from_db(fields=["sent_at"])
    _write_to(found, find_person(found.email))


def _write_to(invitation: Invitation, person: User | None) -> None:
    message = _message(invitation, person)
    message.save()
    jobs.ring(message)


def _message(invitation: Invitation, person: User | None) -> Message:
    letter = invitation_letter(invitation)
    return Message(
        key=invitation.message_key,
        person=person,
        to=invitation.email,
        subject=letter.subject,
        body=letter.body,
        message_id=new_message_id(),
    )


def _note(verb: Verb, invitation: Invitation, by: User) -> None:
    note = f"{invitation.email}, {invitation.get_role_display().lower()}"
    record(verb=verb, by=by, partner=invitation.partner, subject=invitation, note=note)
