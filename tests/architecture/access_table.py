"""Who may see and do what: one row for every URL of the portal.

A row names the object in the URL and, for GET and for POST, what each kind of person gets:
OK (let in: a page, a redirect onwards, or a refusal in words because of the object's state),
SIGN_IN, 403 (their own partner, too little role), 404 (not theirs) or 405 (no such method).
The objects belong to partner A; its assessment is a draft.
"""

from dataclasses import dataclass
from typing import Final

OK: Final = 200
SIGN_IN: Final = 302

# Persona: what it is to partner A.
PERSONAS = (
    "anonymous",
    "disabled",
    "stranger",
    "former",
    "contributor",
    "lead",
    "leader",
    "staff",
    "staff_member",
    "administrator",
)

Outcome = dict[str, int]


def outcome(**given: int) -> Outcome:
    """What each persona gets; those not named get what the group they are in gets."""
    outsiders = {"anonymous": SIGN_IN, "disabled": SIGN_IN, "stranger": 404, "former": 404}
    inside = dict.fromkeys(PERSONAS[4:], OK)
    return outsiders | inside | given


def everybody(status: int) -> Outcome:
    """The same for all, signed in or not."""
    return dict.fromkeys(PERSONAS, status)


def signed_in(status: int) -> Outcome:
    """The same for all who have signed in; the others are asked to."""
    return outcome(**dict.fromkeys(PERSONAS[2:], status))


PUBLIC = everybody(OK)
NOBODY = everybody(405)
ANYONE_IN = signed_in(OK)
NOT_SO = signed_in(405)

# Pages about a partner.
MEMBERS_AND_ECDA = outcome()
NO_ECDA = {"staff": 403, "administrator": 403}
CONTRIBUTORS = outcome(**NO_ECDA)
LEADS = outcome(contributor=403, staff_member=403, **NO_ECDA)
LEADERS = outcome(contributor=403, lead=403, staff_member=403, **NO_ECDA)
LEADS_AND_ADMINISTRATORS = outcome(contributor=403, staff_member=403, staff=403)
LEADS_AND_ECDA = outcome(contributor=403)

# What a lead of partner A keeps to themselves.
OWN_ONLY = outcome(contributor=404, leader=404, staff=404, staff_member=404, administrator=404)

# Pages of ecda.
OUTSIDERS = {"stranger": 403, "former": 403, "contributor": 403, "lead": 403, "leader": 403}
ECDA = outcome(**OUTSIDERS)
ADMINISTRATORS = outcome(**OUTSIDERS, staff=403, staff_member=403)
# ecda's pages about partner A's assessment: its own people may not, and a stranger sees nothing.
REVIEWERS = outcome(contributor=403, lead=403, leader=403, staff_member=403)
# Not published: nobody else learns that it is there.
OFFERED_ONLY = outcome(anonymous=404, disabled=404)


@dataclass(frozen=True)
class Row:
    """One URL: its name, the object in it, and what each persona gets."""

    name: str
    needs: str
    get: Outcome
    post: Outcome


def page(name: str, get: Outcome, needs: str = "", post: Outcome | None = None) -> Row:
    """A page that is read, and takes a form back where `post` says so."""
    return Row(name, needs, get, post or (NOBODY if get is PUBLIC else NOT_SO))


def verb(name: str, post: Outcome, needs: str) -> Row:
    """A change: POST only."""
    return Row(name, needs, NOT_SO, post)


TABLE = [
    # commitments
    page("commitments:declaration", PUBLIC),
    # signatories: the public
    page("signatories:register", PUBLIC),
    page("signatories:register-export", PUBLIC),
    page("signatories:certificate-check", PUBLIC),
    Row("signatories:certificate-check-file", "", NOBODY, PUBLIC),
    page("signatories:certificate-detail", PUBLIC, "certificate"),
    # signatories: signing
    page("signatories:signature-create", LEADERS, "partner"),
    verb("signatories:signature-confirm", LEADERS, "partner"),
    page("signatories:signature-list", MEMBERS_AND_ECDA, "partner"),
    page("signatories:signature-detail", MEMBERS_AND_ECDA, "signature"),
    page("signatories:certificate-status", MEMBERS_AND_ECDA, "signature"),
    page("signatories:certificate-download", MEMBERS_AND_ECDA, "signature"),
    verb("signatories:certificate-retry", MEMBERS_AND_ECDA, "signature"),
    # It was signed here: administrators withdraw what they recorded from paper.
    page("signatories:signature-withdraw", LEADERS, "signature"),
    verb("signatories:withdrawal-confirm", LEADERS, "signature"),
    page("signatories:paper-signature", ADMINISTRATORS, "partner", post=ADMINISTRATORS),
    page("signatories:scan-download", MEMBERS_AND_ECDA, "signature"),
    # signatories: people
    page("signatories:member-list", LEADS_AND_ECDA, "partner"),
    page(
        "signatories:invitation-create",
        LEADS_AND_ADMINISTRATORS,
        "partner",
        post=LEADS_AND_ADMINISTRATORS,
    ),
    verb("signatories:invitation-send-again", LEADS_AND_ADMINISTRATORS, "invitation"),
    verb("signatories:invitation-revoke", LEADS_AND_ADMINISTRATORS, "invitation"),
    # Whoever has the link may read it; whose address it is for is asked for when they accept.
    page("signatories:invitation-detail", PUBLIC, "invitation link"),
    Row("signatories:invitation-start", "invitation link", NOBODY, PUBLIC),
    Row("signatories:invitation-accept", "invitation link", NOBODY, PUBLIC),
    page("signatories:member-detail", LEADS_AND_ADMINISTRATORS, "membership"),
    verb("signatories:member-remove", LEADS_AND_ADMINISTRATORS, "membership"),
    verb("signatories:member-role", LEADS_AND_ADMINISTRATORS, "membership"),
    page("signatories:membership-leave", CONTRIBUTORS, "partner"),
    verb("signatories:membership-leave-confirm", CONTRIBUTORS, "partner"),
    page("signatories:person-list", ADMINISTRATORS),
    page("signatories:person-add", ADMINISTRATORS, post=ADMINISTRATORS),
    page("signatories:person-detail", ADMINISTRATORS, "person"),
    verb("signatories:person-name", ADMINISTRATORS, "person"),
    verb("signatories:person-office", ADMINISTRATORS, "person"),
    verb("signatories:person-close", ADMINISTRATORS, "person"),
    verb("signatories:person-open", ADMINISTRATORS, "person"),
    # signatories: partner lists
    page("signatories:partner-list", ADMINISTRATORS),
    page("signatories:partner-export", ADMINISTRATORS),
    page("signatories:partner-workbook", ADMINISTRATORS),
    page("signatories:partner-import", ADMINISTRATORS, post=ADMINISTRATORS),
    page("signatories:partner-template", ADMINISTRATORS),
    page("signatories:partner-example", ADMINISTRATORS),
    page("signatories:partner-template-workbook", ADMINISTRATORS),
    page("signatories:import-detail", ADMINISTRATORS, "import"),
    page("signatories:import-status", ADMINISTRATORS, "import"),
    page("signatories:import-choose", ADMINISTRATORS, "import"),
    page("signatories:import-refused", ADMINISTRATORS, "import"),
    verb("signatories:import-retry", ECDA, "import"),
    verb("signatories:import-preview", ADMINISTRATORS, "import"),
    verb("signatories:import-confirm", ADMINISTRATORS, "import"),
    verb("signatories:import-undo", ADMINISTRATORS, "import"),
    verb("signatories:message-retry", ECDA, "message"),
    verb("signatories:message-retry-all", ECDA, ""),
    page("signatories:message-list", ECDA),
    page("signatories:message-export", ECDA),
    page("signatories:message-workbook", ECDA),
    page("signatories:message-detail", ECDA, "message"),
    page("signatories:letter-list", ECDA),
    page("signatories:letter-detail", ECDA, "letter"),
    page("signatories:subscription", ANYONE_IN),
    verb("signatories:subscription-save", ANYONE_IN, ""),
    # Whoever has the link from the e-mail; a mail program presses it without the page.
    page("signatories:unsubscribe", PUBLIC, "unsubscribe link"),
    Row("signatories:unsubscribe-confirm", "unsubscribe link", PUBLIC, PUBLIC),
    # assessments: a partner's own
    page("assessments:assessment-detail", MEMBERS_AND_ECDA, "assessment"),
    page("assessments:answer-edit", MEMBERS_AND_ECDA, "answer"),
    verb("assessments:answer-save", CONTRIBUTORS, "answer"),
    verb("assessments:answer-draft", CONTRIBUTORS, "answer"),
    verb("assessments:answer-presence", CONTRIBUTORS, "answer"),
    verb("assessments:draft-discard", CONTRIBUTORS, "answer"),
    page("assessments:draft-detail", OWN_ONLY, "draft"),
    verb("assessments:draft-detail-discard", OWN_ONLY, "draft"),
    page("assessments:answer-assign", LEADS, "answer", post=LEADS),
    verb("assessments:answer-unassign", LEADS, "answer"),
    page("assessments:answer-history", CONTRIBUTORS, "answer"),
    verb("assessments:answer-restore", CONTRIBUTORS, "answer"),
    page("assessments:improvement-list", MEMBERS_AND_ECDA, "partner"),
    page("assessments:improvement-add", CONTRIBUTORS, "partner", post=CONTRIBUTORS),
    page("assessments:improvement-edit", MEMBERS_AND_ECDA, "improvement", post=CONTRIBUTORS),
    verb("assessments:answer-add-link", CONTRIBUTORS, "answer"),
    verb("assessments:evidence-upload", CONTRIBUTORS, "answer"),
    page("assessments:evidence-detail", MEMBERS_AND_ECDA, "evidence", post=CONTRIBUTORS),
    verb("assessments:evidence-remove", CONTRIBUTORS, "evidence"),
    verb("assessments:evidence-unpublish", LEADS, "evidence"),
    # Not shown to the public; where it is, see tests/assessments/test_evidence_downloads.py.
    page("assessments:evidence-download", MEMBERS_AND_ECDA, "evidence file", post=NOBODY),
    verb("assessments:evidence-retry", MEMBERS_AND_ECDA, "evidence file"),
    page("assessments:assessment-check", MEMBERS_AND_ECDA, "assessment"),
    verb("assessments:assessment-carry-forward", LEADS, "assessment"),
    verb("assessments:assessment-send", LEADS, "assessment"),
    page("assessments:assessment-sent", MEMBERS_AND_ECDA, "assessment"),
    verb("assessments:assessment-take-back", LEADS, "assessment"),
    page("assessments:assessment-sign-off", LEADERS, "assessment"),
    verb("assessments:assessment-sign-off-confirm", LEADERS, "assessment"),
    verb("assessments:assessment-decline", LEADERS, "assessment"),
    verb("assessments:assessment-start", CONTRIBUTORS, "partner round"),
    page("assessments:sheet-download", MEMBERS_AND_ECDA, "assessment"),
    page("assessments:sheet-upload", CONTRIBUTORS, "assessment", post=CONTRIBUTORS),
    page("assessments:sheet-detail", OWN_ONLY, "sheet upload"),
    verb("assessments:sheet-confirm", OWN_ONLY, "sheet upload"),
    verb("assessments:sheet-discard", OWN_ONLY, "sheet upload"),
    verb("assessments:document-request", MEMBERS_AND_ECDA, "assessment"),
    verb("assessments:questions-request", ANYONE_IN, "round"),
    page("assessments:document-detail", MEMBERS_AND_ECDA, "document"),
    page("assessments:document-status", MEMBERS_AND_ECDA, "document"),
    page("assessments:document-download", MEMBERS_AND_ECDA, "document"),
    verb("assessments:document-retry", MEMBERS_AND_ECDA, "document"),
    # assessments: support. Members act for their partner, also those who work for ecda.
    page("assessments:support-detail", MEMBERS_AND_ECDA, "support"),
    verb("assessments:support-reply", MEMBERS_AND_ECDA, "support"),
    verb("assessments:support-withdraw", CONTRIBUTORS, "support"),
    page("assessments:support-list", MEMBERS_AND_ECDA, "partner"),
    page("assessments:support-ask", CONTRIBUTORS, "partner", post=CONTRIBUTORS),
    page("assessments:contact-edit", LEADS, "partner", post=LEADS),
    verb("assessments:contact-remove", LEADS, "partner"),
    page("assessments:offer-list", ANYONE_IN),
    page("assessments:offer-detail", ANYONE_IN, "offer"),
    page("assessments:support-queue", ECDA),
    page("assessments:support-export", ECDA),
    page("assessments:support-workbook", ECDA),
    verb("assessments:support-take", REVIEWERS, "support"),
    verb("assessments:support-give-back", REVIEWERS, "support"),
    verb("assessments:support-finish", REVIEWERS, "support"),
    verb("assessments:support-decline", REVIEWERS, "support"),
    verb("assessments:support-reopen", REVIEWERS, "support"),
    verb("assessments:support-connect", REVIEWERS, "support"),
    verb("assessments:support-want-contact", REVIEWERS, "support"),
    # assessments: ecda
    page("assessments:review-queue", ECDA),
    page("assessments:review-export", ECDA),
    page("assessments:review-workbook", ECDA),
    page("assessments:review-detail", REVIEWERS, "assessment"),
    verb("assessments:review-accept", REVIEWERS, "assessment"),
    verb("assessments:review-request-changes", REVIEWERS, "assessment"),
    verb("assessments:review-reopen", REVIEWERS, "assessment"),
    verb("assessments:review-take", REVIEWERS, "assessment"),
    verb("assessments:review-give-back", REVIEWERS, "assessment"),
    verb("assessments:review-take-over", REVIEWERS, "assessment"),
    verb("assessments:review-keep", REVIEWERS, "assessment"),
    verb("assessments:review-discard", REVIEWERS, "assessment"),
    verb("assessments:note-add", REVIEWERS, "assessment"),
    page("assessments:reminder-list", ECDA),
    page("assessments:letter-write", ECDA, post=ECDA),
    verb("assessments:letter-send", ECDA, ""),
    page("assessments:round-list", ECDA),
    page("assessments:round-plan", ECDA, post=ECDA),
    page("assessments:round-detail", ECDA, "round"),
    page("assessments:round-export", ECDA, "round"),
    page("assessments:round-workbook", ECDA, "round"),
    page("assessments:round-edit", ECDA, "round", post=ECDA),
    page("assessments:round-drop", ECDA, "round"),
    verb("assessments:round-drop-confirm", ECDA, "round"),
    page("assessments:round-open", ECDA, "round"),
    verb("assessments:round-open-confirm", ECDA, "round"),
    page("assessments:round-dates", ECDA, "round", post=ECDA),
    page("assessments:round-close", ECDA, "round"),
    verb("assessments:round-close-confirm", ECDA, "round"),
    page("assessments:assessment-extend", REVIEWERS, "assessment", post=REVIEWERS),
    page("assessments:release-create", ECDA, "round"),
    verb("assessments:release-confirm", ECDA, "round"),
    page("assessments:release-detail", ECDA, "release"),
    # assessments: good practice. Partner A’s is offered; what is published is for everybody, see
    # tests/assessments/test_practice_pages.py.
    page("assessments:practice-list", PUBLIC),
    page("assessments:practice-detail", OFFERED_ONLY, "practice", post=NOBODY),
    page("assessments:practice-offer", LEADS, "answer"),
    verb("assessments:practice-offer-send", LEADS, "answer"),
    page("assessments:practice-own-list", MEMBERS_AND_ECDA, "partner"),
    page("assessments:practice-withdraw", LEADS, "practice"),
    verb("assessments:practice-withdraw-confirm", LEADS, "practice"),
    page("assessments:practice-queue", ECDA),
    page("assessments:practice-export", ECDA),
    page("assessments:practice-workbook", ECDA),
    page("assessments:practice-edit", ECDA, "practice"),
    verb("assessments:practice-save", ECDA, "practice"),
    verb("assessments:practice-publish", ECDA, "practice"),
    verb("assessments:practice-decline", ECDA, "practice"),
    verb("assessments:practice-unpublish", ECDA, "practice"),
    verb("assessments:practice-reconsider", ECDA, "practice"),
    # assessments: quality checks
    page("assessments:quality-list", ECDA),
    verb("assessments:quality-ask", ECDA, ""),
    page("assessments:quality-export", ECDA),
    page("assessments:quality-workbook", ECDA),
    # the floor
    page("healthz", PUBLIC),
    page("readyz", PUBLIC),
]

# allauth's pages. OK is also being led onwards: into the portal, or from a link that has ended to
# the page for a new one. The personas sign in with codes, so none has a password to give again.


def account(name: str, who: Outcome, needs: str = "", post: Outcome | None = None) -> Row:
    """A page of allauth's, which takes its form back from the same people."""
    return Row(name, needs, who, post or who)


TAKEN_OFF = signed_in(404)
# Whoever has not asked for a code is sent to the sign-in page first.
AFTER_ASKING = everybody(OK) | {"anonymous": SIGN_IN, "disabled": SIGN_IN}

ACCOUNTS = [
    account("account_login", PUBLIC),
    account("account_logout", PUBLIC),
    account("account_inactive", PUBLIC, post=NOBODY),
    account("account_signup", PUBLIC),  # it says that there is none
    account("account_request_login_code", PUBLIC),
    account("account_confirm_login_code", AFTER_ASKING),
    account("account_reset_password", PUBLIC),
    account("account_reset_password_done", PUBLIC, post=NOBODY),
    account("account_reset_password_from_key", PUBLIC, "reset link"),
    account("account_reset_password_from_key_done", PUBLIC, post=NOBODY),
    account("account_change_password", ANYONE_IN),
    account("account_set_password", ANYONE_IN),
    account("account_reauthenticate", signed_in(403)),
    account("account_email", TAKEN_OFF),
    account("account_email_verification_sent", PUBLIC, post=NOBODY),
    account("account_confirm_email", PUBLIC, "e-mail link", post=everybody(404)),
    account("admin_view_on_site", TAKEN_OFF, "rest"),
    account("admin_password_change", ANYONE_IN),  # leads to account_change_password
]

# Mounted only where OUTBOX_ROOT is set.
OUTBOX = [
    page("outbox:message-list", PUBLIC),
    page("outbox:message-detail", PUBLIC, "mail"),
]
