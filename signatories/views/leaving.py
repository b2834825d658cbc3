"""For anybody who belongs to a partner: leave it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from signatories import access
from signatories.access import Request, Role
from signatories.actions.leaving import leave
from signatories.dashboards.people import led_only_by
from signatories.models import Membership, Partner


@require_safe
def membership_leave(request: Request, slug: str) -> HttpResponse:
    """Say what leaving means and ask whether they want to; the last who leads cannot."""
    partner = access.partner_or_404(request, slug)
    context = {
        "partner": partner,
        "membership": _own(request, partner),
        "is_last": led_only_by(request.user).filter(pk=partner.pk).exists(),
        "may_invite": bool(access.grantable_roles(request.user, partner)),
    }
    return render(request, "signatories/leave.html", context)


@require_POST
def membership_leave_confirm(request: Request, slug: str) -> HttpResponse:
    """End the person's own role, and lead them to the partners that they have left."""
    partner = access.partner_or_404(request, slug)
    leave(membership=_own(request, partner), by=request.user)
    messages.success(request, f"You have left {partner}.")
    return redirect("progress:start")


def _own(request: Request, partner: Partner) -> Membership:
    """The person's own role; 403 for people of ecda who have none."""
    access.require_role(request, partner, Role.CONTRIBUTOR)
    mine = Membership.objects.current().select_related("person", "partner")
    return mine.get(person=request.user, partner=partner)
