"""The e-mails of invitations: how often they are sent, and which have not left yet."""

from datetime import datetime, timedelta

from django.db.models.functions import Now
from django.utils import timezone

from declaration import jobs
from declaration.actions import RefusedError
from signatories.emails import invitation_letter, new_message_id
from signatories.models import Event, Invitation, Message, Partner, User
from signatories.verbs import Verb

# How long an invitation waits before it is sent once more: nobody’s letterbox is to be filled.
SEND_AGAIN_AFTER = timedelta(minutes=5)
# How many one person sends in an hour; administrators send as many as they need.
PER_HOUR = 50


def write_to(invitation: Invitation, person: User | None) -> None:
    """Write to the address; `person` is whose it is, if anybody's."""
    message = letter_for(invitation, person)
    message.save()
    jobs.ring(message)


def letter_for(invitation: Invitation, person: User | None) -> Message:
    """The e-mail of the invitation, not saved."""
    letter = invitation_letter(invitation)
    return Message(
        key=invitation.message_key,
        kind=Message.Kind.INVITATION,
        person=person,
        to=invitation.email,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        message_id=new_message_id(),
    )


def keep_back(invitation: Invitation) -> None:
    """Delete the e-mail that was last sent for it, unless a worker has had it in hand."""
    unsent = Message.objects.filter(state=Message.State.QUEUED, attempt=0)
    unsent.filter(key=invitation.message_key).delete()


def refuse_many(by: User) -> None:
    """Raise RefusedError when the person has sent as many in the last hour as anybody may."""
    if by.is_administrator:
        return
    # Counted from the timeline, which nobody clears: revoked ones count, and each time one was
    # sent again.
    sent = Event.objects.filter(verb__in=[Verb.INVITED, Verb.INVITED_AGAIN], by=by)
    if sent.filter(at__gt=Now() - timedelta(hours=1)).count() >= PER_HOUR:
        raise RefusedError(
            f"You have sent {PER_HOUR} invitations in the last hour, which is as many as one "
            "person may. Wait an hour, or ask ecda to send them."
        )


def refuse_soon(partner: Partner, address: str) -> None:
    """Raise RefusedError when the partner wrote to the address minutes ago, whatever came of it."""
    sent = Invitation.objects.filter(partner=partner, email=address)
    last = sent.filter(sent_at__gt=Now() - SEND_AGAIN_AFTER).order_by("-sent_at").first()
    if last is not None:
        raise too_soon(address, last.sent_at)


def too_soon(address: str, sent: datetime) -> RefusedError:
    """The refusal to write to an address again; it says when it can be done."""
    again = sent + SEND_AGAIN_AFTER + timedelta(minutes=1)
    return RefusedError(
        f"An invitation was sent to {address} at {timezone.localtime(sent):%H:%M}. "
        f"You can send it again at {timezone.localtime(again):%H:%M}."
    )
