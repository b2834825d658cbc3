"""Give people an office at ecda."""

from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Event, User
from signatories.verbs import Verb


@action
def appoint(*, email: str, name: str, office: User.Office, by: User | None) -> User:
    """Give the person with this address the office, and add them if nobody has the address.

    Somebody who is known keeps their name. `by` is None when a command does it. RefusedError when
    the account is closed.
    """
    person = User.objects.select_for_update().filter(email__iexact=email.strip()).first()
    if person is None:
        person = User.objects.create_user(email, name=name, office=office)
    elif not person.is_active:
        raise RefusedError(f"The account of {person} is closed.")
    else:
        person.office = office
        person.save(update_fields=["office"])
    note = f"{person.email}: {office.label.lower()}"
    record(verb=Verb.APPOINTED, by=by, subject=person, note=note)
    return person


@action
def note_sign_in(*, by: User) -> Event:
    """Append to the timeline that the person has signed in."""
    return record(verb=Verb.SIGNED_IN, by=by, subject=by)
