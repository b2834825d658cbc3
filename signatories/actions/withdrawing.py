"""Withdraw a signature: shown with its reason from then on, never deleted."""

from django.db.models.functions import Now

from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.actions.signing import signature_path
from signatories.models import Signature, User
from signatories.verbs import Verb

MAX_REASON = 1000


class AlreadyWithdrawnError(RefusedError):
    """The signature was withdrawn before; nothing has changed."""


@action
def withdraw(*, signature: Signature, reason: str, by: User) -> Signature:
    """Withdraw the signature for the reason, which everybody can read; the partner may sign again.

    Raises AlreadyWithdrawnError when it was withdrawn meanwhile, RefusedError without a reason or
    with one of more than 1,000 characters.
    """
    # Without who has withdrawn it: a row joined to a locked one is as it was before the wait.
    related = Signature.objects.select_related("partner", "edition")
    found = related.select_for_update(of=("self",)).get(pk=signature.pk)
    if found.withdrawn_at is not None:
        raise AlreadyWithdrawnError(f"{found.withdrawn_by} has withdrawn this signature already.")
    reason = reason.strip()
    if not reason:
        raise RefusedError("A withdrawal needs a reason, so nothing was withdrawn.")
    if len(reason) > MAX_REASON:
        raise RefusedError("The reason must be 1,000 characters or fewer.")
    found.withdrawn_at, found.withdrawn_by = Now(), by
    found.withdrawal_reason = reason
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    found.refresh_from_db(fields=["withdrawn_at"])
    record(
        verb=Verb.SIGNATURE_WITHDRAWN,
        by=by,
        partner=found.partner,
        subject=found,
        note=f"{found.edition.title}. Reason: {reason}",
        path=signature_path(found),
    )
    return found
