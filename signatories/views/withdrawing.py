"""For leaders: withdraw the partner's signature. Administrators: one recorded from paper."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from signatories import access
from signatories.access import Request
from signatories.actions.withdrawing import AlreadyWithdrawnError, withdraw
from signatories.forms import WithdrawalForm
from signatories.models import Certificate, Partner
from signatories.views.confirming import is_confirmed, shows_code
from signatories.views.signing import refusal

WITHDRAWN_ALREADY = "This signature is withdrawn already"


@require_safe
def signature_withdraw(request: Request, slug: str, pk: int) -> HttpResponse:
    """Say what a withdrawal means, and ask for the reason."""
    partner = access.partner_or_404(request, slug)
    certificate = access.signed_or_404(partner, pk)
    access.require_withdrawer(request, certificate.signature)
    if certificate.signature.withdrawn_at is not None:
        return redirect("signatories:signature-detail", slug, pk)
    return _form_page(request, partner, certificate, WithdrawalForm())


@require_POST
def withdrawal_confirm(request: Request, slug: str, pk: int) -> HttpResponse:
    """Withdraw the signature, once the person has shown who they are."""
    partner = access.partner_or_404(request, slug)
    certificate = access.signed_or_404(partner, pk)
    signature = certificate.signature
    access.require_withdrawer(request, signature)
    form = WithdrawalForm(request.POST)
    is_valid, is_live = form.is_valid(), signature.withdrawn_at is None
    if is_live and not (is_valid and is_confirmed(request, form)):
        return _form_page(request, partner, certificate, form)
    try:
        # Of one that was withdrawn before, nothing is recorded, whatever the form says.
        withdraw(signature=signature, reason=form.cleaned_data.get("reason", ""), by=request.user)
    except AlreadyWithdrawnError as error:
        typed = request.POST.get("reason", "")
        return refusal(request, partner, WITHDRAWN_ALREADY, str(error), signature, typed)
    return redirect("signatories:signature-detail", slug, pk)


def _form_page(
    request: Request, partner: Partner, certificate: Certificate, form: WithdrawalForm
) -> HttpResponse:
    context = {
        "partner": partner,
        "signature": certificate.signature,
        "certificate": certificate,
        "form": form,
        "asks_code": shows_code(request, form),
    }
    return render(request, "signatories/signature_withdraw.html", context)
