"""The words of e-mails that are sent at once, each to one address."""

from dataclasses import dataclass
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from signatories.models import Invitation, Membership

Role = Membership.Role

MAY = {
    Role.CONTRIBUTOR: "Contributors answer indicators, add evidence and ask for support.",
    Role.LEAD: (
        "Leads answer indicators, look after the members and send the assessment for sign-off."
    ),
    Role.LEADER: "Leaders sign the Declaration and sign off assessments.",
}


@dataclass(frozen=True)
class Letter:
    """What an e-mail says."""

    subject: str
    body: str


def invitation_letter(invitation: Invitation) -> Letter:
    """Tell an address which role it is offered, at which partner, by whom and until when."""
    partner, by = _one_line(invitation.partner.name), _one_line(str(invitation.invited_by))
    role = invitation.get_role_display().lower()
    until = f"{timezone.localtime(invitation.expires_at):%-d %B %Y, %H:%M}"
    hello = f"Hello {_one_line(invitation.name)}," if invitation.name else "Hello,"
    lines = [
        hello,
        "",
        f"{by} invites you to work on the Essex Data Declaration for {partner}, as {role}.",
        MAY[Role(invitation.role)],
        "",
        "Read and accept the invitation here:",
        settings.PUBLIC_URL + reverse("signatories:invitation-detail", args=[invitation.code]),
        "",
        f"It is for {invitation.email} only and works until {until}.",
        "You need no password: to sign in you enter a code, which we send to this address.",
        "",
        "If you did not expect this, you need do nothing. Until you accept, you have no role.",
        "",
        "Essex Centre for Data Analytics",
        settings.PUBLIC_URL,
        "",
    ]
    return Letter(f"Invitation to the Essex Data Declaration: {partner}"[:200], "\n".join(lines))


def new_message_id() -> str:
    """Return a Message-ID that no other e-mail has."""
    return make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost")


def _one_line(text: str) -> str:
    """A name may have been typed with line ends; a line of an e-mail is one."""
    return " ".join(text.split())
