"""The QR code, read from a picture of the PDF, leads to what the certificate is worth now."""

from io import BytesIO
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from django.utils import timezone

from commitments.models import Edition
from declaration import pdf
from signatories.certificates import certificate_html
from signatories.models import Certificate, Partner, Signature, User
from tests.factories import make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(partner: Partner, edition: Edition, leader: User) -> Certificate:
    found: Certificate = make_signature(partner, edition, leader).certificate
    return found


def read_codes(content: bytes, *, dots_per_inch: int) -> list[str]:
    """The texts of the QR codes on a picture of the first page."""
    with pypdfium2.PdfDocument(BytesIO(content)) as document:
        picture = document[0].render(scale=dots_per_inch / 72).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(picture)]


# A screen, an office printer, and the camera of a phone at a distance.
@pytest.mark.parametrize("dots_per_inch", [96, 150, 300])
def test_the_code_on_the_page_leads_to_the_check_page(
    client: Client, certificate: Certificate, leader: User, dots_per_inch: int
) -> None:
    content = pdf.render(certificate_html(certificate))
    (address,) = read_codes(content, dots_per_inch=dots_per_inch)
    assert address.startswith(settings.PUBLIC_URL)
    path = urlsplit(address).path
    page = client.get(path).text
    assert "This certificate is valid" in page
    assert certificate.number in page
    Signature.objects.update(
        withdrawn_at=timezone.now(), withdrawn_by=leader, withdrawal_reason="By mistake"
    )
    assert "This certificate is withdrawn" in client.get(path).text


def test_the_address_in_print_is_the_same(client: Client, certificate: Certificate) -> None:
    html = certificate_html(certificate)
    with pypdfium2.PdfDocument(BytesIO(pdf.render(html))) as document:
        words = document[0].get_textpage().get_text_range()
    # A hyphen at the end of a line comes out as a sign of its own.
    assert certificate.code in "".join(words.replace("\ufffe", "-").split())
    assert certificate.number in words
