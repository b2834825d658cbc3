"""The page of reminders: who would get what before it goes, and what went."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.dashboards.reminders import DAYS_AHEAD, read_reminders, read_went
from declaration.paging import numbered_pages
from signatories.access import Request, require_ecda

PER_PAGE = 50


@require_safe
def reminder_list(request: Request) -> HttpResponse:
    """Show whom the portal reminds in the next days, and whom it has reminded."""
    require_ecda(request)
    planned = read_reminders(timezone.localdate(), DAYS_AHEAD + 1)
    page = Paginator(planned, PER_PAGE).get_page(request.GET.get("page", ""))
    context = {
        "page": page,
        "pages": numbered_pages(page, {}, "Pages of reminders that are to go"),
        "went": read_went(),
        "days": DAYS_AHEAD,
    }
    return render(request, "assessments/reminder_list.html", context)
