"""The report as a PDF: what it says, that everybody can read it, what it does with odd text."""

import re
import subprocess
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import page
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions.reviewing import accept, request_changes
from assessments.actions.submitting import send, sign_off
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    EvidenceFile,
    Improvement,
    SupportRequest,
)
from assessments.workflow import State
from commitments.models import Edition, Indicator
from declaration import pdf
from declaration.jobs import Job
from progress import reports
from progress.actions import request_report
from progress.models import Report
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, bring_to, save
from tests.factories import make_signature

pytestmark = pytest.mark.django_db

ODD = (
    "Ŵyth ŷd & “quotes”\n<script>alert('x')</script> {{ 7 }} "
    "👍🏽 👩\u200d👩\u200d👧 مرحبا \u202eevil\u202c → "
)


@pytest.fixture
def report(partner: Partner, assessment: Assessment, lead: User) -> Report:
    """A report that the lead has asked for."""
    return request_report(partner=partner, round=assessment.round, key="one", by=lead)


def text_of(content: bytes) -> str:
    """The words of a PDF, with white space made one."""
    command = ["pdftotext", "-layout", "-", "-"]
    out = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    return re.sub(r"\s+", " ", out.decode())


def fonts_of(content: bytes) -> list[list[str]]:
    """The fonts of a PDF as pdffonts lists them: name, …, embedded, subset, unicode, object."""
    out = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True).stdout
    return [line.split() for line in out.decode().splitlines()[2:]]


def make(report: Report) -> bytes:
    """Make the document, and check that it is accessible by the rules of PDF/UA-1."""
    content = pdf.render(reports.write(reports.read(report)))
    found = page.validate_pdf_bytes(content, profile="PDF/UA-1")
    assert found.is_compliant, [(each.rule_id, each.message) for each in found.failures[:5]]
    return content


def add_more(answer: Answer, partner: Partner, leader: User) -> None:
    """A file, an improvement, and that others may learn from it."""
    policy = Evidence.objects.create(answer=answer, title="Policy", added_by=leader)
    EvidenceFile.objects.create(
        key="f",
        evidence=policy,
        file="evidence/x",
        name="policy.pdf",
        size=2048,
        media_type="application/pdf",
        sha256="0" * 64,
        uploaded_by=leader,
        state=Job.State.DONE,
    )
    Improvement.objects.create(
        partner=partner,
        indicator=answer.indicator,
        what="Name two more",
        owner="Olive Owner",
        due_on=date(2999, 5, 1),
        added_by=leader,
    )
    Answer.objects.filter(pk=answer.pk).update(willing_to_share=True)


@pytest.fixture
def accepted(
    assessment: Assessment, edition: Edition, partner: Partner, leader: User, staff: User
) -> Assessment:
    """An assessment with evidence and a wish, sent back once and then accepted."""
    make_signature(partner, edition, leader)
    answer_all(assessment, leader, 3)
    first = assessment.answers.in_order()[0]
    save(first, leader, 4, "Our leaders sponsor eleven projects.")
    Evidence.objects.create(
        answer=first,
        title="Board paper",
        url="https://braintree.example/board",
        dated_on=date(2026, 3, 9),
        note="It names them.",
        added_by=leader,
    )
    add_more(first, partner, leader)
    SupportRequest.objects.create(
        partner=partner, indicator=first.indicator, words="An hour of advice", asked_by=leader
    )
    comments = {first.indicator_id: "Name the sponsors."}
    submit(assessment, leader)
    request_changes(assessment=assessment, note="Not yet.", comments=comments, by=staff)
    submit(assessment, leader)
    accept(assessment=assessment, note="Clear and honest.", by=staff)
    return assessment


def submit(assessment: Assessment, leader: User) -> None:
    send(assessment=assessment, by=leader)
    sign_off(assessment=assessment, by=leader)


SAID = (
    "Accepted by ecda",
    "13 of 13 rated indicators are Established or Leading.",
    "1.1 Leaders sponsor data projects",
    "Our leaders sponsor eleven projects.",
    "Board paper, 9 March 2026",
    "https://braintree.example/board",
    "It names them.",
    "File policy.pdf, 2.0 KB",
    "Name two more",
    "Planned. Owner: Olive Owner. Due on 1 May 2999.",
    "Willing to share as good practice.",
    "An hour of advice",
    "Name the sponsors.",
    "Clear and honest.",
    "Lara Leader, Chief Executive, signed The Essex Data Declaration",
    "What Leading would need",
    "Page 2 of ",
    "Snapshot 1, SHA-256",
)


@pytest.mark.usefixtures("accepted")
def test_an_accepted_report_says_all_that_was_said(report: Report) -> None:
    text = text_of(make(report))
    assert [words for words in SAID if words not in text] == []
    assert "not accepted" not in text


def test_a_report_without_any_answer_says_so(report: Report) -> None:
    text = text_of(make(report))
    assert "Draft: not accepted by ecda yet" in text
    assert "No indicator is rated yet." in text
    assert "0 of 13 rated, 13 without an answer." in text
    assert "The partner has not answered this indicator." in text
    assert "has not signed The Essex Data Declaration" in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.AWAITING, "Awaiting sign-off: not accepted by ecda yet"),
        (State.SUBMITTED, "Submitted: not accepted by ecda yet"),
        (State.CHANGES, "Changes requested: not accepted by ecda yet"),
    ],
)
def test_the_cover_says_plainly_what_ecda_has_not_accepted(
    state: State, words: str, report: Report, assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    progress = reports.read(report)
    assert words in reports.write(progress)
    assert "ecda has not accepted this assessment yet." in reports.write(progress)


def test_odd_text_is_shown_as_text_or_named(
    report: Report, assessment: Assessment, lead: User
) -> None:
    save(assessment.answers.in_order()[0], lead, 1, ODD)
    content = make(report)
    text = text_of(content)
    assert "Ŵyth ŷd & “quotes”" in text
    assert "<script>alert('x')</script> {{ 7 }}" in text
    assert "[thumbs up sign]" in text
    assert "[woman][woman][girl] [Arabic text] evil [rightwards arrow]" in text
    assert "\u202e" not in text
    assert all(font[0].partition("+")[2].startswith("Source-Sans-3") for font in fonts_of(content))


def test_every_font_is_inside_with_welsh_letters(
    report: Report, assessment: Assessment, lead: User
) -> None:
    save(assessment.answers.in_order()[0], lead, 1, "Dŵr a thŷ, Ŵyth Ŷd, tân, pêl")
    content = make(report)
    fonts = fonts_of(content)
    assert {embedded for *_, embedded, _, _, _, _ in fonts} == {"yes"}
    assert any("Source-Sans-3-Ext" in font[0] for font in fonts)
    assert "Dŵr a thŷ, Ŵyth Ŷd, tân, pêl" in text_of(content)


@pytest.mark.parametrize(
    "narrative",
    ["Sponsors report every quarter. " * 320, "x" * 10_000, "line\n" * 2_000],
    ids=["prose", "one word", "lines"],
)
def test_ten_thousand_characters_are_printed_whole(
    narrative: str, report: Report, assessment: Assessment, lead: User
) -> None:
    save(assessment.answers.in_order()[0], lead, 1, narrative)
    printed = text_of(make(report))
    word = narrative.split()[0] if " " in narrative or "\n" in narrative else "x"
    assert printed.count(word) >= narrative.count(word)


def test_a_partner_with_the_longest_name_has_a_cover(report: Report, partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(name="W" * 200)
    assert "W" * 20 in text_of(make(Report.objects.get()))


def test_contents_name_the_pages(report: Report) -> None:
    text = text_of(make(report))
    assert re.search(r"Commitment 5: Acting in Ethical and Transparent ways[ .]+\d+ ", text)


def test_headings_nest(report: Report, assessment: Assessment, lead: User) -> None:
    save(assessment.answers.in_order()[0], lead, 1, "We do.")
    levels = [int(level) for level in re.findall(r"<h(\d)", reports.write(reports.read(report)))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_reading_needs_the_same_queries_with_and_without_answers(
    report: Report, assessment: Assessment, lead: User, round: object
) -> None:
    def queries(read: Callable[[Report], object]) -> int:
        with CaptureQueriesContext(connection) as found:
            read(report)
        return len(found)

    before = queries(reports.read)
    for answer in assessment.answers.all():
        Evidence.objects.create(
            answer=answer, title="Paper", url="https://a.example/1", added_by=lead
        )
        save(answer, lead)
    for indicator in Indicator.objects.all():
        SupportRequest.objects.create(
            partner=report.partner, indicator=indicator, words="Help", asked_by=lead
        )
    assert queries(reports.read) == before <= 10
