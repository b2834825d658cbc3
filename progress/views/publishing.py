"""Whether everybody may see a partner's own ratings: its leader says so, and takes it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments.actions.publishing import start_publishing, stop_publishing
from assessments.dashboards.publishing import after_taking_back, published_rounds
from progress.dashboards.publishing import read_choice
from progress.forms.publishing import PublishForm
from signatories.access import Request, Role, partner_or_404, require_role, role_at
from signatories.models import Partner


@require_safe
def publishing_detail(request: Request, slug: str) -> HttpResponse:
    """Say what is public of the partner and what would be, to its members and ecda."""
    partner = partner_or_404(request, slug)
    return _page(request, partner, PublishForm())


@require_POST
def publishing_start(request: Request, slug: str) -> HttpResponse:
    """Let everybody see the partner's ratings of rounds that are released from now on."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.LEADER)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _page(request, partner, form)
    start_publishing(partner=partner, by=request.user)
    messages.success(request, "You have chosen that everybody may see your ratings")
    return redirect("progress:publishing-detail", slug)


@require_POST
def publishing_stop(request: Request, slug: str) -> HttpResponse:
    """Take the choice back."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.LEADER)
    stop_publishing(partner=partner, by=request.user)
    messages.success(request, after_taking_back(published_rounds(partner), "Your"))
    return redirect("progress:publishing-detail", slug)


def _page(request: Request, partner: Partner, form: PublishForm) -> HttpResponse:
    choice = read_choice(partner)
    leads = role_at(request.user, partner) == Role.LEADER
    context = {"partner": partner, "form": form, "choice": choice, "is_leader": leads}
    return render(request, "progress/publishing_detail.html", context)
