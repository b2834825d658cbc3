"""Pages for the people of a partner: where to begin, and where the partner stands."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments.dashboards import read_left_behind
from progress.dashboards import partner_home as dashboard
from signatories.access import Request, partner_or_404, role_at
from signatories.dashboards.invitations import offers_to
from signatories.models import Membership


@require_safe
def start(request: Request) -> HttpResponse:
    """Go to the one page that this person works from, or offer their partners.

    Words that they typed where their role has ended since are found here, and nowhere else; and
    invitations to their address wait here for those who have lost the e-mail.
    """
    left_behind = read_left_behind(request.user)
    offers = offers_to(request.user)
    waits = bool(left_behind or offers)
    # People of ecda who switch between partners of their own ask for the list of them.
    if request.user.is_ecda and not waits and "switch" not in request.GET:
        return redirect("progress:overview")
    mine = Membership.objects.current().filter(person=request.user)
    memberships = list(mine.select_related("partner").order_by("partner__name"))
    if len(memberships) == 1 and not waits:
        return redirect("progress:partner-home", slug=memberships[0].partner.slug)
    context = {"memberships": memberships, "left_behind": left_behind, "offers": offers}
    return render(request, "progress/start.html", context)


@require_safe
def partner_home(request: Request, slug: str) -> HttpResponse:
    """Show where a partner stands and what comes next, to its members and to ecda."""
    partner = partner_or_404(request, slug)
    viewer = dashboard.Viewer(request.user, role_at(request.user, partner))
    home = dashboard.home(partner, viewer)
    return render(request, "progress/partner_home.html", {"partner": partner, "home": home})
