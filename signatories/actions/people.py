"""Give people an office at ecda, change their names, close and open their accounts."""

from django.urls import reverse

from declaration.actions import RefusedError, action
from declaration.sessions import end_sessions
from signatories.actions.events import record
from signatories.actions.members import find_person
from signatories.dashboards.people import led_only_by
from signatories.models import Event, Membership, Notice, Partner, User
from signatories.verbs import Verb

Office = User.Office


@action
def appoint(*, email: str, name: str, office: User.Office, by: User | None) -> User:
    """Give the person with this address the office, and add them if nobody has the address.

    Somebody who is known keeps their name. They are told, unless a command does it (`by` is None).
    RefusedError when it is one's own address, when the account is closed, or when the portal would
    be left without an administrator.
    """
    administrators = _lock_administrators()
    known = find_person(email)
    if known is None:
        person = User.objects.create_user(email, name=name, office=office)
        _record_office(person, by)
    else:
        person = _lock(known)
        _give_office(person, office, administrators, by)
    return person


@action
def change_office(*, person: User, office: User.Office, by: User) -> User:
    """Give the person the office, or take it from them; it counts from their next click.

    RefusedError when it is their own, when the account is closed, or when the portal would be left
    without an administrator.
    """
    administrators = _lock_administrators()
    person = _lock(person)
    if person.office != office:
        _give_office(person, office, administrators, by)
    return person


@action
def rename(*, person: User, name: str, by: User) -> User:
    """Change how the person is called; what they signed keeps the name that they signed with."""
    person = _lock(person)
    before, person.name = person.name, name
    if before != name:
        person.save(update_fields=["name"])
        note = f"from {before} to {name}"
        record(verb=Verb.PERSON_RENAMED, by=by, subject=person, note=note)
    return person


@action
def close_account(*, person: User, by: User) -> User:
    """Sign the person out everywhere and let them in no more; their roles rest meanwhile.

    What waits to be told to them is not told any more. ecda is told, and which partners are left
    without anybody who leads them. RefusedError when it is one's own account, the last
    administrator's, or closed already.
    """
    administrators = _lock_administrators()
    person = _lock(person)
    if person.pk == by.pk:
        raise RefusedError("You cannot close your own account. Ask another administrator.")
    if not person.is_active:
        raise RefusedError(f"The account of {person} is closed already.")
    _keep_an_administrator(person, administrators)
    left = _lock_left_without(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(person.pk)
    Notice.objects.filter(person=person, message=None).delete()
    names = ", ".join(partner.name for partner in left)
    without = f". Now without a lead or leader: {names}" if left else ""
    note = f"{person} ({person.email}){without}"
    record(verb=Verb.ACCOUNT_CLOSED, by=by, subject=person, note=note)
    return person


@action
def open_account(*, person: User, by: User) -> User:
    """Let the person in again, with the office and the roles that have not ended meanwhile.

    They and ecda are told. RefusedError when the account is open already.
    """
    person = _lock(person)
    if person.is_active:
        raise RefusedError(f"The account of {person} is open already.")
    person.is_active = True
    person.save(update_fields=["is_active"])
    note = f"{person} ({person.email})"
    record(verb=Verb.ACCOUNT_OPENED, by=by, subject=person, note=note, also=[person])
    return person


@action
def note_sign_in(*, by: User) -> Event:
    """Append to the timeline that the person has signed in."""
    return record(verb=Verb.SIGNED_IN, by=by, subject=by)


def _lock_left_without(person: User) -> list[Partner]:
    """The partners that nobody else leads, by name; their members do not change meanwhile."""
    theirs = Membership.objects.filter(person=person, ended_at__isnull=True)
    of_person = Partner.objects.filter(pk__in=theirs.values("partner")).order_by("pk")
    list(of_person.select_for_update(no_key=True))
    return list(led_only_by(person))


def _lock(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _lock_administrators() -> set[int]:
    """Who runs the portal; one change of them at a time, or two could take the office from each
    other.
    """
    locked = User.objects.select_for_update(no_key=True)
    found = locked.filter(office=Office.ADMINISTRATOR, is_active=True).order_by("pk")
    return set(found.values_list("pk", flat=True))


def _keep_an_administrator(person: User, administrators: set[int]) -> None:
    if administrators == {person.pk}:
        raise RefusedError(
            f"{person} is the last administrator. Make somebody else an administrator first."
        )


def _give_office(
    person: User, office: User.Office, administrators: set[int], by: User | None
) -> None:
    if person == by:
        raise RefusedError(
            "You cannot change your own office. Ask another administrator to change it."
        )
    if not person.is_active:
        raise RefusedError(f"The account of {person} is closed.")
    if office != Office.ADMINISTRATOR:
        _keep_an_administrator(person, administrators)
    person.office = office
    person.save(update_fields=["office"])
    _record_office(person, by)


def _record_office(person: User, by: User | None) -> None:
    note = f"{person.email}: {person.get_office_display().lower()}"
    path, told = reverse("progress:start"), [] if by is None else [person]
    record(verb=Verb.APPOINTED, by=by, subject=person, note=note, path=path, also=told)
