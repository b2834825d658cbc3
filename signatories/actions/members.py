"""Give people a role at a partner, change it and end it."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.urls import reverse

from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Membership, Partner, User
from signatories.verbs import LEADS, Verb

Role = Membership.Role


@action
def add_member(*, partner: Partner, email: str, name: str, role: str, by: User) -> Membership:
    """Give the person with that address the role, and tell them.

    A person who is new is made with `name`; one who exists keeps theirs. Raises RefusedError when
    they have a role at the partner already, or when their account is closed.
    """
    _lock(partner)
    person = _person(email, name)
    if not person.is_active:
        raise RefusedError(f"The account of {person.email} is closed. Ask ecda to open it.")
    held = Membership.objects.filter(person=person, partner=partner, ended_at=None).first()
    if held is not None:
        label = held.get_role_display().lower()
        raise RefusedError(f"{person} already has a role at {partner}: {label}.")
    membership = Membership.objects.create(person=person, partner=partner, role=role)
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
    membership = _lock_current(membership)
    _keep_a_lead(membership)
    membership.ended_at = Now()
    membership.save(update_fields=["ended_at"])
    membership.refresh_from_db(fields=["ended_at"])
    note = f"{membership.person}, {membership.get_role_display().lower()}"
    partner = membership.partner
    record(verb=Verb.MEMBER_REMOVED, by=by, partner=partner, subject=membership, note=note)
    return membership


def _lock(partner: Partner) -> None:
    """One change of a partner's members at a time: two leads cannot remove each other at once."""
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)


def _lock_current(membership: Membership) -> Membership:
    _lock(membership.partner)
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


def _person(email: str, name: str) -> User:
    address = email.strip()
    found = User.objects.filter(email__iexact=address).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return User.objects.create_user(address, name=name)
    except (IntegrityError, ValidationError):
        # Added elsewhere in the same moment; anything else is a mistake of the caller.
        found = User.objects.filter(email__iexact=address).first()
        if found is None:
            raise
        return found
