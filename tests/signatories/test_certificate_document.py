"""The certificate is one page of PDF/UA-1 with everything on it, however long the names are."""

import io
from dataclasses import replace
from datetime import date
from itertools import pairwise

import page as validation
import pikepdf
import pypdfium2 as pdfium
import pytest
import segno
from django.template.loader import render_to_string

from commitments.models import Edition
from declaration import pdf
from signatories.certificates import CertificatePage, certificate_html, certificate_page
from signatories.models import Partner, User
from tests.factories import make_signature

pytestmark = pytest.mark.django_db


def letters_of(content: bytes) -> str:
    """Every letter that the embedded fonts can show, from their maps to Unicode."""
    found = set()
    with pikepdf.open(io.BytesIO(content)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/ToUnicode" in thing:
                lines = thing.ToUnicode.read_bytes().decode("ascii", "replace").splitlines()
                pairs = [line.split() for line in lines if line.startswith("<")]
                found |= {
                    bytes.fromhex(pair[1].strip("<>")).decode("utf-16-be")
                    for pair in pairs
                    if len(pair) == 2 and pair[1] != "<ffff>"
                }
    return "".join(sorted(found))


def make_pdf(partner: Partner, edition: Edition, leader: User) -> bytes:
    return pdf.render(certificate_html(make_signature(partner, edition, leader).certificate))


def test_it_says_what_was_signed(
    partner: Partner, edition: Edition, leader: User, settings: object
) -> None:
    certificate = make_signature(partner, edition, leader).certificate
    page = certificate_page(certificate)
    assert page.partner == "Braintree District Council"
    assert page.edition == edition.title
    assert len(page.commitments) == 5
    assert page.commitments[0] == "Championing the use of data and analytics"
    assert (page.signatory, page.job_title) == ("Lara Leader", "Chief Executive")
    assert page.number == certificate.number
    assert page.address == f"{settings.PUBLIC_URL}/certificates/{certificate.code}/"  # type: ignore[attr-defined]  # pytest-django's settings
    html = certificate_html(certificate)
    for words in (page.partner, page.signatory, page.number, page.address, *page.commitments):
        assert words in html


def test_the_picture_holds_the_address_of_the_check_page(
    partner: Partner, edition: Edition, leader: User
) -> None:
    page = certificate_page(make_signature(partner, edition, leader).certificate)
    same = segno.make_qr(page.address, error="m")
    assert page.qr_code == same.svg_data_uri(dark="#062f34", border=0, scale=4, nl=False)


def test_it_is_valid_pdf_ua_on_one_page(partner: Partner, edition: Edition, leader: User) -> None:
    report = validation.validate_pdf_bytes(make_pdf(partner, edition, leader), profile="ua1")
    assert [f"{failure.rule_id} {failure.message}" for failure in report.failures] == []
    assert report.is_compliant
    assert report.document.page_count == 1


def test_it_is_a4_landscape_with_a_title_and_a_language(
    partner: Partner, edition: Edition, leader: User
) -> None:
    with pikepdf.open(io.BytesIO(make_pdf(partner, edition, leader))) as document:
        left, bottom, right, top = (float(side) for side in document.pages[0].mediabox)
        assert (round(right - left), round(top - bottom)) == (842, 595)
        assert document.Root.Lang == "en-GB"
        assert "Braintree District Council" in str(document.docinfo["/Title"])


def test_welsh_letters_come_from_the_embedded_font(
    partner: Partner, edition: Edition, leader: User
) -> None:
    leader.name = "Siân Ŵyn ap Ŷorwerth ŵ ŷ"
    content = make_pdf(partner, edition, leader)
    assert set("âŴŶŵŷ") <= set(letters_of(content))
    with pikepdf.open(io.BytesIO(content)) as document:
        names = [
            str(thing.FontName)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing
        ]
    assert names
    assert all("Source-Sans-3" in name for name in names)
    assert validation.validate_pdf_bytes(content, profile="ua1").is_compliant


LONG = "Office of the Police, Fire and Crime Commissioner and Combined Authority for Greater Essex"


# How far the rule lies under the last line of the commitments, in points.
RULE = 3 * 72 / 25.4
COMMITMENTS = (
    "Championing the use of data and analytics",
    "Building data literacy and Capability",
    "Adopting Data Integrity and Data Security standards",
    "Embracing the use of Sharing Data",
    "Acting in Ethical and Transparent ways",
)
NAMES = ["A", LONG, f"{LONG} with {LONG}"[:200], "W" * 200, "Ŵŷ gŵyl " * 22]
IDS = ["short", "long", "longest", "without a gap", "Welsh"]


def page_of(name: str) -> CertificatePage:
    """A certificate on paper, on which everything that has a name has this one."""
    return CertificatePage(
        partner=name,
        edition=f"The Essex Data Declaration, {name}"[:100],
        commitments=("Championing", "Building", "Adopting", "Embracing", "Acting"),
        signatory=name,
        job_title=name,
        authority=name,
        signed_on=date(2026, 11, 22),
        number="7KQM-2RXD",
        address="https://declaration.example/certificates/abc/",
        qr_code=segno.make_qr("https://declaration.example/").svg_data_uri(),
        minute=name,
    )


@pytest.mark.parametrize("name", NAMES, ids=IDS)
def test_names_of_any_length_fit_on_one_page(name: str) -> None:
    report = validation.validate_pdf_bytes(render(page_of(name)), profile="ua1")
    assert report.document.page_count == 1
    assert report.is_compliant


@pytest.mark.parametrize("name", NAMES, ids=IDS)
def test_names_of_any_length_lie_over_nothing_else(name: str) -> None:
    """From the top: title, partner, commitments, signatory; all within the frame."""
    look(page_of(name))


@pytest.mark.parametrize("minute", ["", "Council minute 2026/117, item 4"], ids=["here", "paper"])
@pytest.mark.parametrize(
    "signatory",
    [
        "Wilhelmina W. Woodhouse-Ww",
        "Wilhelmina W. Woodhouse-Www",
        "Bartholomew Featherstonehaugh-Cholmondeley",
        "Bartholomew " * 8,
    ],
    ids=len,
)
def test_a_long_name_of_a_signatory_lies_over_nothing_else(signatory: str, minute: str) -> None:
    """Everything else is of the usual length."""
    look(
        replace(
            page_of("Braintree District Council"),
            edition="The Essex Data Declaration",
            commitments=COMMITMENTS,
            signatory=signatory.strip(),
            job_title="Chief Executive and Head of Paid Service",
            authority="Decision of Cabinet, 12 May 2026",
            minute=minute,
        )
    )


def look(page_: CertificatePage) -> None:
    """Nothing on the page lies over anything else, or outside its frame."""
    page = pdfium.PdfDocument(render(page_))[0]
    text = page.get_textpage()
    found = {}
    lowest = "Security standards" if page_.commitments == COMMITMENTS else "Adopting"
    last = ["Recorded by"] if page_.minute else []
    for word in ("This certifies that", "has signed", lowest, "Signed by", *last):
        place = text.search(word).get_next()
        assert place is not None, word
        boxes = [text.get_charbox(place[0] + number) for number in range(place[1])]
        found[word] = (min(box[1] for box in boxes), max(box[3] for box in boxes))
    words = list(found)
    for above, below in pairwise(words):
        assert found[above][0] > found[below][1], (above, below)
    if lowest != "Adopting":
        # The rule under the commitments stands between.
        assert found[lowest][0] - RULE > found["Signed by"][1]
    everywhere = [text.get_charbox(number) for number in range(text.count_chars())]
    seen = [box for box in everywhere if box[2] > box[0]]
    frame = 12 * 72 / 25.4
    assert min(box[0] for box in seen) > frame
    assert min(box[1] for box in seen) > frame
    assert max(box[2] for box in seen) < page.get_width() - frame
    assert max(box[3] for box in seen) < page.get_height() - frame


def test_a_certificate_of_a_signature_on_paper_says_so(
    partner: Partner, edition: Edition, leader: User
) -> None:
    words = " ".join(render_to_string("documents/certificate.html", {"page": page_of("A")}).split())
    assert "Recorded by the Essex Centre for Data Analytics, minute reference: A" in words
    assert "on paper" not in certificate_html(make_signature(partner, edition, leader).certificate)


def render(page: CertificatePage) -> bytes:
    return pdf.render(render_to_string("documents/certificate.html", {"page": page}))


def test_what_people_type_stays_text(partner: Partner, edition: Edition, leader: User) -> None:
    leader.name = "<script>alert(1)</script> {{ 7*7 }} & Sons"
    html = certificate_html(make_signature(partner, edition, leader).certificate)
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} &amp; Sons" in html
