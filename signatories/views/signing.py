"""For leaders: sign. For everybody at the partner and ecda: signatures and certificates."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from commitments.models import Edition
from declaration.actions import RefusedError
from declaration.writers import kept_without_session, sign_writer
from signatories import access
from signatories.access import Request, Role
from signatories.actions.certificates import download_certificate, retry_certificate
from signatories.actions.signing import (
    AlreadySignedError,
    require_existing,
    require_signable,
    sign,
)
from signatories.certificates import check_address
from signatories.forms import SignatureForm
from signatories.models import Certificate, Partner, Signature
from signatories.views.confirming import is_confirmed, shows_code
from signatories.views.resuming import (
    STATED,
    forget_typed,
    keep_typed,
    subject_of,
    typed_before,
)

SIGNED_ALREADY = "The Declaration is already signed"
NOT_NOW = "The Declaration cannot be signed now"


@require_safe
def signature_create(request: Request, slug: str) -> HttpResponse:
    """Show the whole text of the newest edition and what a leader states when signing it."""
    partner = access.partner_or_404(request, slug)
    access.require_role(request, partner, Role.LEADER)
    edition = _edition()
    signed = Signature.objects.live().filter(partner=partner, edition=edition).first()
    if signed is not None:
        return redirect("signatories:signature-detail", slug, signed.pk)
    try:
        require_existing(partner)
    except RefusedError as error:
        return refusal(request, partner, NOT_NOW, str(error))
    stated = {"signatory_name": request.user.name} | typed_before(request, partner)
    writer = sign_writer(request.user.pk, subject_of(slug))
    form = SignatureForm(edition=edition, initial=stated | {"writer": writer})
    return _form_page(request, partner, edition, form)


@kept_without_session(keep_typed)
@require_POST
def signature_confirm(request: Request, slug: str) -> HttpResponse:
    """Sign the newest edition for the partner, once the leader has shown who they are."""
    partner = access.partner_or_404(request, slug)
    access.require_role(request, partner, Role.LEADER)
    edition = _edition()
    form = SignatureForm(request.POST, edition=edition)
    if not form.is_valid():
        return _form_page(request, partner, edition, form, status=409 if form.is_outdated else 200)
    stated = {name: form.cleaned_data[name] for name in STATED}
    try:
        # Before a code is sent for nothing.
        require_signable(partner, edition)
        if not is_confirmed(request, form):
            return _form_page(request, partner, edition, form)
        signature = sign(partner=partner, edition=edition, by=request.user, **stated)
    except AlreadySignedError as error:
        return refusal(request, partner, SIGNED_ALREADY, str(error))
    except RefusedError as error:
        form.add_error(None, str(error))
        return _form_page(request, partner, edition, form, status=409)
    forget_typed(request)
    return redirect("signatories:signature-detail", slug, signature.pk)


def _form_page(
    request: Request, partner: Partner, edition: Edition, form: SignatureForm, status: int = 200
) -> HttpResponse:
    context = {
        "partner": partner,
        "edition": edition,
        "form": form,
        "asks_code": shows_code(request, form),
        "earlier": access.signatures_of(partner).filter(signature__withdrawn_at=None).first(),
    }
    return render(request, "signatories/signature_create.html", context, status=status)


@require_safe
def signature_list(request: Request, slug: str) -> HttpResponse:
    """All that the partner has ever signed, the newest edition first."""
    partner = access.partner_or_404(request, slug)
    context = {"partner": partner, "certificates": list(access.signatures_of(partner))}
    return render(request, "signatories/signature_list.html", context)


@require_safe
def signature_detail(request: Request, slug: str, pk: int) -> HttpResponse:
    """Confirm that the partner has signed, and show how its certificate comes along."""
    partner = access.partner_or_404(request, slug)
    certificate = access.signed_or_404(partner, pk)
    signature = certificate.signature
    context = _certificate_context(certificate, partner) | {
        "partner": partner,
        "signature": signature,
        "done": "Signature recorded" if signature.on_paper else "Declaration signed",
        "check_address": check_address(certificate),
        "may_withdraw": signature.withdrawn_at is None
        and access.may_withdraw(request.user, signature),
    }
    return render(request, "signatories/signature_detail.html", context)


@require_safe
def certificate_status(request: Request, slug: str, pk: int) -> HttpResponse:
    """Say how far the certificate is, as a fragment that asks again by itself."""
    partner = access.partner_or_404(request, slug)
    context = _certificate_context(access.signed_or_404(partner, pk), partner)
    return render(request, "components/_job.html", context)


@require_POST
def certificate_retry(request: Request, slug: str, pk: int) -> HttpResponse:
    """Try again to make a certificate that could not be made."""
    partner = access.partner_or_404(request, slug)
    retry_certificate(certificate=access.signed_or_404(partner, pk), by=request.user)
    return redirect("signatories:signature-detail", slug, pk)


@require_safe
def certificate_download(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Hand out the PDF, the same bytes for ever."""
    partner = access.partner_or_404(request, slug)
    certificate = access.signed_or_404(partner, pk)
    try:
        file = download_certificate(certificate=certificate, by=request.user)
    except RefusedError as error:
        title = "There is no certificate to download"
        return refusal(request, partner, title, str(error), certificate.signature)
    name = f"essex-data-declaration-{partner.slug}-certificate-{certificate.number}.pdf"
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
    its = [partner.slug, certificate.signature_id]
    return {
        "job": certificate,
        "name": "Certificate",
        "status_url": reverse("signatories:certificate-status", args=its),
        "download_url": reverse("signatories:certificate-download", args=its),
        "download_text": "Download the certificate (PDF)",
        "retry_url": reverse("signatories:certificate-retry", args=its),
    }


def refusal(
    request: Request,
    partner: Partner,
    title: str,
    message: str,
    signature: Signature | None = None,
    typed: str = "",
) -> HttpResponse:
    """Say why not (409), with a way to the signature, or to all of the partner's.

    `typed` is what the person wrote for nothing: it is shown, to be copied.
    """
    back_url = reverse("signatories:signature-list", args=[partner.slug])
    if signature is not None:
        back_url = reverse("signatories:signature-detail", args=[partner.slug, signature.pk])
    context = {"title": title, "message": message, "back_url": back_url, "typed": typed}
    return render(request, "signatories/refused.html", context, status=409)
