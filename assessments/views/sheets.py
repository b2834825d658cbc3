"""The assessment as a spreadsheet: taken away, brought back, looked through and confirmed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import access
from assessments.actions.uploading import (
    OutdatedPreviewError,
    SheetPreview,
    confirm_sheet,
    discard_sheet,
    note_download,
    upload_sheet,
)
from assessments.dashboards import read_offline
from assessments.forms import SheetFileForm, SheetForm
from assessments.models import Assessment, SheetUpload
from assessments.sheets import ReadOnce, read_sheet, show, write_sheet
from declaration.actions import RefusedError
from declaration.spreadsheets import UnreadableFileError
from declaration.workbooks import MEDIA_TYPE
from signatories.access import Request, Role


@require_safe
def sheet_download(request: Request, pk: int) -> HttpResponse:
    """Hand out the answers as a workbook to fill in."""
    assessment, _ = access.assessment_or_404(request, pk)
    content = write_sheet(assessment, read_offline(assessment))
    note_download(assessment=assessment, by=request.user)
    stem = f"essex-data-declaration-{assessment.partner.slug}-{assessment.round.slug}"
    disposition = f'attachment; filename="{stem}-answers.xlsx"'
    return HttpResponse(
        content, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sheet_upload(request: Request, pk: int) -> HttpResponse:
    """Take a filled-in spreadsheet; go to its preview, or say what is wrong with the file."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    if request.method != "POST":
        return _upload_page(request, assessment, SheetFileForm())
    form = SheetFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = upload_sheet(
                assessment=assessment,
                file_name=file.name,
                content=file.read(),
                by=request.user,
                read=read_sheet,
            )
        except UnreadableFileError as error:
            form.add_error("file", str(error))
        else:
            return redirect("assessments:sheet-detail", upload.pk)
    return _upload_page(request, assessment, form)


@require_safe
def sheet_detail(request: Request, pk: int) -> HttpResponse:
    """Show what confirming a spreadsheet would write, or what it has written."""
    upload = _own_upload(request, pk)
    if upload.confirmed_at is not None:
        return render(request, "assessments/sheet_result.html", _context(upload))
    preview = _read(upload, ReadOnce())
    return _preview_page(request, upload, preview, SheetForm(preview=preview))


@require_POST
def sheet_confirm(request: Request, pk: int) -> HttpResponse:
    """Write everything as it was shown and chosen, or nothing."""
    upload = _own_upload(request, pk)
    if upload.confirmed_at is not None:
        return redirect("assessments:sheet-detail", pk)
    read, seen = ReadOnce(), request.POST.get("seen", "")
    preview = _read(upload, read)
    form = SheetForm(request.POST, preview=preview)
    if preview.seen != seen:
        return _refused(request, upload, read, str(OutdatedPreviewError()))
    if not form.is_valid():
        return _preview_page(request, upload, preview, form)
    try:
        confirm_sheet(
            upload=upload,
            choices=form.choices,
            completed=form.completed,
            seen=seen,
            by=request.user,
            read=read,
        )
    except RefusedError as error:
        return _refused(request, upload, read, str(error))
    return redirect("assessments:sheet-detail", pk)


@require_POST
def sheet_discard(request: Request, pk: int) -> HttpResponse:
    """Forget a spreadsheet that was not confirmed."""
    upload = _own_upload(request, pk)
    discard_sheet(upload=upload, by=request.user)
    messages.success(request, "Spreadsheet discarded. No answer was changed.")
    return redirect("assessments:sheet-upload", upload.assessment_id)


def _own_upload(request: Request, pk: int) -> SheetUpload:
    upload, role = access.upload_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    return upload


def _read(upload: SheetUpload, read: ReadOnce) -> SheetPreview:
    """Read it again; what could be read once cannot be, when the portal's own key has changed."""
    try:
        return read(bytes(upload.content), upload.assessment)
    except UnreadableFileError as error:
        raise RefusedError(str(error)) from error


def _refused(request: Request, upload: SheetUpload, read: ReadOnce, message: str) -> HttpResponse:
    """Answer 409 with what the preview would be now, and what was chosen before.

    Unless the same person has confirmed it meanwhile, with a second press of the button.
    """
    if _own_upload(request, upload.pk).confirmed_at is not None:
        return redirect("assessments:sheet-detail", upload.pk)
    preview = _read(upload, read)
    form = SheetForm.again(preview, request.POST)
    seen = request.POST.get("seen", "")
    return _preview_page(request, upload, preview, form, message=message, seen=seen)


def _preview_page(
    request: Request,
    upload: SheetUpload,
    preview: SheetPreview,
    form: SheetForm,
    *,
    message: str = "",
    seen: str | None = None,
) -> HttpResponse:
    context = _context(upload) | {
        "preview": preview,
        "rows": show(preview, form, seen=seen),
        "form": form,
        "refused": message,
        "may_confirm": preview.can_be_confirmed,
    }
    status = 409 if message else 200
    return render(request, "assessments/sheet_detail.html", context, status=status)


def _upload_page(request: Request, assessment: Assessment, form: SheetFileForm) -> HttpResponse:
    context = {"assessment": assessment, "form": form}
    return render(request, "assessments/sheet_upload.html", context)


def _context(upload: SheetUpload) -> dict[str, object]:
    return {"upload": upload, "assessment": upload.assessment}
