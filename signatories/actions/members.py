"""Give people a role at a partner, change it and end it."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower, Now
from django.urls import reverse

from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Membership, Partner, User
from signatories.verbs import LEADS, Verb

Role = Membership.Role


@action
def add_member(*, partner: Partner, email: str, name: str, role: str, by: User) -> Membership:
    """Give the person with that address the role, and tell them; nobody is asked to accept.

    A person who is new is made with `name`; one who exists keeps theirs. Raises RefusedError when
    they have a role at the partner already, or when their account is closed.
    """
    lock_partner(partner)
    person = find_or_make_person(email, name)
    membership = give_role(partner=partner, person=person, role=role)
    record(
        verb=Verb.MEMBER_ADDED,
        by=by,
        partner=partner,
        subject=membership,
        note=membership.get_role_display().lower(),
        path=reverse("progress:partner-home", args=[partner.slug]),
        also=[person] if person != by else [],
    )
    return membership


def give_role(*, partner: Partner, person: User, role: str) -> Membership:
    """Give the person the role, inside an action that holds the partner's lock.

    Raises RefusedError when they have a role at the partner already, or their account is closed.
    """
    require_free(partner, person)
    return Membership.objects.create(person=person, partner=partner, role=role)


def require_free(partner: Partner, person: User) -> None:
    """Raise RefusedError when the person may have no new role at the partner."""
    if not person.is_active:
        raise RefusedError(f"The account of {person.email} is closed. Ask ecda to open it.")
    held = Membership.objects.filter(person=person, partner=partner, ended_at=None).first()
    if held is not None:
        label = held.get_role_display().lower()
        raise RefusedError(f"{person} already has a role at {partner}: {label}.")


def require_invitable(partner: Partner, address: str, by: User) -> User | None:
    """Return whose address it is; RefusedError when they cannot be given a role here.

    Which accounts are closed is for administrators to know, and for those whose member it was:
    whoever else invites a closed account hears nothing of it, and the link tells its holder.
    """
    require_existing(partner)
    person = find_person(address)
    if person is None:
        return None
    ours = Membership.objects.filter(person=person, partner=partner).exists()
    if person.is_active or by.is_administrator or ours:
        require_free(partner, person)
    return person


def require_existing(partner: Partner) -> None:
    """Raise RefusedError when the partner does not exist today."""
    if not Partner.objects.active().filter(pk=partner.pk).exists():
        raise RefusedError(
            f"{partner} does not exist today, so nobody can take a role there. "
            "Ask ecda if its dates are wrong."
        )


def lock_partner(partner: Partner) -> None:
    """One change of a partner's members at a time: two leads cannot remove each other at once."""
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)


def find_person(email: str) -> User | None:
    """Return the person with the address, whatever its case.

    Compared in small letters: in capitals, “ı” and “i” would be one letter and two people one.
    """
    people = User.objects.alias(small=Lower("email"))
    return people.filter(small=email.strip().lower()).first()


def find_or_make_person(email: str, name: str) -> User:
    """Return the person with the address, made with `name` where there is none."""
    found = find_person(email)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=name)
    except (IntegrityError, ValidationError):
        # Added elsewhere in the same moment; anything else is a mistake of the caller.
        found = find_person(email)
        if found is None:
            raise
        return found


@action
def change_role(*, membership: Membership, role: str, by: User) -> Membership:
    """Give the member another role; RefusedError when no lead or leader would be left."""
    membership = _lock_current(membership)
    before = membership.get_role_display().lower()
    membership.role = role
    if membership.get_role_display().lower() == before:
        return membership
    if role not in LEADS:
        _keep_a_lead(membership)
    membership.save(update_fields=["role"])
    after = membership.get_role_display().lower()
    note = f"{membership.person}: from {before} to {after}"
    partner = membership.partner
    record(verb=Verb.ROLE_CHANGED, by=by, partner=partner, subject=membership, note=note)
    return membership


@action
def end_membership(*, membership: Membership, by: User) -> Membership:
    """End the member's role at the partner; RefusedError when no lead or leader would be left."""
    membership = end_current(membership)
    note = f"{membership.person}, {membership.get_role_display().lower()}"
    partner = membership.partner
    record(verb=Verb.MEMBER_REMOVED, by=by, partner=partner, subject=membership, note=note)
    return membership


def end_current(membership: Membership) -> Membership:
    """End a role, inside an action's transaction; the event is the action's own.

    RefusedError when it has ended or changed meanwhile, or when no lead or leader would be left.
    """
    membership = _lock_current(membership)
    _keep_a_lead(membership)
    membership.ended_at = Now()
    membership.save(update_fields=["ended_at"])
    membership.refresh_from_db(fields=["ended_at"])
    return membership


def _lock_current(membership: Membership) -> Membership:
    lock_partner(membership.partner)
    found = Membership.objects.select_related("person", "partner").get(pk=membership.pk)
    if found.ended_at is not None:
        raise RefusedError(f"{found.person} has no role at {found.partner} any more.")
    if found.role != membership.role:
        # Who asked may take the role they saw; whether also this one, nobody has asked.
        label = found.get_role_display().lower()
        raise RefusedError(f"{found.person} is a {label} of {found.partner} by now. Look again.")
    return found


def _keep_a_lead(membership: Membership) -> None:
    """Refuse to take the role of the last one who leads; without one, others may come and go."""
    leading = Membership.objects.current().filter(partner=membership.partner, role__in=LEADS)
    left = leading.exclude(pk=membership.pk)
    if leading.filter(pk=membership.pk).exists() and not left.exists():
        raise RefusedError(
            f"{membership.person} is the last lead or leader of {membership.partner}. "
            "Add another one first."
        )
