"""Pages for everybody: home, progress, a partner’s page, and our statements."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_safe

from progress import charts
from progress.charts import Chart
from progress.dashboards import public
from progress.dashboards.partner_public import partner_page
from progress.dashboards.public import Part, Progress
from progress.dashboards.released import public_figures
from progress.forms.rounds import RoundForm


@login_not_required
@csrf_exempt
@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    """Say what the Declaration is, who has signed it, and what has come of it."""
    return render(request, "progress/home.html", {"home": public.home()})


@login_not_required
@csrf_exempt
@require_safe
@conditional_page
def public_progress(request: HttpRequest) -> HttpResponse:
    """Show how all partners together have come along, from released figures only."""
    rounds = public_figures()
    form = RoundForm(request.GET, [each.round for each in reversed(rounds)])
    form.is_valid()
    found = public.progress(rounds, form.chosen)
    context = {
        "form": form,
        "progress": found,
        "over_the_rounds": _over_the_rounds(found),
        "parts": [(part, _indicators(part), _by_round(part)) for part in found.parts],
    }
    return render(request, "progress/public_progress.html", context)


def _over_the_rounds(found: Progress) -> Chart | None:
    """All indicators together, a bar for each round of which anything is shown."""
    rows = [(year.round, year.total.roll_up) for year in found.years]
    shown = [(name, figures) for name, figures in rows if figures]
    return charts.stacked(shown, what="rounds") if shown else None


def _indicators(part: Part) -> Chart | None:
    """One commitment’s indicators that are shown, a bar for each."""
    rows = [(f"{each.asked.code} {each.asked.title}", each.roll_up) for each in part.lines]
    shown = [(name, figures) for name, figures in rows if figures]
    return charts.stacked(shown, what="indicators") if shown else None


def _by_round(part: Part) -> Chart | None:
    """One commitment over the rounds; nothing while there is only one to show."""
    rows = [(year.round, year.total.roll_up) for year in part.years]
    shown = [(name, figures) for name, figures in rows if figures]
    return charts.stacked(shown, what="rounds") if len(shown) > 1 else None


@login_not_required
@csrf_exempt
@require_safe
@conditional_page
def partner_public(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what everybody may know of one partner of the register."""
    found = partner_page(slug)
    if found is None:
        raise Http404("No such partner.")
    return render(request, "progress/partner_public.html", {"page": found})


@login_not_required
@csrf_exempt
@require_safe
@conditional_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the portal is, and whom to tell of a fault."""
    return render(request, "progress/accessibility.html", _contact())


@login_not_required
@csrf_exempt
@require_safe
@conditional_page
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about people, why, and for how long."""
    return render(request, "progress/privacy.html", _contact())


@login_not_required
@csrf_exempt
@require_safe
@conditional_page
def cookies(request: HttpRequest) -> HttpResponse:
    """Name the cookies, which are only those that signing in and sending forms need."""
    names = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "session_hours": str(settings.SESSION_ABSOLUTE_AGE // 3600),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "messages_cookie": CookieStorage.cookie_name,
    }
    return render(request, "progress/cookies.html", _contact() | names)


def _contact() -> dict[str, str]:
    return {"contact": settings.DEFAULT_FROM_EMAIL}
