"""The certificate as a document: what it says, and its HTML."""

from dataclasses import dataclass
from datetime import date

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from commitments.models import Commitment
from signatories.models import Certificate

# Raise it when the page's words or layout change: what was printed before stays as it was.
TEMPLATE_VERSION = 2

# Names of any length fit on the one page: the longest text that each size still takes.
SIZES = ((34, "xl"), (58, "l"), (110, "m"))

# A signatory's name in the largest letters stays on one line, however wide they are.
ONE_LINE = 26


@dataclass(frozen=True)
class CertificatePage:
    """All that a certificate says; `minute` is where a signature given on paper is recorded."""

    partner: str
    edition: str
    commitments: tuple[str, ...]
    signatory: str
    job_title: str
    authority: str
    signed_on: date
    number: str
    address: str
    qr_code: str
    minute: str = ""

    @property
    def partner_size(self) -> str:
        """How large the partner's name is set: xl, l, m or s."""
        return next((size for most, size in SIZES if len(self.partner) <= most), "s")

    @property
    def signatory_size(self) -> str:
        """How large the lines about the signatory are set: l, m, s or xs."""
        lengths = [len(self.signatory), len(self.job_title), len(self.authority), len(self.minute)]
        longest = max(lengths)
        if longest > 100:
            return "s" if sum(lengths) <= 620 else "xs"
        return "l" if longest <= 45 and len(self.signatory) <= ONE_LINE else "m"

    @property
    def edition_size(self) -> str:
        """How large the edition's title is set: l, m or s."""
        return "l" if len(self.edition) <= 40 else "m" if len(self.edition) <= 90 else "s"


def check_address(certificate: Certificate) -> str:
    """The full address of the public page that says what the certificate is worth now."""
    path = reverse("signatories:certificate-detail", args=[certificate.code])
    return f"{settings.PUBLIC_URL}{path}"


def certificate_page(certificate: Certificate) -> CertificatePage:
    """What the certificate says, in the partner's and signatory's names as they were signed."""
    signature = certificate.signature
    commitments = Commitment.objects.filter(edition=signature.edition).order_by("number")
    address = check_address(certificate)
    return CertificatePage(
        partner=signature.partner_name,
        edition=signature.edition.title,
        commitments=tuple(commitments.values_list("title", flat=True)),
        signatory=signature.signatory_name,
        job_title=signature.job_title,
        authority=signature.authority,
        signed_on=timezone.localdate(signature.signed_at),
        number=certificate.number,
        address=address,
        qr_code=segno.make_qr(address, error="m").svg_data_uri(
            dark="#062f34", border=0, scale=4, nl=False
        ),
        minute=signature.minute_reference,
    )


def certificate_html(certificate: Certificate) -> str:
    """The certificate as an HTML document for paper."""
    return render_to_string("documents/certificate.html", {"page": certificate_page(certificate)})
