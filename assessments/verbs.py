"""What can happen to rounds and assessments, and who is told of it: tables, no ORM."""

from enum import StrEnum

from signatories.verbs import ECDA, LEADER, LEADS, MEMBERS, Audience


class Verb(StrEnum):
    """What an event says happened; the value is how it reads after a person's name."""

    ROUND_OPENED = "opened a round"
    JOINED = "joined the round"
    STARTED = "started the self-assessment"
    EVIDENCE_REMOVED = "removed a link from the evidence"
    FILES_ADDED = "added files to the evidence"
    FILE_REPLACED = "replaced a file of the evidence"
    FILE_REMOVED = "removed a file from the evidence"
    FILE_DOWNLOADED = "downloaded a file of the evidence"
    FILE_REFUSED = "refused a file of the evidence"
    FILE_RETRIED = "had a file of the evidence scanned again"
    EVIDENCE_CHANGED = "changed a piece of evidence"
    IMPROVEMENT_ADDED = "added an improvement"
    IMPROVEMENT_CHANGED = "changed an improvement"
    ASSIGNED = "assigned an indicator"
    UNASSIGNED = "took back the assignment of an indicator"
    RESTORED = "restored an earlier answer"
    CARRIED_FORWARD = "brought forward earlier answers"
    SHEET_DOWNLOADED = "downloaded the answers as a spreadsheet"
    SHEET_CONFIRMED = "brought back a spreadsheet of answers"
    DOCUMENT_REQUESTED = "asked for a document"
    DOCUMENT_RETRIED = "tried a document again"
    DOCUMENT_DOWNLOADED = "downloaded a document"
    SENT = "sent the self-assessment for sign-off"
    TAKEN_BACK = "took back the self-assessment"
    DECLINED = "sent back the self-assessment"
    SIGNED_OFF = "signed off the self-assessment"
    CHANGES_REQUESTED = "requested changes"
    ACCEPTED = "accepted the self-assessment"
    REOPENED = "reopened the self-assessment"


NOTICES = {
    Verb.ROUND_OPENED: Audience(
        "The {note} round of self-assessment is open for {partner}.", roles=LEADS
    ),
    Verb.JOINED: Audience(
        "{by} started the {note} round of self-assessment for {partner}.", roles=LEADS
    ),
    # Nobody but the person who uploaded it.
    Verb.FILE_REFUSED: Audience(
        "The virus scanner refused a file of {partner}, and nobody can download it: {note}"
    ),
    # Nobody but the person who is asked.
    Verb.ASSIGNED: Audience("{by} asks you to answer an indicator for {partner}: {note}"),
    Verb.SENT: Audience(
        "{by} sent the self-assessment of {partner} for your sign-off.", roles=LEADER
    ),
    Verb.TAKEN_BACK: Audience(
        "{by} took back the self-assessment of {partner}: {note}", roles=LEADS
    ),
    Verb.DECLINED: Audience("{by} sent back the self-assessment of {partner}: {note}", roles=LEADS),
    Verb.SIGNED_OFF: Audience(
        "{by} signed off the self-assessment of {partner}. It is waiting for review.",
        offices=ECDA,
    ),
    Verb.CHANGES_REQUESTED: Audience(
        "ecda asks for changes to the self-assessment of {partner}: {note}", roles=MEMBERS
    ),
    Verb.ACCEPTED: Audience("ecda accepted the self-assessment of {partner}.", roles=LEADS),
    Verb.REOPENED: Audience("ecda reopened the self-assessment of {partner}: {note}", roles=LEADS),
}
