"""Who may see and do what: fetch what a person may have, or refuse.

Another partner's things do not exist for a person (404). Their own partner's things exist, but
some need more than their role (403). These functions read; the actions decide *when*.
"""

from typing import Any, TypeVar

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from declaration.navigation import Organisation
from signatories.models import (
    Certificate,
    Invitation,
    Membership,
    Partner,
    PartnerImport,
    Signature,
    User,
)

Role = Membership.Role
Row = TypeVar("Row", bound=Model)
UNSUBSCRIBE = "unsubscribe"

# Each role may do what the ones before it may.
RANK = {Role.CONTRIBUTOR: 1, Role.LEAD: 2, Role.LEADER: 3}


class Request(HttpRequest):
    """A request of a person who has signed in."""

    user: User
    # Set where a page is about one partner.
    organisation: Organisation


def role_at(user: User, partner: Partner) -> Role | None:
    """The person's current role at the partner; None when they do not belong to it."""
    found = Membership.objects.current().filter(person=user, partner=partner)
    role = found.values_list("role", flat=True).first()
    return Role(role) if role else None


def has_role(role: Role | None, least: Role) -> bool:
    """Whether the role is the least one or includes it."""
    return role is not None and RANK[role] >= RANK[least]


def partner_or_404(request: Request, slug: str) -> Partner:
    """The partner, for its members and for ecda; 404 for everybody else."""
    visible = Partner.objects.visible_to(request.user).filter(slug=slug)
    found = with_other_partners(visible, request.user, "pk").first()
    if found is None:
        raise Http404("No such partner.")
    note_organisation(request, found, has_others=found.has_others)
    partner: Partner = found
    return partner


def with_other_partners(rows: QuerySet[Row], user: User, partner: str) -> QuerySet[Any]:
    """The rows with `has_others`: whether the person belongs to partners besides the row's.

    `partner` is the path from the row to its partner.
    """
    others = Membership.objects.current().filter(person=user).exclude(partner=OuterRef(partner))
    return rows.annotate(has_others=Exists(others))


def note_organisation(request: Request, partner: Partner, *, has_others: bool) -> None:
    """Say whose page this is, for the bar above it; people of several partners may switch."""
    home = reverse("progress:partner-home", args=[partner.slug])
    # Asked for: people of ecda would be led to their overview otherwise.
    switch = f"{reverse('progress:start')}?switch=yes" if has_others else ""
    request.organisation = Organisation(partner.name, home, switch)


def require_role(request: Request, partner: Partner, least: Role) -> Role:
    """The person's role at the partner; 403 when it is not at least the one needed."""
    role = role_at(request.user, partner)
    if role is None or not has_role(role, least):
        raise PermissionDenied(f"This needs the role {least.label.lower()} at {partner}.")
    return role


def require_ecda(request: Request) -> User:
    """The person, when they work for ecda; 403 for everybody else."""
    if not request.user.is_ecda:
        raise PermissionDenied("This page is for ecda’s staff.")
    return request.user


def require_administrator(request: Request) -> User:
    """The person, when they run the portal; 403 for everybody else."""
    if not request.user.is_administrator:
        raise PermissionDenied("This page is for administrators.")
    return request.user


def grantable_roles(user: User, partner: Partner) -> frozenset[Role]:
    """The roles that the person may give and take at the partner.

    Leads and leaders: contributor and lead. Only administrators appoint leaders.
    """
    if user.is_administrator:
        return frozenset(Role)
    if has_role(role_at(user, partner), Role.LEAD):
        return frozenset({Role.CONTRIBUTOR, Role.LEAD})
    return frozenset()


def inviter_may_still(invitation: Invitation) -> bool:
    """Whether the person who sent it may give its role today."""
    by = invitation.invited_by
    return by.is_active and invitation.role in grantable_roles(by, invitation.partner)


def is_new(user: User) -> bool:
    """Whether the person has never had a role or an office, so that nobody knows their name."""
    return not user.office and not Membership.objects.filter(person=user).exists()


def require_members_reader(request: Request, partner: Partner) -> None:
    """Let leads, leaders and ecda see who belongs to the partner; 403 for contributors."""
    if not request.user.is_ecda:
        require_role(request, partner, Role.LEAD)


def require_grantable(request: Request, partner: Partner, *roles: str) -> frozenset[Role]:
    """The roles the person may give; 403 when there are none, or when one of `roles` is not."""
    grantable = grantable_roles(request.user, partner)
    if not grantable or not grantable.issuperset(roles):
        raise PermissionDenied(f"Your role does not let you do this at {partner}.")
    return grantable


def membership_or_404(partner: Partner, pk: int) -> Membership:
    """A membership of the partner, current or ended; 404 for other partners’."""
    here = Membership.objects.filter(partner=partner).select_related("person", "partner")
    found = here.filter(pk=pk).first()
    if found is None:
        raise Http404("No such member.")
    return found


def invitation_or_404(partner: Partner, pk: int) -> Invitation:
    """An invitation of the partner, whatever has become of it; 404 for other partners’."""
    found = Invitation.objects.filter(partner=partner, pk=pk).select_related("partner").first()
    if found is None:
        raise Http404("No such invitation.")
    return found


def invitation_with_code(code: str) -> Invitation | None:
    """The invitation whose link has this code; open to everyone who has the link."""
    related = Invitation.objects.select_related("partner", "invited_by", "accepted_by")
    return related.filter(code=code).first()


def import_or_404(request: Request, pk: int) -> PartnerImport:
    """An uploaded partner list without its bytes, for administrators; 403 for everybody else."""
    require_administrator(request)
    related = PartnerImport.objects.select_related("confirmed_by", "undone_by", "uploaded_by")
    found = related.defer("content").filter(pk=pk).first()
    if found is None:
        raise Http404("No such partner list.")
    return found


def signatures_of(partner: Partner) -> QuerySet[Certificate]:
    """The certificates of all the partner's signatures, with these and what they are worth now.

    Those of the newest edition first, and of an edition the latest.
    """
    found = Certificate.objects.with_validity().filter(signature__partner=partner)
    related = found.select_related(
        "signature__edition",
        "signature__partner",
        "signature__signed_by",
        "signature__recorded_by",
        "signature__withdrawn_by",
    )
    return related.order_by("-signature__edition__published_at", "-signature_id")


def signed_or_404(partner: Partner, pk: int) -> Certificate:
    """A signature of the partner, by its certificate; 404 for other partners’."""
    found = signatures_of(partner).filter(signature_id=pk).first()
    if found is None:
        raise Http404("No such signature.")
    return found


def may_withdraw(user: User, signature: Signature) -> bool:
    """Whether it is for this person to withdraw it: a leader, or who may record it from paper."""
    if signature.on_paper and user.is_administrator:
        return True
    return has_role(role_at(user, signature.partner), Role.LEADER)


def require_withdrawer(request: Request, signature: Signature) -> None:
    """Let leaders withdraw, and administrators what was signed on paper; 403 for the others."""
    if not may_withdraw(request.user, signature):
        raise PermissionDenied("A leader of the partner withdraws its signature.")


def unsubscribe_token(person: User) -> str:
    """What the link to turn e-mails off is made with: always the same, and nobody else can."""
    return signing.Signer(salt=UNSUBSCRIBE).sign_object(person.pk)


def unsubscriber(token: str) -> User | None:
    """Whose e-mails the link turns off; None for a link that we did not make."""
    try:
        pk = signing.Signer(salt=UNSUBSCRIBE).unsign_object(token)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk).first()


def certificate_with_code(code: str) -> Certificate | None:
    """The certificate whose check page has this code; open to everyone."""
    found = Certificate.objects.with_validity().select_related("signature__edition")
    return found.filter(code=code).first()


def certificate_by_number(typed: str) -> Certificate | None:
    """The certificate with this number or code, however a person typed it off paper.

    Numbers: any case, with or without hyphen and spaces. Codes: also with their whole address.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if found := Certificate.objects.filter(number=f"{signs[:4]}-{signs[4:]}").first():
        return found
    code = typed.strip().rstrip("/").rsplit("/", 1)[-1]
    return Certificate.objects.filter(code=code).first()


def certificate_of_file(sha256: str) -> Certificate | None:
    """The certificate whose PDF has this hash; open to everyone who has the PDF."""
    made = Certificate.objects.filter(state=Certificate.State.DONE)
    return made.filter(sha256=sha256).first()
