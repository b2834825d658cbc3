"""Anyone uploads a certificate's PDF and learns whether it is the very one; nothing is kept."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from commitments.models import Edition
from declaration.receiving import NO_ROOM, ReceivedFile
from signatories.forms import CertificateFileForm
from signatories.models import Certificate, Partner, Signature, User
from signatories.tasks import make_certificate_task
from tests.factories import make_signature

pytestmark = pytest.mark.django_db

CHECK_FILE = "/certificates/check-file"
MADE = b"%PDF-1.7 of Braintree"
SAME = "Your file is exactly the certificate that we made"
NO_MATCH = "This file is not a certificate that we made"
MB = 1024 * 1024


@pytest.fixture(autouse=True)
def often(settings: object) -> None:
    """Let these tests try as often as they like."""
    settings.ACCOUNT_RATE_LIMITS = {"check_certificate": "1000/m/ip"}  # type: ignore[attr-defined]  # pytest-django's settings


@pytest.fixture
def certificate(partner: Partner, edition: Edition, leader: User) -> Certificate:
    """A certificate that has been made, of few bytes."""
    found: Certificate = make_signature(partner, edition, leader).certificate
    digest = hashlib.sha256(MADE).hexdigest()
    Certificate.objects.filter(pk=found.pk).update(state="done", file="x.pdf", sha256=digest)
    found.refresh_from_db()
    return found


def page_after(client: Client, content: bytes, name: str = "certificate.pdf") -> str:
    """What is shown in the end to somebody who sends the file."""
    sent = SimpleUploadedFile(name, content)
    return client.post(CHECK_FILE, {"file": sent}, follow=True).content.decode()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_very_file_leads_to_its_certificate(client: Client, certificate: Certificate) -> None:
    sent = client.post(CHECK_FILE, {"file": SimpleUploadedFile("renamed.bin", MADE)})
    assert sent.headers["Location"] == f"/certificates/{certificate.code}/"
    page = client.get(sent.headers["Location"]).text
    assert SAME in page
    assert "This certificate is valid" in page
    # Said once, to whoever sent the file: the address alone claims nothing.
    assert SAME not in client.get(sent.headers["Location"]).text


def test_the_file_of_a_withdrawn_certificate_is_the_very_one_and_withdrawn(
    client: Client, certificate: Certificate, leader: User
) -> None:
    Signature.objects.update(
        withdrawn_at=timezone.now(), withdrawn_by=leader, withdrawal_reason="By mistake"
    )
    page = page_after(client, MADE)
    assert SAME in page
    assert "This certificate is withdrawn" in page
    assert "This certificate is valid" not in page


def test_each_flipped_byte_says_no_match(client: Client, certificate: Certificate) -> None:
    for place in range(len(MADE)):
        changed = bytearray(MADE)
        changed[place] ^= 1
        page = page_after(client, bytes(changed))
        assert SAME not in page
        # A file whose first bytes are not a PDF's is told so; all others do not match.
        assert (NO_MATCH if place >= 5 else "The file is not a PDF") in page


@pytest.mark.parametrize("content", [MADE + b"\n", MADE[:-1], b"%PDF-1.7", b"%PDF-" + b"x" * MB])
def test_any_other_pdf_says_no_match_why_that_can_be_and_what_to_do(
    client: Client, certificate: Certificate, content: bytes
) -> None:
    response = client.post(CHECK_FILE, {"file": SimpleUploadedFile("x.pdf", content)})
    assert response.status_code == 404
    for words in (NO_MATCH, "saved again by another program", "Look up the number"):
        assert words in response.text


def test_the_answer_for_what_does_not_match_is_always_the_same(
    client: Client, certificate: Certificate
) -> None:
    Certificate.objects.create(
        signature=make_second(certificate), key="waiting", state="queued", code="c" * 24
    )
    answers = [
        client.post(CHECK_FILE, {"file": SimpleUploadedFile(f"{number}.pdf", content)})
        for number, content in enumerate([b"%PDF-1", b"%PDF-" + b"a" * MB, MADE[:-1]])
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, answers[0].content)
    }


def make_second(certificate: Certificate) -> Signature:
    """A withdrawn signature whose certificate has not been made."""
    first = certificate.signature
    return Signature.objects.create(
        partner=first.partner,
        edition=first.edition,
        partner_name=first.partner_name,
        signatory_name="Somebody else",
        job_title="Leader",
        authority="Yes",
        signed_by=first.signed_by,
        withdrawn_at=timezone.now(),
        withdrawn_by=first.signed_by,
        withdrawal_reason="By mistake",
    )


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "x.pdf", "The file is empty"),
        (b"\x89PNG\r\n", "x.pdf", "The file is not a PDF"),
        (b"<html>", "x.html", "The file is not a PDF"),
        (b"PK\x03\x04", "x.docx", "The file is not a PDF"),
        (b" %PDF-1.7", "x.pdf", "The file is not a PDF"),
        (b"%PDF-" + b"x" * (5 * MB - 4), "x.pdf", "The file must be 5 MB or smaller"),
        (b"%PDF-" + b"x" * (6 * MB), "x.pdf", "The file must be 5 MB or smaller"),
    ],
)
def test_what_cannot_be_a_certificate_is_said_in_words(
    client: Client, certificate: Certificate, content: bytes, name: str, words: str
) -> None:
    response = client.post(CHECK_FILE, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 200
    page = response.text
    assert "<title>Error: Check a certificate" in page
    assert page.count(words) == 2
    assert 'href="#id_file"' in page


def test_five_megabytes_are_compared(client: Client, certificate: Certificate) -> None:
    content = b"%PDF-" + b"x" * (5 * MB - 5)
    digest = hashlib.sha256(content).hexdigest()
    Certificate.objects.create(
        signature=make_second(certificate), key="large", state="done", file="y.pdf", sha256=digest
    )
    assert SAME in page_after(client, content)


@pytest.mark.parametrize("data", [{}, {"file": ""}, {"file": "text"}, {"number": "7KQM-2RXD"}])
def test_no_file_is_said_in_words(
    client: Client, certificate: Certificate, data: dict[str, str]
) -> None:
    for sent in (client.post(CHECK_FILE, data), client.post(CHECK_FILE, data, "text/plain")):
        assert sent.status_code == 200
        assert sent.text.count("Select the certificate’s PDF") == 2


def test_a_file_that_could_not_be_received_says_why() -> None:
    file = ReceivedFile(file=None, name="x.pdf", size=9, trouble=NO_ROOM)
    form = CertificateFileForm({}, MultiValueDict({"file": [file]}))
    assert form.errors["file"] == [f"The file {NO_ROOM}"]


def test_strange_names_make_no_difference(client: Client, certificate: Certificate) -> None:
    for name in ("../../etc/passwd", "x" * 300 + ".pdf", "\u202efdp.exe", "a\tb.pdf"):
        assert SAME in page_after(client, MADE, name)


def test_nothing_of_the_file_is_kept(
    client: Client, certificate: Certificate, client_of: Callable[[User], Client], lead: User
) -> None:
    root = Path(portal.MEDIA_ROOT)
    before = files_in(root)
    for content in (MADE, MADE + b"x", b"%PDF-" + b"x" * 4 * MB, b"none"):
        page_after(client, content)
        page_after(client_of(lead), content)
    assert files_in(root) == before


def test_it_is_only_for_sending(client: Client, certificate: Certificate) -> None:
    assert client.get(CHECK_FILE).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_certificate_that_the_job_made_is_known_again_to_the_byte(
    client: Client, partner: Partner, edition: Edition, leader: User
) -> None:
    certificate: Certificate = make_signature(partner, edition, leader).certificate
    make_certificate_task(certificate.pk)
    certificate.refresh_from_db()
    with certificate.file.open() as file:
        content = file.read()
    assert SAME in page_after(client, content)
    for place in (5, len(content) // 2, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 0x80
        assert NO_MATCH in page_after(client, bytes(changed))
