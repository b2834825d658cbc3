"""Documents made for tests by the real renderer, and the words on their pages."""

import re
import subprocess

import page

from assessments import documents
from assessments.models import Assessment, Document, Round
from declaration import pdf
from signatories.models import User


def document_of(assessment: Assessment, by: User) -> Document:
    """A document of the answers that waits to be made."""
    return Document.objects.create(
        key=f"k-{Document.objects.count()}",
        kind=Document.Kind.ASSESSMENT,
        assessment=assessment,
        round=assessment.round,
        requested_by=by,
    )


def questions_of(round: Round, by: User) -> Document:
    """A document of the round's blank questions that waits to be made."""
    return Document.objects.create(
        key=f"k-{Document.objects.count()}",
        kind=Document.Kind.QUESTIONS,
        round=round,
        requested_by=by,
    )


def make(document: Document) -> bytes:
    """Make the document, and check that it is accessible by the rules of PDF/UA-1."""
    content = pdf.render(html_of(document))
    found = page.validate_pdf_bytes(content, profile="PDF/UA-1")
    assert found.is_compliant, [(each.rule_id, each.message) for each in found.failures[:5]]
    return content


def html_of(document: Document) -> str:
    """The document before it is laid out."""
    return documents.write(documents.read(document))


def pages_of(content: bytes) -> list[str]:
    """The words of each page, with white space made one."""
    command = ["pdftotext", "-layout", "-", "-"]
    out = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    *pages, rest = out.decode().split("\f")
    assert not rest.strip()
    return [re.sub(r"\s+", " ", words) for words in pages]


def text_of(content: bytes) -> str:
    """The words of the whole document."""
    return " ".join(pages_of(content))
