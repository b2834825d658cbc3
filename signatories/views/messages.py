"""For ecda: what e-mails went, what waits, and what could not be sent."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_POST, require_safe

from declaration.exports import csv_file, workbook_file
from declaration.paging import numbered_pages
from declaration.workbooks import Column
from signatories.access import Request, require_ecda
from signatories.actions.messages import retry_message, retry_messages
from signatories.dashboards import messages as dashboard
from signatories.forms.messages import MessagesForm
from signatories.models import Message

FILE_NAME = "essex-data-declaration-e-mails"


@require_safe
def message_list(request: Request) -> HttpResponse:
    """Show the e-mails that are asked for, and how much waits to be told."""
    require_ecda(request)
    form = MessagesForm(request.GET)
    page = dashboard.read_messages(form.filters, request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "sent": dashboard.listed(page),
        "waiting": dashboard.read_waiting(),
        "pages": numbered_pages(page, form.kept, "Pages of e-mails"),
    }
    return render(request, "signatories/message_list.html", context)


@require_safe
def message_export(request: Request) -> HttpResponseBase:
    """Hand out the e-mails under the same filter as CSV."""
    return _export(request, "csv")


@require_safe
def message_workbook(request: Request) -> HttpResponseBase:
    """Hand out the e-mails under the same filter as an Excel workbook."""
    return _export(request, "xlsx")


def _export(request: Request, kind: str) -> HttpResponseBase:
    """A row for each e-mail; a filter that is not understood goes back to the page."""
    require_ecda(request)
    form = MessagesForm(request.GET)
    if form.errors:
        return redirect(f"{resolve_url('signatories:message-list')}?{request.GET.urlencode()}")
    found = dashboard.rows(dashboard.matching(form.filters))
    if kind == "csv":
        return csv_file(FILE_NAME, dashboard.HEADER, found)
    columns = [Column(name, 24) for name in dashboard.HEADER]
    return workbook_file(FILE_NAME, "E-mails", columns, found)


@require_safe
def message_detail(request: Request, pk: int) -> HttpResponse:
    """Show one e-mail: to whom, when it was queued and sent, and its text."""
    require_ecda(request)
    message = get_object_or_404(Message.objects.select_related("person", "letter"), pk=pk)
    context = {
        "message": message,
        "stands": dashboard.Stands(message.state).label,
        "colour": dashboard.COLOURS[dashboard.Stands(message.state)],
        "text": dashboard.text_shown(message),
    }
    return render(request, "signatories/message_detail.html", context)


@require_POST
def message_retry(request: Request, pk: int) -> HttpResponse:
    """Try to send an e-mail again, and return to the page where that was asked."""
    person = require_ecda(request)
    message = get_object_or_404(Message, pk=pk)
    retry_message(message=message, by=person)
    messages.success(request, f"The e-mail to {message.to} is sent again.")
    if "message" in request.POST:
        return redirect("signatories:message-detail", pk)
    return redirect("progress:failed-job-list")


@require_POST
def message_retry_all(request: Request) -> HttpResponse:
    """Try to send every e-mail again that could not be sent."""
    tried = retry_messages(by=require_ecda(request))
    words = "1 e-mail waits" if tried == 1 else f"{tried} e-mails wait"
    messages.success(request, f"{words} to be sent again.")
    return redirect("progress:failed-job-list")
