"""For everyone: who has signed the Declaration, as a page and as a file."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import conditional_page, require_safe

from declaration.exports import csv_file
from declaration.paging import numbered_pages
from signatories.dashboards.register import HEADER, rows
from signatories.dashboards.register import register as read_register
from signatories.forms import RegisterForm

PER_PAGE = 100
FILE_NAME = "essex-data-declaration-register"


@login_not_required
@require_safe
@conditional_page
def register(request: HttpRequest) -> HttpResponse:
    """Show every partner and signatory that fits the filter."""
    form = RegisterForm(request.GET)
    found = read_register(form.filters)
    page = Paginator(found.entries, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "register": found,
        "page": page,
        "pages": numbered_pages(page, form.kept, "Pages of the register"),
    }
    return render(request, "signatories/register.html", context)


@login_not_required
@require_safe
@conditional_page
def register_export(request: HttpRequest) -> HttpResponseBase:
    """Hand out the register under the same filter; one that is not understood goes to the page."""
    form = RegisterForm(request.GET)
    if form.errors:
        return redirect(f"{resolve_url('signatories:register')}?{request.GET.urlencode()}")
    table = rows(read_register(form.filters).entries)
    response = csv_file(FILE_NAME, HEADER, table)
    # A file that is sent in pieces gets no tag by itself.
    response.headers["ETag"] = f'"{hashlib.sha256(repr(table).encode()).hexdigest()[:32]}"'
    return response
