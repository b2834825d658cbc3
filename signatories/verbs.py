"""What can happen in this app, and who is told of it: tables, no ORM."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verb(StrEnum):
    """What an event says happened; the value is how it reads after a person's name."""

    APPOINTED = "gave an office at ecda"
    SIGNED_IN = "signed in"
    MESSAGE_RETRIED = "tried an e-mail again"
    EDITION_PUBLISHED = "published an edition"
    PARTNERS_IMPORTED = "imported partners"
    MEMBER_ADDED = "added a member"
    MEMBER_REMOVED = "removed a member"
    ROLE_CHANGED = "changed a role"
    SIGNED = "signed the Declaration"
    CERTIFICATE_MADE = "made the certificate"
    CERTIFICATE_RETRIED = "tried the certificate again"
    CERTIFICATE_DOWNLOADED = "downloaded the certificate"


@dataclass(frozen=True)
class Audience:
    """Who is told of an event, and in what words.

    `roles` of the event's partner and `offices` of ecda are told, never the person who did it.
    `words` may hold `{partner}`, `{by}` and `{note}`.
    """

    words: str
    roles: frozenset[str] = field(default_factory=frozenset)
    offices: frozenset[str] = field(default_factory=frozenset)


LEADS = frozenset({"lead", "leader"})
LEADER = frozenset({"leader"})
MEMBERS = frozenset({"contributor", "lead", "leader"})
ECDA = frozenset({"staff", "administrator"})

NOTICES = {
    Verb.SIGNED: Audience("{by} signed the Declaration for {partner}.", roles=LEADS, offices=ECDA),
    Verb.CERTIFICATE_MADE: Audience("The certificate of {partner} is ready.", roles=LEADS),
    # Nobody but the person who was added.
    Verb.MEMBER_ADDED: Audience("You have been added to {partner} as {note}."),
}
