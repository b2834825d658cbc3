"""For a partner's leads and leaders, and for ecda: who belongs to the partner."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from declaration.actions import RefusedError
from signatories import access
from signatories.access import Request
from signatories.actions.members import change_role, end_membership
from signatories.dashboards import invitations as dashboard
from signatories.dashboards.people import led_only_by
from signatories.forms import RoleForm
from signatories.models import Membership, Partner


@require_safe
def member_list(request: Request, slug: str) -> HttpResponse:
    """Show who has which role at the partner, who is invited, and who was a member before."""
    partner = access.partner_or_404(request, slug)
    access.require_members_reader(request, partner)
    grantable = access.grantable_roles(request.user, partner)
    everybody = Membership.objects.filter(partner=partner).select_related("person")
    memberships = list(everybody.order_by("person__name", "pk"))
    invited = dashboard.invited(partner)
    context = {
        "partner": partner,
        "members": [(one, one.role in grantable) for one in memberships if not one.ended_at],
        "invited": [(one, one.role in grantable) for one in invited],
        "former": [one for one in memberships if one.ended_at],
        "may_invite": bool(grantable),
    }
    return render(request, "signatories/member_list.html", context)


@require_safe
def member_detail(request: Request, slug: str, pk: int) -> HttpResponse:
    """Show one member, with a form for another role and a button to remove them."""
    partner = access.partner_or_404(request, slug)
    member = access.membership_or_404(partner, pk)
    roles = access.require_grantable(request, partner, member.role)
    if member.ended_at is not None:
        return redirect("signatories:member-list", slug)
    form = RoleForm(initial={"role": member.role}, roles=roles)
    return _page(request, member, form)


@require_POST
def member_role(request: Request, slug: str, pk: int) -> HttpResponse:
    """Give a member another role."""
    partner = access.partner_or_404(request, slug)
    member = access.membership_or_404(partner, pk)
    roles = access.require_grantable(request, partner, member.role)
    form = RoleForm(request.POST, roles=roles)
    if not form.is_valid():
        return _page(request, member, form)
    try:
        member = change_role(membership=member, role=form.cleaned_data["role"], by=request.user)
    except RefusedError as error:
        messages.warning(request, str(error))
        return _back_to_list(request, partner)
    label = member.get_role_display().lower()
    messages.success(request, f"{member.person} is now a {label} of {partner}.")
    return _back_to_list(request, partner)


@require_POST
def member_remove(request: Request, slug: str, pk: int) -> HttpResponse:
    """End a member's role."""
    partner = access.partner_or_404(request, slug)
    member = access.membership_or_404(partner, pk)
    access.require_grantable(request, partner, member.role)
    try:
        end_membership(membership=member, by=request.user)
    except RefusedError as error:
        messages.warning(request, str(error))
        return _back_to_list(request, partner)
    messages.success(request, f"{member.person} has no role at {partner} any more.")
    return _back_to_list(request, partner)


def _page(request: Request, member: Membership, form: RoleForm) -> HttpResponse:
    """Show the member; who leads as the last one is not offered to be removed."""
    context = {
        "partner": member.partner,
        "member": member,
        "form": form,
        "is_last": led_only_by(member.person).filter(pk=member.partner.pk).exists(),
    }
    return render(request, "signatories/member_detail.html", context)


def _back_to_list(request: Request, partner: Partner) -> HttpResponse:
    """Go to the list, or to the start for somebody who has just lost sight of it."""
    user = request.user
    if user.is_ecda or access.grantable_roles(user, partner):
        return redirect("signatories:member-list", partner.slug)
    return redirect("progress:start")
