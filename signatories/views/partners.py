"""For administrators: every partner, and partner lists to import."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declaration.spreadsheets import UnreadableFileError
from signatories.access import Request, require_administrator
from signatories.actions.partner_imports import (
    BadRowsError,
    Kind,
    PreviewOutdatedError,
    confirm_import,
    is_outdated,
    preview_import,
)
from signatories.forms import PartnerListForm
from signatories.models import Partner, PartnerImport, Signature
from signatories.resources import COLUMNS, read_partners, template

# What the upload page says about the file.
GUIDE: dict[str, Any] = {"columns": COLUMNS, "kinds": Partner.Kind.choices}


@require_safe
def partner_list(request: Request) -> HttpResponse:
    """Show every partner, how many people it has and whether it has signed."""
    require_administrator(request)
    current = Q(memberships__ended_at__isnull=True, memberships__person__is_active=True)
    # Grouping drops the model's own order.
    partners = Partner.objects.order_by("name").annotate(
        member_count=Count("memberships", filter=current),
        has_signed=Exists(Signature.objects.live().filter(partner=OuterRef("pk"))),
    )
    return render(request, "signatories/partner_list.html", {"partners": partners})


@require_safe
def partner_template(request: Request) -> HttpResponse:
    """Hand out an empty partner list to fill in."""
    require_administrator(request)
    disposition = 'attachment; filename="essex-data-declaration-partners-template.csv"'
    return HttpResponse(
        template(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def partner_import(request: Request) -> HttpResponse:
    """Take a partner list; go to its preview, or list what is wrong with it and keep nothing."""
    user = require_administrator(request)
    posted = request.method == "POST"
    form = PartnerListForm(request.POST, request.FILES) if posted else PartnerListForm()
    context = GUIDE | {"form": form}
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = preview_import(
                file_name=file.name, content=file.read(), by=user, read=read_partners
            )
        except UnreadableFileError as error:
            form.add_error("file", str(error))
        except BadRowsError as error:
            form.add_error("file", f"“{file.name}” has rows that cannot be imported")
            context["preview"] = error.preview
        else:
            return redirect("signatories:import-detail", found.pk)
    return render(request, "signatories/partner_import.html", context)


@require_safe
def import_detail(request: Request, pk: int) -> HttpResponse:
    """Show what confirming an import would do, or what it has done."""
    require_administrator(request)
    found = get_object_or_404(PartnerImport.objects.select_related("confirmed_by"), pk=pk)
    if found.state == PartnerImport.State.CONFIRMED:
        return render(request, "signatories/import_result.html", {"partner_import": found})
    preview = read_partners(bytes(found.content))
    context = {
        "partner_import": found,
        "new": preview.of_kind(Kind.NEW),
        "changed": preview.of_kind(Kind.CHANGED),
        "unchanged": preview.of_kind(Kind.UNCHANGED),
        "outdated": is_outdated(found, preview),
    }
    return render(request, "signatories/import_detail.html", context)


@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    """Write all rows as previewed, or nothing."""
    user = require_administrator(request)
    found = get_object_or_404(PartnerImport, pk=pk)
    try:
        confirm_import(partner_import=found, by=user, read=read_partners)
    except PreviewOutdatedError as error:
        context = {"title": "The preview is out of date", "message": str(error), "found": found}
        return render(request, "signatories/import_outdated.html", context, status=409)
    return redirect("signatories:import-detail", pk)


@require_POST
def import_preview(request: Request, pk: int) -> HttpResponse:
    """Preview the same file again, against the partners there are now."""
    user = require_administrator(request)
    old = get_object_or_404(PartnerImport, pk=pk)
    content = bytes(old.content)
    try:
        new = preview_import(file_name=old.file_name, content=content, by=user, read=read_partners)
    except BadRowsError as error:
        context = GUIDE | {"form": PartnerListForm(), "preview": error.preview}
        return render(request, "signatories/partner_import.html", context, status=409)
    return redirect("signatories:import-detail", new.pk)
