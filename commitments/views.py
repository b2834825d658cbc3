"""The Declaration as a public page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commitments.models import Edition


@login_not_required
@require_safe
def declaration(request: HttpRequest) -> HttpResponse:
    """Show the newest published edition: its text, commitments and indicators."""
    edition = (
        Edition.objects.published().prefetch_related("commitments__indicators__commitment").first()
    )
    return render(request, "commitments/declaration.html", {"edition": edition})
