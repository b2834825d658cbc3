"""ecda's queue of requests for support, as a page and as files, and the offers with who asked."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_safe

from assessments.dashboards import support as dashboard
from assessments.forms.support import QueueForm
from commitments.models import SupportOffer
from declaration.exports import csv_file, workbook_file
from declaration.paging import numbered_pages
from declaration.workbooks import Column
from signatories.access import Request, require_ecda
from signatories.models import Partner

PER_PAGE = 50
FILE_NAME = "essex-data-declaration-support"
COLUMNS = tuple(Column(name, 18) for name in dashboard.HEADER)


def _form(request: Request) -> QueueForm:
    return QueueForm(
        request.GET,
        offers=dashboard.read_offer_names(),
        commitments=dashboard.read_commitments(),
    )


@require_safe
def support_queue(request: Request) -> HttpResponse:
    """What partners ask for under the filter, the oldest first, and how many are in each state."""
    user = require_ecda(request)
    form = _form(request)
    paginator = Paginator(dashboard.matching(form.filters, user), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "tallies": dashboard.tallies(),
        "page": page,
        "lines": dashboard.lines_of(page.object_list),
        "pages": numbered_pages(page, form.kept, "Pages of requests"),
    }
    return render(request, "assessments/support_queue.html", context)


@require_safe
def support_export(request: Request) -> HttpResponseBase:
    """Hand out the requests under the same filter as CSV."""
    return _export(request, "CSV")


@require_safe
def support_workbook(request: Request) -> HttpResponseBase:
    """Hand out the requests under the same filter as an Excel workbook."""
    return _export(request, "Excel")


def _export(request: Request, kind: str) -> HttpResponseBase:
    """A row for each request; a filter that is not understood goes back to the page."""
    user = require_ecda(request)
    form = _form(request)
    if form.errors:
        return redirect(f"{resolve_url('assessments:support-queue')}?{request.GET.urlencode()}")
    found = dashboard.rows(dashboard.matching(form.filters, user))
    if kind == "CSV":
        return csv_file(FILE_NAME, dashboard.HEADER, found)
    return workbook_file(FILE_NAME, "Support", COLUMNS, found)


# --- Offers --------------------------------------------------------------------------------------


@require_safe
def offer_list(request: Request) -> HttpResponse:
    """The help that ecda offers, for everybody who has signed in."""
    context = {"offers": dashboard.read_offers(), "is_ecda": request.user.is_ecda}
    return render(request, "assessments/offer_list.html", context)


@require_safe
def offer_detail(request: Request, pk: int) -> HttpResponse:
    """One offer and the indicators it serves: for ecda who asked, for members a way to ask."""
    offers = SupportOffer.objects.filter(pk=pk, edition__published_at__isnull=False)
    offer = offers.select_related("edition").first()
    if offer is None:
        raise Http404("No such offer.")
    is_ecda = request.user.is_ecda
    asked = dashboard.asked_for(offer) if is_ecda else dashboard.asked_for(offer).none()
    page = Paginator(asked, PER_PAGE).get_page(request.GET.get("page"))
    mine = Partner.objects.active().filter(
        memberships__person=request.user, memberships__ended_at__isnull=True
    )
    context = {
        "offer": offer,
        "indicators": offer.indicators.select_related("commitment").order_by(
            "commitment__number", "number"
        ),
        "is_ecda": is_ecda,
        "page": page,
        "lines": dashboard.lines_of(page.object_list),
        "pages": numbered_pages(page, {}, "Pages of requests"),
        "mine": mine.order_by("name"),
    }
    return render(request, "assessments/offer_detail.html", context)
