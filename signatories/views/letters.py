"""For ecda: the letters that were written to people of several partners."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from declaration.paging import numbered_pages
from signatories.access import Request, require_ecda
from signatories.dashboards import messages as dashboard
from signatories.models import Letter


@require_safe
def letter_list(request: Request) -> HttpResponse:
    """Show the letters, newest first."""
    require_ecda(request)
    page = dashboard.read_letters(request.GET.get("page"))
    context = {"page": page, "pages": numbered_pages(page, {}, "Pages of letters")}
    return render(request, "signatories/letter_list.html", context)


@require_safe
def letter_detail(request: Request, pk: int) -> HttpResponse:
    """Show one letter as it was sent, and how far it has come with each person."""
    require_ecda(request)
    letter = get_object_or_404(Letter.objects.select_related("by"), pk=pk)
    page = dashboard.read_recipients(letter, request.GET.get("page"))
    context = {
        "letter": letter,
        "delivery": dashboard.read_delivery(letter),
        "page": page,
        "sent": dashboard.listed(page),
        "pages": numbered_pages(page, {}, "Pages of people"),
    }
    return render(request, "signatories/letter_detail.html", context)
