"""The facts about who has promised it, a module for each aggregate."""

from signatories.models.events import Event
from signatories.models.imports import ImportRow, PartnerImport
from signatories.models.invitations import Invitation
from signatories.models.memberships import Membership
from signatories.models.messages import Letter, Message, Notice
from signatories.models.partners import Partner
from signatories.models.signatures import Certificate, Signature
from signatories.models.users import User

__all__ = [
    "Certificate",
    "Event",
    "ImportRow",
    "Invitation",
    "Letter",
    "Membership",
    "Message",
    "Notice",
    "Partner",
    "PartnerImport",
    "Signature",
    "User",
]
