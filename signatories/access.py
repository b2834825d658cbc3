"""Who may see and do what: fetch what a person may have, or refuse.

Another partner's things do not exist for a person (404). Their own partner's things exist, but
some need more than their role (403). These functions read; the actions decide *when*.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from signatories.models import Certificate, Membership, Partner, Signature, User

Role = Membership.Role

# Each role may do what the ones before it may.
RANK = {Role.CONTRIBUTOR: 1, Role.LEAD: 2, Role.LEADER: 3}


class Request(HttpRequest):
    """A request of a person who has signed in."""

    user: User


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
    found = Partner.objects.visible_to(request.user).filter(slug=slug).first()
    if found is None:
        raise Http404("No such partner.")
    return found


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


def signature_or_404(partner: Partner) -> Signature:
    """The partner's signature of the newest edition it has signed, with its certificate."""
    live = Signature.objects.live().filter(partner=partner)
    related = live.select_related("certificate", "edition", "partner", "signed_by")
    found = related.order_by("-edition__published_at").first()
    if found is None:
        raise Http404("Not signed yet.")
    return found


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
