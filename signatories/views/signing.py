"""For leaders: sign. For everybody at the partner and ecda: signature and certificate."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from commitments.models import Edition
from declaration.actions import RefusedError
from signatories import access
from signatories.access import Request, Role
from signatories.actions.certificates import download_certificate, retry_certificate
from signatories.actions.signing import AlreadySignedError, sign
from signatories.forms import SignatureForm
from signatories.models import Certificate, Partner, Signature


@require_safe
def signature_create(request: Request, slug: str) -> HttpResponse:
    """Show the whole text of the newest edition and what a leader states when signing it."""
    partner = access.partner_or_404(request, slug)
    access.require_role(request, partner, Role.LEADER)
    edition = _edition()
    if Signature.objects.live().filter(partner=partner, edition=edition).exists():
        return redirect("signatories:signature-detail", slug)
    form = SignatureForm(edition=edition, initial={"signatory_name": request.user.name})
    context = {"partner": partner, "edition": edition, "form": form}
    return render(request, "signatories/signature_create.html", context)


@require_POST
def signature_confirm(request: Request, slug: str) -> HttpResponse:
    """Sign the newest edition for the partner."""
    partner = access.partner_or_404(request, slug)
    access.require_role(request, partner, Role.LEADER)
    edition = _edition()
    form = SignatureForm(request.POST, edition=edition)
    if not form.is_valid():
        context = {"partner": partner, "edition": edition, "form": form}
        status = 409 if form.is_outdated else 200
        return render(request, "signatories/signature_create.html", context, status=status)
    try:
        sign(
            partner=partner,
            edition=edition,
            signatory_name=form.cleaned_data["signatory_name"],
            job_title=form.cleaned_data["job_title"],
            authority=form.cleaned_data["authority"],
            by=request.user,
        )
    except AlreadySignedError as error:
        return _conflict(request, partner, "The Declaration is already signed", str(error))
    return redirect("signatories:signature-detail", slug)


@require_safe
def signature_detail(request: Request, slug: str) -> HttpResponse:
    """Confirm that the partner has signed, and show how its certificate comes along."""
    partner = access.partner_or_404(request, slug)
    signature = access.signature_or_404(partner)
    context = _certificate_context(signature.certificate, partner)
    context |= {"partner": partner, "signature": signature}
    return render(request, "signatories/signature_detail.html", context)


@require_safe
def certificate_status(request: Request, slug: str) -> HttpResponse:
    """Say how far the certificate is, as a fragment that asks again by itself."""
    partner = access.partner_or_404(request, slug)
    certificate = access.signature_or_404(partner).certificate
    context = _certificate_context(certificate, partner)
    return render(request, "components/_job.html", context)


@require_POST
def certificate_retry(request: Request, slug: str) -> HttpResponse:
    """Try again to make a certificate that could not be made."""
    partner = access.partner_or_404(request, slug)
    certificate = access.signature_or_404(partner).certificate
    retry_certificate(certificate=certificate, by=request.user)
    return redirect("signatories:signature-detail", slug)


@require_safe
def certificate_download(request: Request, slug: str) -> HttpResponseBase:
    """Hand out the PDF, the same bytes for ever."""
    partner = access.partner_or_404(request, slug)
    certificate = access.signature_or_404(partner).certificate
    try:
        file = download_certificate(certificate=certificate, by=request.user)
    except RefusedError as error:
        return _conflict(request, partner, "There is no certificate to download", str(error))
    name = f"essex-data-declaration-{partner.slug}-certificate.pdf"
    return FileResponse(file, as_attachment=True, filename=name)


def _edition() -> Edition:
    """The newest published edition, with its commitments and indicators."""
    published = Edition.objects.published()
    edition = published.prefetch_related("commitments__indicators__commitment").first()
    if edition is None:
        raise RefusedError("No edition of the Declaration is published yet. ecda will tell you.")
    return edition


def _certificate_context(certificate: Certificate, partner: Partner) -> dict[str, Any]:
    """What `components/_job.html` needs."""
    return {
        "job": certificate,
        "name": "Certificate",
        "status_url": reverse("signatories:certificate-status", args=[partner.slug]),
        "download_url": reverse("signatories:certificate-download", args=[partner.slug]),
        "download_text": "Download the certificate (PDF)",
        "retry_url": reverse("signatories:certificate-retry", args=[partner.slug]),
    }


def _conflict(request: Request, partner: Partner, title: str, message: str) -> HttpResponse:
    back_url = reverse("signatories:signature-detail", args=[partner.slug])
    context = {"title": title, "message": message, "back_url": back_url}
    return render(request, "409.html", context, status=409)
