"""Invitations for tests: made as the portal makes them, then moved in time."""

from datetime import timedelta

from django.db.models import F

from signatories.actions.invitations import invite
from signatories.models import Invitation, Message, Partner, User

ADDRESS = "nia@example.org"


def invited(
    partner: Partner, by: User, email: str = ADDRESS, role: str = "contributor", name: str = "Nia N"
) -> Invitation:
    """An invitation that has just been sent."""
    return invite(partner=partner, email=email, name=name, role=role, by=by)


def move_back(invitation: Invitation, **by: float) -> Invitation:
    """The invitation, as if it had been sent so long ago, and its e-mail handed over."""
    ago = timedelta(**by)
    Invitation.objects.filter(pk=invitation.pk).update(
        sent_at=F("sent_at") - ago, expires_at=F("expires_at") - ago
    )
    Message.objects.filter(key=invitation.message_key).update(attempt=1)
    invitation.refresh_from_db()
    return invitation


def letters(email: str = ADDRESS) -> list[Message]:
    """The e-mails to the address, oldest first."""
    return list(Message.objects.filter(to=email).order_by("pk"))
