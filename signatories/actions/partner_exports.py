"""Note that partners were taken out of the portal."""

from declaration.actions import action
from signatories.actions.events import record
from signatories.models import Event, User
from signatories.verbs import Verb


@action
def export_partners(*, what: str, by: User) -> Event:
    """Record that the person downloaded partners and their leads; `what` says which and how."""
    return record(verb=Verb.PARTNERS_EXPORTED, by=by, note=what)
