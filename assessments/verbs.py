"""What can happen to rounds and assessments, and who is told of it: tables, no ORM."""

from enum import StrEnum

from signatories.verbs import ECDA, LEADER, LEADS, MEMBERS, Audience, Topic


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
    ROUND_PLANNED = "planned a round"
    PLAN_CHANGED = "changed the plan of a round"
    PLAN_DROPPED = "dropped the plan of a round"
    ROUND_DATES_CHANGED = "changed the dates of a round"
    ROUND_CLOSED = "closed a round"
    RELEASED = "released the figures of a round"
    EXTENDED = "gave a partner more time"
    REVIEW_TAKEN = "took on the review"
    REVIEW_TAKEN_OVER = "took over the review"
    REVIEW_GIVEN_BACK = "gave the review back to the queue"
    NOTE_ADDED = "wrote a note for reviewers"
    QUALITY_ASKED = "asked about an answer"
    SUPPORT_ASKED = "asked for support"
    SUPPORT_WITHDRAWN = "withdrew a request for support"
    SUPPORT_TAKEN = "took on a request for support"
    SUPPORT_GIVEN_BACK = "gave back a request for support"
    SUPPORT_REPLIED = "replied to a request for support"
    SUPPORT_DONE = "marked a request for support as done"
    SUPPORT_DECLINED = "declined a request for support"
    SUPPORT_REOPENED = "opened a request for support again"
    CONTACT_GIVEN = "said whom other partners may contact"
    CONTACT_REMOVED = "removed the contact for other partners"
    CONTACT_WANTED = "asked for a contact"
    CONNECTED = "connected two partners"
    PRACTICE_OFFERED = "offered good practice"
    PRACTICE_EDITED = "edited good practice"
    PRACTICE_PUBLISHED = "published good practice"
    PRACTICE_DECLINED = "declined good practice"
    PRACTICE_WITHDRAWN = "withdrew good practice"
    PRACTICE_RECONSIDERED = "took up good practice again"
    PUBLISHING_STARTED = "chose to publish the partner’s ratings"
    PUBLISHING_STOPPED = "took back the choice to publish ratings"
    REMINDED = "reminded of a due date"
    REMINDED_LATE = "reminded of an overdue assessment"


# What partners never see in their timeline: how ecda shares its work.
PRIVATE = frozenset(
    {
        Verb.NOTE_ADDED,
        Verb.REVIEW_TAKEN,
        Verb.REVIEW_TAKEN_OVER,
        Verb.REVIEW_GIVEN_BACK,
        Verb.SUPPORT_GIVEN_BACK,
    }
)


NOTICES = {
    Verb.ROUND_OPENED: Audience(
        "The {note} round of self-assessment is open for {partner}.",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.ROUND_DATES_CHANGED: Audience(
        "The dates of a round of self-assessment have changed for {partner}. Round {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
    ),
    # The leads of what was never sent; ecda is told of the round as a whole.
    Verb.ROUND_CLOSED: Audience(
        "The {note} round has closed, and {partner} did not finish its self-assessment. "
        "Write to ecda if you need more time.",
        roles=LEADS,
    ),
    Verb.EXTENDED: Audience(
        "{partner} has more time for its self-assessment, until {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.JOINED: Audience(
        "{by} started the {note} round of self-assessment for {partner}.",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    # Nobody but the person who uploaded it.
    Verb.FILE_REFUSED: Audience(
        "The virus scanner refused a file of {partner}, and nobody can download it: {note}",
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    # Nobody but the person who is asked.
    Verb.ASSIGNED: Audience(
        "{by} asks you to answer an indicator for {partner}: {note}",
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.SENT: Audience(
        "{by} sent the self-assessment of {partner} for your sign-off.",
        roles=LEADER,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.TAKEN_BACK: Audience(
        "{by} took back the self-assessment of {partner}: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.DECLINED: Audience(
        "{by} sent back the self-assessment of {partner}: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.SIGNED_OFF: Audience(
        "{by} signed off the self-assessment of {partner}, for ecda to review.",
        offices=ECDA,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.CHANGES_REQUESTED: Audience(
        "ecda asks for changes to the self-assessment of {partner}: {note}",
        roles=MEMBERS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.ACCEPTED: Audience(
        "ecda accepted the self-assessment of {partner}.",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.REOPENED: Audience(
        "ecda reopened the self-assessment of {partner}: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    # Nobody but the person who had it.
    Verb.REVIEW_TAKEN_OVER: Audience(
        "{by} took over the review of {partner}, which you had.",
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    # An urgent one does not wait for the digest: see URGENT.
    Verb.SUPPORT_ASKED: Audience("{by} asked for support for {partner}: {note}", offices=ECDA),
    # Who has it at ecda; nobody where nobody does.
    Verb.SUPPORT_WITHDRAWN: Audience("{by} withdrew what {partner} asked support for: {note}"),
    Verb.SUPPORT_TAKEN: Audience(
        "{by} of ecda sees to the support that {partner} asked for: {note}", roles=LEADS
    ),
    Verb.SUPPORT_REPLIED: Audience(
        "{by} of ecda replied about the support that {partner} asked for: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.SUPPORT_DONE: Audience(
        "The support that {partner} asked for is done: {note}", roles=LEADS
    ),
    Verb.SUPPORT_DECLINED: Audience(
        "ecda cannot give the support that {partner} asked for: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
    ),
    Verb.SUPPORT_REOPENED: Audience(
        "{by} of ecda sees again to the support that {partner} asked for: {note}", roles=LEADS
    ),
    Verb.CONTACT_WANTED: Audience(
        "ecda would like to bring {partner} together with another partner, about {note}. "
        "Say whom other partners may contact.",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.CONNECTED: Audience(
        "ecda brings {partner} together with {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    # Asked outside a review; a digest gathers them.
    Verb.QUALITY_ASKED: Audience(
        "{by} of ecda asks {partner} about an answer: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
    ),
    Verb.PRACTICE_OFFERED: Audience(
        "{by} offered good practice of {partner}: {note}", offices=ECDA
    ),
    # What everybody reads under the partner’s name is essential for its leads to know.
    Verb.PRACTICE_EDITED: Audience(
        "ecda changed the words of good practice that {partner} shares with everybody: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
    ),
    Verb.PRACTICE_PUBLISHED: Audience(
        "ecda published good practice of {partner} for everybody to read: {note}. "
        "You can withdraw it on its page at any time.",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
    ),
    Verb.PRACTICE_DECLINED: Audience(
        "ecda does not publish good practice of {partner}: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
    ),
    Verb.PRACTICE_RECONSIDERED: Audience(
        "ecda considers good practice of {partner} again: {note}",
        roles=LEADS,
        topic=Topic.ESSENTIAL,
    ),
    Verb.PRACTICE_WITHDRAWN: Audience(
        "{by} withdrew good practice of {partner}: {note}", offices=ECDA
    ),
    # What everybody may read of the partner is essential for its leads to know.
    Verb.PUBLISHING_STARTED: Audience(
        "{by} chose that everybody may see the ratings of {partner}, from the next round whose "
        "figures are released.",
        roles=LEADS,
        offices=ECDA,
        topic=Topic.ESSENTIAL,
    ),
    Verb.PUBLISHING_STOPPED: Audience(
        "{by} took back the choice that everybody may see the ratings of {partner}. {note}",
        roles=LEADS,
        offices=ECDA,
        topic=Topic.ESSENTIAL,
    ),
    # Whom, and in what words, is said in dashboards/reminders.py. The last ones come to everybody.
    Verb.REMINDED: Audience("The self-assessment of {partner} for {note}", topic=Topic.REMINDERS),
    Verb.REMINDED_LATE: Audience(
        "The self-assessment of {partner} for {note}", topic=Topic.ESSENTIAL
    ),
}

# The last reminder before the date comes to those too who turned reminders off.
LAST = {
    Verb.REMINDED: Audience("The self-assessment of {partner} for {note}", topic=Topic.ESSENTIAL)
}

# The same events where others are meant: what partners write goes to who has it at ecda, or to all
# there while nobody does; and what is needed now does not wait for the day’s digest.
TO_ECDA = {
    Verb.SUPPORT_REPLIED: Audience(
        "{by} wrote about the support that {partner} asked for: {note}",
        offices=ECDA,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
}
TO_OWNER = {
    Verb.SUPPORT_REPLIED: Audience(
        "{by} wrote about the support that {partner} asked for: {note}",
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
}
# Who had it has left ecda, so all there are told in their place.
LEFT_OWNER = {
    Verb.SUPPORT_WITHDRAWN: Audience(
        "{by} withdrew what {partner} asked support for: {note}", offices=ECDA
    ),
}
URGENT = {
    Verb.SUPPORT_ASKED: Audience(
        "{by} asked for support for {partner}, and needs it now: {note}",
        offices=ECDA,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
}

# What ecda is told of a round as a whole.
OF_ROUNDS = {
    Verb.ROUND_CLOSED: Audience("A round has closed. {note}", offices=ECDA),
    Verb.RELEASED: Audience("{by} released the figures of a round. {note}", offices=ECDA),
}
