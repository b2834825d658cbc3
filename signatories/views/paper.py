"""For administrators: record a signature given on paper. For its readers: the scan."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from commitments.models import Edition
from declaration.actions import RefusedError
from signatories import access
from signatories.access import Request
from signatories.actions.recording import download_scan, record_on_paper
from signatories.actions.signing import AlreadySignedError
from signatories.forms import PaperSignatureForm
from signatories.models import Partner
from signatories.views.signing import SIGNED_ALREADY, refusal

# Whatever a scan turns out to be, a browser that shows it runs nothing and loads nothing.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STATED = ("signatory_name", "job_title", "authority", "signed_on", "minute_reference", "scan")


@require_http_methods(["GET", "HEAD", "POST"])
def paper_signature(request: Request, slug: str) -> HttpResponse:
    """Record what a partner has signed on paper, with the scan."""
    access.require_administrator(request)
    partner = access.partner_or_404(request, slug)
    editions = list(Edition.objects.published())
    posted: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaperSignatureForm(*posted, editions=editions)
    if not posted or not form.is_valid():
        return _form_page(request, partner, form)
    given = form.cleaned_data
    stated = {name: given[name] for name in STATED}
    edition = form.editions[given["edition"]]
    try:
        signature = record_on_paper(partner=partner, edition=edition, by=request.user, **stated)
    except AlreadySignedError as error:
        return refusal(request, partner, SIGNED_ALREADY, str(error))
    except RefusedError as error:
        form.add_error(None, str(error))
        return _form_page(request, partner, form)
    return redirect("signatories:signature-detail", slug, signature.pk)


def _form_page(request: Request, partner: Partner, form: PaperSignatureForm) -> HttpResponse:
    context = {"partner": partner, "form": form}
    return render(request, "signatories/paper_signature.html", context)


@require_safe
def scan_download(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Send the scan to the partner's people and ecda; it is never public."""
    partner = access.partner_or_404(request, slug)
    signature = access.signed_or_404(partner, pk).signature
    try:
        content = download_scan(signature=signature, by=request.user)
    except RefusedError as error:
        return refusal(request, partner, "There is no scan to download", str(error), signature)
    return FileResponse(
        content,
        as_attachment=True,
        filename=signature.scan_name,
        content_type=signature.scan_media_type,
        headers=HARMLESS,
    )
