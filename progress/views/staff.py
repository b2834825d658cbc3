"""Pages for ecda's staff: how far all partners are, and how they rate themselves."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from progress.dashboards import heatmap as heat
from progress.dashboards import overview as dashboard
from progress.dashboards.failed_jobs import count_failed_messages, failed_jobs
from progress.forms.heatmap import HeatmapForm
from progress.forms.rounds import RoundForm
from signatories.access import Request, require_ecda


@require_safe
def overview(request: Request) -> HttpResponse:
    """Show how far all partners are in one round, and what waits for whom."""
    require_ecda(request)
    form = RoundForm(request.GET, dashboard.rounds())
    context = {"form": form, "overview": dashboard.overview(form.chosen)}
    return render(request, "progress/overview.html", context)


@require_safe
def heatmap(request: Request) -> HttpResponse:
    """Show every partner's rating of every indicator in one round."""
    require_ecda(request)
    form = HeatmapForm(request.GET, dashboard.rounds())
    if form.chosen is None:
        return render(request, "progress/heatmap.html", {"form": form})
    columns = heat.columns(form.chosen)
    form.offer(columns)
    found = heat.heatmap(form.chosen, columns, form.filters)
    headings = [form.heading(column.code, column.title) for column in found.columns]
    context = {"form": form, "heatmap": found, "headings": headings}
    return render(request, "progress/heatmap.html", context)


@require_safe
def failed_job_list(request: Request) -> HttpResponse:
    """Show the work that could not be done, each with its reason and a way to try it again."""
    require_ecda(request)
    context = {"failures": failed_jobs(), "messages_failed": count_failed_messages()}
    return render(request, "progress/failed_job_list.html", context)
