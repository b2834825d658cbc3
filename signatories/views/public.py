"""For everyone: what a certificate is worth now."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from signatories.access import certificate_by_number, certificate_with_code
from signatories.forms import CertificateCheckForm


@login_not_required
@require_safe
def certificate_check(request: HttpRequest) -> HttpResponse:
    """Ask for a certificate's number or code, and go to what it says."""
    form = CertificateCheckForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        certificate = certificate_by_number(form.cleaned_data["number"])
        if certificate is None:
            return _unknown(request)
        return redirect("signatories:certificate-detail", certificate.code)
    return render(request, "signatories/certificate_check.html", {"form": form})


@login_not_required
@require_safe
def certificate_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a certificate says and what it is worth now, and nothing else."""
    certificate = certificate_with_code(code)
    if certificate is None:
        return _unknown(request)
    context = {"certificate": certificate, "signature": certificate.signature}
    return render(request, "signatories/certificate_detail.html", context)


def _unknown(request: HttpRequest) -> HttpResponse:
    """The same answer for everything that is not a certificate."""
    form = CertificateCheckForm(initial={"number": request.GET.get("number", "")})
    return render(request, "signatories/certificate_unknown.html", {"form": form}, status=404)
