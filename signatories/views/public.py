"""For everyone: what a certificate is worth now."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import conditional_page, require_POST, require_safe

from declaration.limits import too_often
from signatories.access import (
    certificate_by_number,
    certificate_of_file,
    certificate_with_code,
)
from signatories.forms import CertificateCheckForm, CertificateFileForm

RATE = "check_certificate"
WHY_LIMITED = "So that nobody finds certificates by trying numbers"
SAME_FILE = (
    "Your file is exactly the certificate that we made: not one byte has been changed. "
    "Whether it is still valid is said below."
)


@login_not_required
@require_safe
def certificate_check(request: HttpRequest) -> HttpResponse:
    """Ask for a certificate's number, code or file, and go to what it says."""
    form = CertificateCheckForm(request.GET if "number" in request.GET else None)
    if not form.is_valid():
        return _ask(request, form, CertificateFileForm())
    if refusal := too_often(request, RATE, WHY_LIMITED):
        return refusal
    certificate = certificate_by_number(form.cleaned_data["number"])
    if certificate is None:
        return _unknown(request)
    return redirect("signatories:certificate-detail", certificate.code)


@login_not_required
@require_POST
def certificate_check_file(request: HttpRequest) -> HttpResponse:
    """Compare a file with the certificates that were made; nothing of it is kept."""
    if refusal := too_often(request, RATE, WHY_LIMITED):
        return refusal
    form = CertificateFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, CertificateCheckForm(), form)
    certificate = certificate_of_file(form.sha256)
    if certificate is None:
        return render(request, "signatories/certificate_no_match.html", status=404)
    # Once, for this visitor: an address that says so could be sent to anybody.
    messages.info(request, SAME_FILE)
    return redirect("signatories:certificate-detail", certificate.code)


@login_not_required
@require_safe
@conditional_page
def certificate_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a certificate says and what it is worth now, and nothing else."""
    certificate = certificate_with_code(code)
    if certificate is None:
        return too_often(request, RATE, WHY_LIMITED) or _unknown(request)
    context = {"certificate": certificate, "signature": certificate.signature}
    return render(request, "signatories/certificate_detail.html", context)


def _ask(
    request: HttpRequest, number: CertificateCheckForm, file: CertificateFileForm
) -> HttpResponse:
    """The page with both forms; `form` is the one that was sent."""
    context = {"number_form": number, "file_form": file, "form": file if file.is_bound else number}
    return render(request, "signatories/certificate_check.html", context)


def _unknown(request: HttpRequest) -> HttpResponse:
    """The same answer for everything that is not a certificate."""
    form = CertificateCheckForm(initial={"number": request.GET.get("number", "")})
    return render(request, "signatories/certificate_unknown.html", {"form": form}, status=404)
