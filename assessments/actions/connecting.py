"""Bring together a partner who asked for support and one who can help."""

from django.urls import reverse

from assessments.actions.support_moves import lock, reachable
from assessments.models import Connection, Contact, SupportRequest
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Membership, Partner, User


@action
def connect(*, request: SupportRequest, helper: Partner, note: str, by: User) -> Connection:
    """Connect the partner who asked with the helper, and give each side the other's contact.

    Connecting the same two again changes nothing and tells nobody. RefusedError when the request
    has ended, the helper is the partner itself or exists no more, a side has not agreed to be
    contacted, or the request is not for `by` to see to.
    """
    locked, state = lock(request, "connect", by)
    if helper.pk == locked.partner_id:
        raise RefusedError("Nobody is connected with themselves. Choose another partner.")
    if made := Connection.objects.filter(request=locked, helper=helper).first():
        return made
    if not Partner.objects.active().filter(pk=helper.pk).exists():
        raise RefusedError(f"{helper} exists no more. Choose another partner.")
    contacts = _contacts(locked.partner, helper)
    made = Connection.objects.create(
        request=locked,
        helper=helper,
        note=note.strip(),
        asker_contact=in_words(contacts[locked.partner_id]),
        helper_contact=in_words(contacts[helper.pk]),
        made_by=by,
    )
    locked.state, locked.owner = state, locked.owner or by
    locked.save(update_fields=["state", "owner"])
    _tell_both(made, locked, by)
    return made


def _contacts(*partners: Partner) -> dict[int, Contact]:
    """The contacts by partner, which nobody changes or removes until they have been given."""
    found = Contact.objects.select_for_update(of=("self",)).filter(partner__in=partners)
    contacts = {contact.partner_id: contact for contact in found.order_by("pk")}
    missing = [str(partner) for partner in partners if partner.pk not in contacts]
    if missing:
        have = "has" if len(missing) == 1 else "have"
        raise RefusedError(
            f"{' and '.join(missing)} {have} not said whom other partners may contact. "
            "Ask for a contact first."
        )
    return contacts


def in_words(contact: Contact) -> str:
    """The contact as the other side reads it."""
    said = (contact.name, contact.job_title, contact.email, contact.phone)
    return ", ".join(each for each in said if each)


def _tell_both(made: Connection, request: SupportRequest, by: User) -> None:
    """One event and one notice for each person of a side, with the other side's contact.

    Leads are told on both sides, and at the partner who asked also whoever asked. The events say
    nothing of the contacts: they stay, and a contact can be taken away.
    """
    asker, helper = request.partner, made.helper
    asked_by = Membership.objects.current().filter(partner=asker, person=request.asked_by)
    record(
        verb=Verb.CONNECTED,
        by=by,
        partner=asker,
        subject=request,
        note=f"{helper}, about {request.indicator}.",
        told=_given(helper, request, made.helper_contact, made.note),
        path=reverse("assessments:support-detail", args=[request.pk]),
        notices=NOTICES,
        also=reachable(request.asked_by) if asked_by.exists() else (),
    )
    record(
        verb=Verb.CONNECTED,
        by=by,
        partner=helper,
        subject=made,
        note=f"{asker}, about {request.indicator}.",
        told=_given(asker, request, made.asker_contact, made.note),
        path=f"{reverse('assessments:support-list', args=[helper.slug])}#helping",
        notices=NOTICES,
    )


def _given(other: Partner, request: SupportRequest, contact: str, note: str) -> str:
    words = f"{other}, about {request.indicator}. Their contact: {contact}."
    return f"{words} {note}" if note else words
