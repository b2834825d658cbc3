"""The service navigation: what each audience is offered, with the current page marked."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class ShownTo(Enum):
    """Who is shown an item."""

    EVERYONE = auto()
    NOT_ECDA = auto()
    STRANGERS = auto()
    PARTNERS = auto()
    SIGNED_IN = auto()
    STAFF = auto()
    ADMINISTRATORS = auto()


@dataclass(frozen=True)
class Item:
    """One link of the navigation, by the name of its URL; `section` are the pages it leads to."""

    text: str
    url_name: str
    shown_to: ShownTo
    section: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Organisation:
    """Whose page this is; `switch_url` leads to the person's other ones, where there are any."""

    name: str
    url: str
    switch_url: str = ""


SERVICE_NAME = "Essex Data Declaration"
HOME = "progress:home"
CHECKED = frozenset({"signatories:certificate-detail", "signatories:certificate-check-file"})
SIGNATORIES = frozenset({"progress:partner-public"})
# A partner’s pages are its members’ own; ecda comes to them from several places.
MINE = frozenset(
    {
        "progress:partner-home",
        "progress:partner-progress",
        "progress:publishing-detail",
        "progress:publishing-start",
        "progress:partner-timeline",
        "progress:assessment-timeline",
        "progress:report-list",
        "progress:report-request",
        "progress:report-detail",
        "progress:report-page",
        "assessments:assessment-detail",
        "assessments:assessment-check",
        "assessments:assessment-send",
        "assessments:assessment-sent",
        "assessments:assessment-sign-off",
        "assessments:answer-edit",
        "assessments:answer-save",
        "assessments:answer-add-link",
        "assessments:evidence-detail",
        "assessments:evidence-remove",
        "assessments:evidence-unpublish",
        "assessments:evidence-upload",
        "assessments:answer-assign",
        "assessments:answer-history",
        "assessments:answer-restore",
        "assessments:improvement-list",
        "assessments:improvement-add",
        "assessments:improvement-edit",
        "assessments:support-list",
        "assessments:support-detail",
        "assessments:support-reply",
        "assessments:support-ask",
        "assessments:contact-edit",
        "assessments:offer-list",
        "assessments:offer-detail",
        "assessments:draft-detail",
        "assessments:document-detail",
        "assessments:sheet-upload",
        "assessments:sheet-detail",
        "assessments:sheet-confirm",
        "assessments:practice-offer",
        "assessments:practice-offer-send",
        "assessments:practice-own-list",
        "assessments:practice-withdraw",
        "assessments:practice-withdraw-confirm",
        "signatories:member-list",
        "signatories:invitation-create",
        "signatories:member-detail",
        "signatories:membership-leave",
        "signatories:signature-create",
        "signatories:signature-confirm",
        "signatories:signature-list",
        "signatories:signature-detail",
        "signatories:signature-withdraw",
        "signatories:withdrawal-confirm",
    }
)
REVIEW = frozenset(
    {
        "assessments:review-detail",
        "assessments:review-accept",
        "assessments:review-request-changes",
        "assessments:review-reopen",
        "assessments:review-take",
        "assessments:review-give-back",
        "assessments:review-take-over",
        "assessments:review-keep",
        "assessments:note-add",
        "assessments:quality-list",
    }
)
PRACTICE = frozenset(
    {
        "assessments:practice-detail",
        "assessments:practice-queue",
        "assessments:practice-edit",
        "assessments:practice-save",
        "assessments:practice-publish",
        "assessments:practice-decline",
        "assessments:practice-unpublish",
    }
)
ROUNDS = frozenset(
    {
        "assessments:round-plan",
        "assessments:round-detail",
        "assessments:round-edit",
        "assessments:round-drop",
        "assessments:round-drop-confirm",
        "assessments:round-open",
        "assessments:round-open-confirm",
        "assessments:round-dates",
        "assessments:round-close",
        "assessments:round-close-confirm",
        "assessments:assessment-extend",
        "assessments:release-create",
        "assessments:release-confirm",
        "assessments:release-detail",
    }
)
REPORTS = frozenset(
    {"progress:report-staff-request", "progress:report-detail", "progress:report-page"}
)
SUPPORT = frozenset(
    {
        "assessments:support-detail",
        "assessments:support-reply",
        "assessments:support-decline",
        "assessments:support-connect",
        "assessments:offer-list",
        "assessments:offer-detail",
    }
)
IMPORT = frozenset(
    {
        "signatories:partner-import",
        "signatories:import-detail",
        "signatories:import-choose",
        "signatories:paper-signature",
    }
)
MESSAGES = frozenset(
    {
        "signatories:message-detail",
        "signatories:letter-list",
        "signatories:letter-detail",
        "assessments:letter-write",
        "assessments:letter-send",
        "assessments:reminder-list",
    }
)
PEOPLE = frozenset({"signatories:person-add", "signatories:person-detail"})
FIGURES = frozenset({"progress:indicator-detail", "progress:commitment-detail"})
# ecda has more pages than fit beside the public ones: the service’s name leads it home, the
# footer to the Declaration, the signatories and the certificates.
ITEMS = (
    Item("Home", HOME, ShownTo.NOT_ECDA),
    Item("The Declaration", "commitments:declaration", ShownTo.NOT_ECDA),
    # “Register” beside “Sign in” would be taken for making an account.
    Item("Signatories", "signatories:register", ShownTo.NOT_ECDA, SIGNATORIES),
    Item("Progress", "progress:public-progress", ShownTo.NOT_ECDA),
    Item("Check a certificate", "signatories:certificate-check", ShownTo.NOT_ECDA, CHECKED),
    Item("Good practice", "assessments:practice-list", ShownTo.EVERYONE, PRACTICE),
    Item("Your partners", "progress:start", ShownTo.PARTNERS, MINE),
    Item("Overview", "progress:overview", ShownTo.STAFF),
    Item("Heatmap", "progress:heatmap", ShownTo.STAFF, FIGURES),
    Item("Reports", "progress:report-staff-list", ShownTo.STAFF, REPORTS),
    Item("Reviews", "assessments:review-queue", ShownTo.STAFF, REVIEW),
    Item("Support", "assessments:support-queue", ShownTo.STAFF, SUPPORT),
    Item("Rounds", "assessments:round-list", ShownTo.STAFF, ROUNDS),
    Item("Messages", "signatories:message-list", ShownTo.STAFF, MESSAGES),
    Item("Partners", "signatories:partner-list", ShownTo.ADMINISTRATORS, IMPORT),
    Item("People", "signatories:person-list", ShownTo.ADMINISTRATORS, PEOPLE),
    Item("Sign in", "account_login", ShownTo.STRANGERS),
    Item("Sign out", "account_logout", ShownTo.SIGNED_IN),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates the parameters of GOV.UK's service navigation; no queries of its own.

    Whose page it is was noted in the request by whoever fetched what the page is about. A name that
    does not resolve is a mistake in `ITEMS` and raises.
    """
    groups = groups_of(getattr(request, "user", None))
    match = request.resolver_match
    here = match.view_name if match else ""
    links = [
        {
            "text": item.text,
            "href": reverse(item.url_name),
            "current": item.url_name == here,
            "active": here in item.section,
        }
        for item in ITEMS
        if item.shown_to in groups
    ]
    service = {"serviceName": SERVICE_NAME, "serviceUrl": reverse(HOME)}
    shown = service | {"navigation": links}
    return {
        "navigation": shown,
        "organisation": getattr(request, "organisation", None),
        "session_seconds": settings.SESSION_COOKIE_AGE,
    }


def groups_of(user: Any) -> set[ShownTo]:
    """Return the groups a person belongs to; before sign-in `user` may be missing."""
    if user is None or not user.is_authenticated:
        return {ShownTo.EVERYONE, ShownTo.NOT_ECDA, ShownTo.STRANGERS}
    office = getattr(user, "office", "")
    groups = {ShownTo.EVERYONE, ShownTo.SIGNED_IN}
    if office in {"staff", "administrator"}:
        groups.add(ShownTo.STAFF)
    else:
        groups |= {ShownTo.NOT_ECDA, ShownTo.PARTNERS}
    if office == "administrator":
        groups.add(ShownTo.ADMINISTRATORS)
    return groups
