"""What tests of reports as documents share: make one, and read its words."""

import re
import subprocess
from collections.abc import Mapping
from html import unescape

import page

from assessments.actions.answering import save_answer
from assessments.actions.reviewing import accept
from assessments.actions.submitting import send, sign_off
from assessments.models import Assessment
from declaration import pdf
from progress import reports
from progress.models import Report
from signatories.models import User
from tests.assessment_factories import save


def make(report: Report) -> bytes:
    """Make the document, and check that it is accessible by the rules of PDF/UA-1."""
    content = pdf.render(reports.write(reports.read(report)))
    found = page.validate_pdf_bytes(content, profile="PDF/UA-1")
    assert found.is_compliant, [(each.rule_id, each.message) for each in found.failures[:5]]
    return content


def text_of(content: bytes) -> str:
    """The words of a PDF, with white space made one."""
    command = ["pdftotext", "-layout", "-", "-"]
    out = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    return re.sub(r"\s+", " ", out.decode())


def words_of(html: str) -> str:
    """The words of a part of a page, with white space made one."""
    spaced = re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:a|span|strong)\b[^>]*>", "", html))
    return re.sub(r"\s+", " ", unescape(spaced))


def headings_of(html: str) -> list[int]:
    """The levels of the headings, in order."""
    return [int(level) for level in re.findall(r"<h(\d)", html)]


def say(
    assessment: Assessment, leader: User, staff: User, ratings: Mapping[str, int | None]
) -> None:
    """Answer all, 2 where nothing else is said and not applicable for None; then have it accepted.

    `ratings` are by the indicators' codes.
    """
    for answer in assessment.answers.in_order():
        rating = ratings.get(answer.indicator.code, 2)
        if rating is None:
            save_answer(
                answer=answer,
                version=answer.version,
                rating=None,
                not_applicable=True,
                reason="We have none.",
                narrative="",
                completed=True,
                by=leader,
            )
        else:
            save(answer, leader, rating)
    send(assessment=assessment, by=leader)
    sign_off(assessment=assessment, by=leader)
    accept(assessment=assessment, note="", by=staff)
