"""The report as a PDF: what it says, that everybody can read it, what it does with odd text."""

import re
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

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
from declaration.jobs import Job
from progress import reports
from progress.actions import request_report
from progress.models import Report
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, bring_to, save
from tests.factories import make_signature
from tests.progress.documents import headings_of, make, text_of, words_of

pytestmark = pytest.mark.django_db

ODD = (
    "Ŵyth ŷd & “quotes”\n<script>alert('x')</script> {{ 7 }} "
    "👍🏽 👩\u200d👩\u200d👧 مرحبا \u202eevil\u202c → "
)
WELSH = "Dŵr a thŷ, Ŵyth Ŷd, tân, pêl"


@pytest.fixture
def report(partner: Partner, assessment: Assessment, lead: User) -> Report:
    """A report that the lead has asked for."""
    return request_report(partner=partner, round=assessment.round, key="one", by=lead)


def fonts_of(content: bytes) -> list[list[str]]:
    """The fonts of a PDF as pdffonts lists them: name, …, embedded, subset, unicode, object."""
    out = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True).stdout
    return [line.split() for line in out.decode().splitlines()[2:]]


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


@pytest.mark.usefixtures("accepted")
def test_the_page_says_all_that_the_document_says(report: Report) -> None:
    html = reports.page(reports.read(report))
    words = words_of(html)
    # There an address is where a link leads.
    missing = [said for said in SAID if said not in words and f'href="{said}"' not in html]
    assert missing == ["Page 2 of "]


def test_the_page_is_a_part_of_a_page(report: Report, assessment: Assessment, lead: User) -> None:
    save(assessment.answers.in_order()[0], lead, 1, ODD)
    html = reports.page(reports.read(report))
    levels = headings_of(html)
    assert levels[0] == 2
    assert 1 not in levels
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert "<script" not in html
    assert "style=" not in html
    assert "&lt;script&gt;alert" in html
    assert "👍🏽" in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_a_partner_gets_no_single_score(report: Report) -> None:
    # One median for each commitment in its own part, and in the table where anything is rated.
    found = reports.read(report)
    assert isinstance(found, reports.Progress)
    rated = sum(bool(each.figures.rated) for each in found.commitments)
    assert reports.write(found).count("Median: ") == 5 + rated


def test_nothing_is_said_twice_in_other_words_and_commitments_flow_on(
    report: Report, assessment: Assessment
) -> None:
    assessment.answers.update(rating=3, updated_at=timezone.now())
    found = reports.read(report)
    assert isinstance(found, reports.Progress)
    page = reports.page(found)
    assert found.headline in page
    assert found.chart.headline not in page
    # The first begins a page.
    assert reports.write(found).count('<section class="apart" id="commitment-') == 4


def test_how_late_an_improvement_is_stands_in_words(
    report: Report, assessment: Assessment, partner: Partner, lead: User
) -> None:
    Improvement.objects.create(
        partner=partner,
        indicator=assessment.answers.in_order()[0].indicator,
        what="Name a sponsor",
        due_on=timezone.localdate() - timedelta(days=3),
        added_by=lead,
    )
    found = reports.read(report)
    for words in (words_of(reports.write(found)), words_of(reports.page(found))):
        assert "overdue by 3 days" in words
        assert "1 improvement is planned or under way, 1 of them overdue." in words
        assert "No owner yet." in words


def test_a_report_without_any_answer_says_so(report: Report) -> None:
    text = text_of(make(report))
    assert "Draft: not accepted by ecda yet" in text
    assert "No indicator is rated yet." in text
    assert "0 of 13 rated, 13 without an answer." in text
    assert "The partner has not answered this indicator." in text
    assert "has not signed The Essex Data Declaration" in text
    # The contents name the pages.
    assert re.search(r"Commitment 5: Acting in Ethical and Transparent ways[ .]+\d+ ", text)


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


def test_odd_text_is_shown_as_text_or_named_in_fonts_that_are_inside(
    report: Report, assessment: Assessment, lead: User
) -> None:
    save(assessment.answers.in_order()[0], lead, 1, f"{ODD}\n{WELSH}")
    content = make(report)
    text = text_of(content)
    assert "Ŵyth ŷd & “quotes”" in text
    assert "<script>alert('x')</script> {{ 7 }}" in text
    assert "[thumbs up sign]" in text
    assert "[woman][woman][girl] [Arabic text] evil [rightwards arrow]" in text
    assert "\u202e" not in text
    assert WELSH in text
    fonts = fonts_of(content)
    assert all(font[0].partition("+")[2].startswith("Source-Sans-3") for font in fonts)
    assert any("Source-Sans-3-Ext" in font[0] for font in fonts)
    assert {embedded for *_, embedded, _, _, _, _ in fonts} == {"yes"}


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


def test_headings_nest(report: Report, assessment: Assessment, lead: User) -> None:
    save(assessment.answers.in_order()[0], lead, 1, "We do.")
    levels = headings_of(reports.write(reports.read(report)))
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_reading_needs_the_same_queries_with_and_without_answers(
    report: Report, assessment: Assessment, partner: Partner, lead: User
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
            partner=partner, indicator=indicator, words="Help", asked_by=lead
        )
    assert queries(reports.read) == before <= 12
