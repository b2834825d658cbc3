"""What can be seen of invitations: by those who sent them, and by those who were invited."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Lower, Now

from commitments.models import Edition
from signatories.access import inviter_may_still, is_new
from signatories.models import Invitation, Membership, Message, Partner, Signature, User
from signatories.verbs import LEADS

State = Invitation.State


@dataclass(frozen=True)
class Invited:
    """An invitation that nobody has accepted or revoked yet, for the members page."""

    pk: int
    email: str
    name: str
    role: str
    role_label: str
    by: str
    sent_at: datetime
    expires_at: datetime
    is_expired: bool
    # The mail server has refused the e-mail for good.
    is_unsent: bool
    # Whoever sent it may not give the role any more, so that it cannot be accepted.
    is_void: bool


@dataclass(frozen=True)
class Offer:
    """An invitation as the one who was invited sees it among their partners."""

    code: str
    partner: str
    role_label: str
    by: str
    expires_at: datetime


@dataclass(frozen=True)
class Addressee:
    """Who the invited address belongs to, and their role at the partner, if they have any."""

    is_closed: bool = False
    role_label: str = ""
    # Nobody knows them yet, so they say what they are called.
    is_new: bool = False


def invited(partner: Partner) -> list[Invited]:
    """Who waits for an answer of the partner, or lets it wait for theirs; by address."""
    waiting = Invitation.objects.waiting().filter(partner=partner).select_related("invited_by")
    rows = list(waiting.order_by("email"))
    keys = [row.message_key for row in rows]
    failed = Message.objects.filter(key__in=keys, state=Message.State.FAILED)
    unsent = set(failed.values_list("key", flat=True))
    leading = Membership.objects.current().filter(partner=partner, role__in=LEADS)
    leads = set(leading.values_list("person_id", flat=True))
    return [
        Invited(
            pk=row.pk,
            email=row.email,
            name=row.name,
            role=row.role,
            role_label=row.get_role_display(),
            by=str(row.invited_by),
            sent_at=row.sent_at,
            expires_at=row.expires_at,
            is_expired=row.state == State.EXPIRED,
            is_unsent=row.message_key in unsent,
            is_void=not _may_give(row, leads),
        )
        for row in rows
    ]


def _may_give(row: Invitation, leads: set[int]) -> bool:
    """As `access.inviter_may_still` has it, of all invitations in one query."""
    by = row.invited_by
    leads_here = by.is_active and by.pk in leads and row.role != Membership.Role.LEADER
    return by.is_administrator or leads_here


def times_sent(partner: Partner, email: str) -> int:
    """How often the waiting invitation of the address was sent; 0 when there is none."""
    waiting = Invitation.objects.waiting().filter(partner=partner, email=email.strip().lower())
    return waiting.values_list("sent_count", flat=True).first() or 0


def offers_to(user: User) -> list[Offer]:
    """The invitations that the person can accept now, by partner."""
    mine = Invitation.objects.waiting().filter(email=user.email.lower(), expires_at__gt=Now())
    rows = mine.select_related("partner", "invited_by").order_by("partner__name")
    return [
        Offer(
            row.code, str(row.partner), row.get_role_display(), str(row.invited_by), row.expires_at
        )
        for row in rows
    ]


def addressee(invitation: Invitation) -> Addressee:
    """Whose address it is by now."""
    people = User.objects.alias(small=Lower("email"))
    person = people.filter(small=invitation.email).first()
    if person is None:
        return Addressee()
    held = Membership.objects.filter(
        person=person, partner=invitation.partner, ended_at__isnull=True
    ).first()
    label = held.get_role_display() if held else ""
    return Addressee(
        is_closed=not person.is_active,
        role_label=label,
        is_new=held is None and is_new(person),
    )


def trouble(invitation: Invitation) -> str:
    """Why a waiting invitation cannot be accepted, whoever it is for: a partner or a person."""
    if not Partner.objects.active().filter(pk=invitation.partner_id).exists():
        return "partner"
    return "" if inviter_may_still(invitation) else "person"


def asks_for_name(invitation: Invitation, user: User) -> bool:
    """Whether the person is to say what they are called when they accept it."""
    return user.email.lower() == invitation.email and not trouble(invitation) and is_new(user)


def waits_for_signature(partner: Partner) -> bool:
    """Whether the newest edition has no signature of the partner."""
    edition = Edition.objects.published().first()
    live = Signature.objects.live().filter(partner=partner, edition=edition)
    return edition is not None and not live.exists()
