"""Pages for ecda's staff: how far all partners are, and how they rate themselves."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declaration.paging import numbered_pages
from progress.charts import Chart, stacked
from progress.dashboards import heatmap as heat
from progress.dashboards import overview as dashboard
from progress.dashboards.adding_up import AddedUp
from progress.dashboards.failed_jobs import count_failed_messages, failed_jobs
from progress.dashboards.figures import Years, before, read_live
from progress.forms.heatmap import HeatmapForm
from progress.forms.rounds import RoundForm
from signatories.access import Request, require_ecda


@require_safe
def overview(request: Request) -> HttpResponse:
    """Show how far all partners are in one round, and what waits for whom."""
    require_ecda(request)
    rounds = dashboard.read_rounds()
    form = RoundForm(request.GET, rounds.opened, names_planned=True)
    found = dashboard.overview(form.chosen, rounds)
    context = {"form": form, "overview": found, "chart": _chart(found.added_up)}
    return render(request, "progress/overview.html", context)


def _chart(found: AddedUp | None) -> Chart | None:
    """A bar for each commitment; none before anything counts."""
    if found is None or not found.counted:
        return None
    return stacked(found.rows, what="commitments")


@require_safe
def heatmap(request: Request) -> HttpResponse:
    """Show every partner's rating of every indicator in one round."""
    require_ecda(request)
    form, years = heatmap_asked(request)
    if years is None:
        return render(request, "progress/heatmap.html", {"form": form})
    found = heat.heatmap(years, form.filters)
    page = form.page_of(found.rows)
    context = {
        "form": form,
        "heatmap": found,
        "headings": [form.heading(asked.code, asked.title) for asked in found.columns],
        "page": page,
        "pages": numbered_pages(page, form.kept, "Pages of partners"),
    }
    return render(request, "progress/heatmap.html", context)


def heatmap_asked(request: Request) -> tuple[HeatmapForm, Years | None]:
    """The heatmap's filters, and the figures of the round they name; None before the first."""
    rounds = dashboard.rounds()
    chosen = RoundForm(request.GET, rounds).chosen
    if chosen is None:
        return HeatmapForm(request.GET), None
    years = read_live(chosen, before(chosen, rounds))
    return HeatmapForm(request.GET, rounds, years.now.indicators), years


@require_safe
def failed_job_list(request: Request) -> HttpResponse:
    """Show the work that could not be done, each with its reason and a way to try it again."""
    require_ecda(request)
    context = {"failures": failed_jobs(), "messages_failed": count_failed_messages()}
    return render(request, "progress/failed_job_list.html", context)
