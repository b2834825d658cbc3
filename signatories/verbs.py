"""What can happen in this app, and who is told of it: tables, no ORM."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verb(StrEnum):
    """What an event says happened; the value is how it reads after a person's name."""

    APPOINTED = "gave an office at ecda"
    SIGNED_IN = "signed in"
    MESSAGE_RETRIED = "tried an e-mail again"
    EDITION_PUBLISHED = "published an edition"
    PARTNERS_UPLOADED = "uploaded a partner list"
    PARTNERS_IMPORTED = "imported partners"
    IMPORT_UNDONE = "undid an import of partners"
    IMPORT_RETRIED = "tried to read a partner list again"
    PARTNERS_EXPORTED = "downloaded the partners"
    MEMBER_ADDED = "added a member"
    MEMBER_REMOVED = "removed a member"
    MEMBER_LEFT = "left"
    ROLE_CHANGED = "changed a role"
    INVITED = "invited somebody"
    INVITED_AGAIN = "sent an invitation again"
    INVITATION_CHANGED = "changed an invitation"
    INVITATION_REVOKED = "revoked an invitation"
    INVITATION_ACCEPTED = "accepted an invitation"
    ACCOUNT_MADE = "made an account for an invitation"
    ACCOUNT_CLOSED = "closed an account"
    ACCOUNT_OPENED = "opened an account again"
    PERSON_RENAMED = "changed a name"
    SIGNED = "signed the Declaration"
    SIGNATURE_RECORDED = "recorded a signature given on paper"
    SIGNATURE_WITHDRAWN = "withdrew a signature"
    SCAN_DOWNLOADED = "downloaded the scan of a signature"
    IDENTITY_CONFIRMED = "confirmed by e-mailed code who they are"
    CERTIFICATE_MADE = "made the certificate"
    CERTIFICATE_RETRIED = "tried the certificate again"
    CERTIFICATE_DOWNLOADED = "downloaded the certificate"
    LETTER_SENT = "wrote to partners"
    SUBSCRIPTION_CHANGED = "chose which e-mails to get"


class Topic(StrEnum):
    """What a notice is about; people may turn off all but the essential ones."""

    ESSENTIAL = "essential"
    REMINDERS = "reminders"
    NEWS = "news"


@dataclass(frozen=True)
class Audience:
    """Who is told of an event, in what words, and how soon.

    `roles` of the event's partner and `offices` of ecda are told, and the roles `everywhere` at
    every partner that exists today; never the person who did it.
    `words` may hold `{partner}`, `{by}` and `{note}`.
    `at_once` does not wait for the day's digest: it is the person's turn, or they asked for it.
    """

    words: str
    roles: frozenset[str] = field(default_factory=frozenset)
    offices: frozenset[str] = field(default_factory=frozenset)
    everywhere: frozenset[str] = field(default_factory=frozenset)
    topic: Topic = Topic.NEWS
    at_once: bool = False


LEADS = frozenset({"lead", "leader"})
LEADER = frozenset({"leader"})
MEMBERS = frozenset({"contributor", "lead", "leader"})
ADMINISTRATORS = frozenset({"administrator"})
ECDA = frozenset({"staff", "administrator"})

NOTICES = {
    Verb.EDITION_PUBLISHED: Audience(
        "“{note}” is published. Read it, and sign it for your organisation.",
        everywhere=LEADER,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.SIGNED: Audience("{by} signed {note} for {partner}.", roles=LEADS, offices=ECDA),
    Verb.SIGNATURE_RECORDED: Audience(
        "{by} recorded that {partner} signed on paper: {note}.",
        roles=LEADS,
        offices=ECDA,
        topic=Topic.ESSENTIAL,
    ),
    Verb.SIGNATURE_WITHDRAWN: Audience(
        "{by} withdrew the signature of {partner}. {note}",
        roles=LEADS,
        offices=ECDA,
        topic=Topic.ESSENTIAL,
    ),
    Verb.CERTIFICATE_MADE: Audience(
        "The certificate of {partner} is ready: {note}.",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    # Nobody but the person who was added.
    Verb.MEMBER_ADDED: Audience(
        "You have been added to {partner} as {note}.", topic=Topic.ESSENTIAL, at_once=True
    ),
    # ecda’s people only where they sent the invitation.
    Verb.INVITATION_ACCEPTED: Audience(
        "{by} accepted the invitation to {partner} as {note}.", roles=LEADS
    ),
    Verb.MEMBER_LEFT: Audience("{by} left {partner}.", roles=LEADS),
    Verb.ACCOUNT_CLOSED: Audience(
        "{by} closed the account of {note}.", offices=ECDA, topic=Topic.ESSENTIAL
    ),
    Verb.ACCOUNT_OPENED: Audience(
        "{by} opened the account of {note} again.",
        offices=ECDA,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.APPOINTED: Audience(
        "{by} gave an office at ecda. {note}.",
        offices=ADMINISTRATORS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
}
