"""For administrators: partner lists, from the file to what was imported, and back."""

from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declaration.actions import RefusedError
from declaration.exports import csv_file
from declaration.paging import numbered_pages
from declaration.spreadsheets import UnreadableFileError
from declaration.workbooks import MEDIA_TYPE
from signatories.access import Request, import_or_404, require_administrator, require_ecda
from signatories.actions.partner_imports import (
    PreviewOutdatedError,
    confirm_import,
    retry_import,
    upload_list,
)
from signatories.actions.undoing import TouchedError, undo_import
from signatories.dashboards.imports import consequences, preview_of, refused_header, refused_rows
from signatories.forms.lists import PartnerListForm, TicksForm
from signatories.models import Partner, PartnerImport
from signatories.resources import COLUMNS, EXAMPLE, open_list, template_workbook

FILE = "essex-data-declaration-partners"
# What the upload page says about the file.
GUIDE: dict[str, Any] = {"columns": COLUMNS, "kinds": Partner.Kind.choices}


# --- The file ----------------------------------------------------------------------------------


@require_safe
def partner_template(request: Request) -> StreamingHttpResponse:
    """Hand out an empty partner list to fill in, as CSV."""
    require_administrator(request)
    return csv_file(f"{FILE}-template", COLUMNS, [])


@require_safe
def partner_example(request: Request) -> StreamingHttpResponse:
    """Hand out a partner list that is filled in, as CSV."""
    require_administrator(request)
    return csv_file(f"{FILE}-example", COLUMNS, EXAMPLE)


@require_safe
def partner_template_workbook(request: Request) -> HttpResponse:
    """Hand out an empty partner list to fill in, as an Excel workbook with a sheet of examples."""
    require_administrator(request)
    attached = {"Content-Disposition": f'attachment; filename="{FILE}-template.xlsx"'}
    return HttpResponse(template_workbook(), content_type=MEDIA_TYPE, headers=attached)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_import(request: Request) -> HttpResponse:
    """Take a partner list and go to the page that says what it would change."""
    user = require_administrator(request)
    posted = request.method == "POST"
    form = PartnerListForm(request.POST, request.FILES) if posted else PartnerListForm()
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = upload_list(file_name=file.name, content=file.read(), by=user, open_=open_list)
        except UnreadableFileError as error:
            form.add_error("file", str(error))
        else:
            return redirect("signatories:import-detail", found.pk)
    return render(request, "signatories/partner_import.html", GUIDE | {"form": form})


@require_POST
def import_preview(request: Request, pk: int) -> HttpResponse:
    """Read the same file again, as a new list, against the partners there are now."""
    old = import_or_404(request, pk)
    again = PartnerImport.objects.get(pk=old.pk)
    content = bytes(again.content)
    try:
        new = upload_list(
            file_name=again.file_name, content=content, by=request.user, open_=open_list
        )
    except UnreadableFileError as error:
        raise RefusedError(str(error)) from error
    return redirect("signatories:import-detail", new.pk)


# --- How far it is -----------------------------------------------------------------------------


@require_safe
def import_detail(request: Request, pk: int) -> HttpResponse:
    """Show how far the reading is, what confirming would do, or what it has done."""
    found = import_or_404(request, pk)
    if found.state != PartnerImport.State.DONE:
        return render(request, "signatories/import_reading.html", _job(found))
    if found.trouble:
        return render(request, "signatories/import_trouble.html", {"partner_import": found})
    kind = request.GET.get("kind", "")
    preview = preview_of(found, kind, request.GET.get("page", ""))
    name = f"{preview.kind.label} rows"
    context = {
        "partner_import": found,
        "preview": preview,
        "pages": numbered_pages(preview.page, {"kind": preview.kind.value}, name),
    }
    if found.confirmed_at is None:
        return render(request, "signatories/import_detail.html", context | consequences(found))
    context["invited"] = found.invitations.count()
    return render(request, "signatories/import_result.html", context)


@require_safe
def import_status(request: Request, pk: int) -> HttpResponse:
    """Say how far the reading is, as a fragment that asks again by itself, and then leads on."""
    found = import_or_404(request, pk)
    if found.state == PartnerImport.State.DONE and "HX-Request" in request.headers:
        detail = reverse("signatories:import-detail", args=[pk])
        return HttpResponse(status=204, headers={"HX-Redirect": detail})
    return render(request, "components/_job.html", _job(found))


@require_POST
def import_retry(request: Request, pk: int) -> HttpResponse:
    """Read a list again whose reading failed; staff, too, look after work that failed."""
    person = require_ecda(request)
    found = get_object_or_404(PartnerImport.objects.defer("content"), pk=pk)
    retry_import(partner_import=found, by=person)
    if not person.is_administrator:
        return redirect("progress:failed-job-list")
    return redirect("signatories:import-detail", pk)


@require_safe
def import_refused(request: Request, pk: int) -> StreamingHttpResponse:
    """Hand out the refused rows as they stand in the file, each with its line and the reason."""
    found = import_or_404(request, pk)
    if not found.refused_count:
        raise Http404("No row is refused.")
    content = bytes(PartnerImport.objects.values_list("content", flat=True).get(pk=pk))
    headers = open_list(content, found.file_name).headers
    return csv_file(f"{FILE}-refused", refused_header(headers), refused_rows(found, headers))


# --- Deciding ----------------------------------------------------------------------------------


@require_safe
def import_choose(request: Request, pk: int) -> HttpResponse:
    """Ask which new names and other roles are to be written."""
    found = import_or_404(request, pk)
    if not _is_open(found):
        return redirect("signatories:import-detail", pk)
    return _choices(request, found, TicksForm(rows=_asking(found)))


@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    """Write all rows as previewed, or nothing."""
    found = import_or_404(request, pk)
    form = TicksForm(request.POST, rows=_asking(found))
    if not form.is_valid():
        if not _is_open(found):
            return redirect("signatories:import-detail", pk)
        return _choices(request, found, form)
    try:
        confirm_import(partner_import=found, ticks=form.given(), by=request.user, open_=open_list)
    except PreviewOutdatedError as error:
        context = {"title": "The preview is out of date", "message": str(error), "found": found}
        return render(request, "signatories/import_outdated.html", context, status=409)
    return redirect("signatories:import-detail", pk)


@require_POST
def import_undo(request: Request, pk: int) -> HttpResponse:
    """Take back what the import wrote, or nothing of it."""
    found = import_or_404(request, pk)
    try:
        undo_import(partner_import=found, by=request.user)
    except TouchedError as error:
        back_url = reverse("signatories:import-detail", args=[pk])
        title = "This import cannot be undone"
        context = {"title": title, "message": str(error), "back_url": back_url}
        return render(request, "409.html", context, status=409)
    return redirect("signatories:import-detail", pk)


def _is_open(found: PartnerImport) -> bool:
    """Whether the list can be confirmed: it was read, has no bad row and is not confirmed yet."""
    is_read = found.state == PartnerImport.State.DONE and not found.trouble
    return is_read and not found.refused_count and found.confirmed_at is None


def _asking(found: PartnerImport) -> list[Any]:
    """The rows with a new name or another role, in the order of the file."""
    return list(found.rows.filter(needs_tick=True).order_by("line"))


def _choices(request: Request, found: PartnerImport, form: TicksForm) -> HttpResponse:
    context = {"partner_import": found, "form": form}
    return render(request, "signatories/import_choose.html", context | consequences(found))


def _job(found: PartnerImport) -> dict[str, Any]:
    """What `components/_job.html` needs."""
    detail = reverse("signatories:import-detail", args=[found.pk])
    return {
        "partner_import": found,
        "job": found,
        "name": f"Partner list “{found.file_name}”",
        "waiting": "waiting to be read",
        "failed": "could not be read",
        "status_url": reverse("signatories:import-status", args=[found.pk]),
        "download_url": detail,
        "download_text": "See what it would change",
        "retry_url": reverse("signatories:import-retry", args=[found.pk]),
    }
