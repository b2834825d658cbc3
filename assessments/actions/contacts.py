"""Whom other partners may contact: a lead says so, takes it back, or is asked by ecda."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from assessments.actions.support_moves import NOT_YOURS, lock_partner, lock_request, side_of
from assessments.dashboards.support_detail import wanted_of
from assessments.helping import Side
from assessments.models import Contact, SupportRequest
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Membership, Partner, User
from signatories.verbs import LEADS


class OtherContactError(RefusedError):
    """Another lead has named somebody since the page was opened; `contact` is whom."""

    def __init__(self, contact: Contact) -> None:
        super().__init__(
            f"{contact.agreed_by} saved another contact after you had opened this page. It is "
            "below. Your fields hold what you typed. Save again to put it in the other’s place."
        )
        self.contact = contact


@action
def give_contact(
    *,
    partner: Partner,
    name: str,
    job_title: str,
    email: str,
    phone: str,
    by: User,
    seen: datetime | None = None,
) -> Contact:
    """Say whom other partners may contact, in the place of whom was named before.

    `seen` is when the contact that the person saw was agreed, None for none. OtherContactError
    when somebody else is named by now; RefusedError when `by` does not lead the partner's work.
    """
    _require_lead(partner, by)
    said = {"name": name, "job_title": job_title, "email": email, "phone": phone}
    lock_partner(partner)
    stored = Contact.objects.filter(partner=partner).select_related("agreed_by").first()
    if stored and stored.agreed_at != seen and said != {key: getattr(stored, key) for key in said}:
        raise OtherContactError(stored)
    agreed = {"agreed_by": by, "agreed_at": timezone.now()}
    contact, _ = Contact.objects.update_or_create(partner=partner, defaults=said | agreed)
    _note(Verb.CONTACT_GIVEN, partner, by)
    return contact


@action
def remove_contact(*, partner: Partner, by: User) -> None:
    """Let nobody be contacted any more; what was given to others before stays with them.

    Nothing happens when there is no contact. RefusedError when `by` does not lead the partner's
    work.
    """
    _require_lead(partner, by)
    removed, _ = Contact.objects.filter(partner=partner).delete()
    if removed:
        _note(Verb.CONTACT_REMOVED, partner, by)


@action
def want_contact(*, request: SupportRequest, partner: Partner, by: User) -> None:
    """Ask the partner's leads whom others may contact, so that it can be connected.

    RefusedError when the request has ended, the partner has given a contact, was asked within the
    last days or has nobody to ask, or when the request is not for `by` to see to.
    """
    # Two who ask the same partner at once: the second sees that it has been asked. Partners are
    # locked before requests, as in asking for support.
    lock_partner(partner)
    locked = lock_request(request)
    if side_of(by, locked.partner) != Side.ECDA:
        raise RefusedError(NOT_YOURS[Side.ECDA])
    if locked.ended_at is not None:
        raise RefusedError("This request has ended, so nobody is connected about it.")
    if Contact.objects.filter(partner=partner).exists():
        raise RefusedError(f"{partner} has given a contact. Load the page again.")
    asked = wanted_of([partner]).get(partner.pk)
    if asked is not None and asked.is_recent:
        asked_on = timezone.localdate(asked.at)
        raise RefusedError(f"{asked.by} asked {partner} for a contact on {asked_on:%-d %B %Y}.")
    leads = Membership.objects.current().filter(partner=partner, role__in=LEADS)
    if not leads.filter(person__is_active=True).exists():
        raise RefusedError(f"{partner} has no lead or leader who could be asked. Invite one first.")
    record(
        verb=Verb.CONTACT_WANTED,
        by=by,
        partner=partner,
        subject=locked,
        note=str(locked.indicator),
        path=reverse("assessments:contact-edit", args=[partner.slug]),
        notices=NOTICES,
    )


def _require_lead(partner: Partner, by: User) -> None:
    leads = Membership.objects.current().filter(partner=partner, person=by, role__in=LEADS)
    if not (by.is_active and leads.exists()):
        raise RefusedError(f"A lead or leader of {partner} says whom other partners may contact.")


def _note(verb: Verb, partner: Partner, by: User) -> None:
    """The event without the contact itself: that can be removed, and the timeline cannot."""
    record(verb=verb, by=by, partner=partner, notices=NOTICES)
