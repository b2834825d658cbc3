"""The answers as a PDF: all that was said, who stands by it, and what nobody has said yet."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import documents
from assessments.actions.answering import Wanted, save_answer
from assessments.actions.carrying import carry_forward
from assessments.actions.evidence import Link
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    EvidenceFile,
    Improvement,
    SupportRequest,
)
from assessments.workflow import State
from commitments.models import Edition, SupportOffer
from declaration.jobs import Job
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, bring_to, make_round, save
from tests.assessments.papers import document_of, html_of, make, pages_of, text_of
from tests.assessments.years import later_edition, move_to_the_past

pytestmark = pytest.mark.django_db

MARK = "Not signed off"
NOT_SIGNED_OFF = [State.DRAFT, State.AWAITING, State.CHANGES]
ODD = (
    "Ŵyth ŷd & “quotes”\n<script>alert('x')</script> <b>bold</b> {{ 7 }} {% now 'Y' %} "
    "👍🏽 👩\u200d👩\u200d👧 مرحبا \u202eevil\u202c"
)


def add_file(evidence: Evidence, by: User, name: str, **facts: object) -> None:
    given = {"state": Job.State.DONE, "verdict": "clean", "size": 2048} | facts
    EvidenceFile.objects.create(
        key=f"f-{evidence.pk}",
        evidence=evidence,
        file="evidence/x",
        name=name,
        media_type="application/pdf",
        sha256="0" * 64,
        uploaded_by=by,
        **given,
    )


def fill(answer: Answer, partner: Partner, lead: User) -> None:
    """Everything that can belong to an answer."""
    link = Link("Board paper", "https://a.example/board", date(2026, 3, 9), "Names\nour sponsors.")
    save(answer, lead, 2, "Eleven projects.\nNone fails.", links=(link,))
    Answer.objects.filter(pk=answer.pk).update(willing_to_share=True)
    file = Evidence.objects.create(answer=answer, title="Policy", note="Since May.", added_by=lead)
    add_file(file, lead, "policy.pdf")
    place = {"partner": partner, "indicator": answer.indicator}
    offer = SupportOffer.objects.get(slug="data-masterclass")
    SupportRequest.objects.create(**place, offer=offer, asked_by=lead)
    SupportRequest.objects.create(**place, words="An hour of advice", asked_by=lead)
    Improvement.objects.create(
        **place,
        what="Name a sponsor for each project",
        owner="Olive Owner",
        due_on=date(2020, 2, 1),
        state=Improvement.State.UNDER_WAY,
        added_by=lead,
    )


SAID = [
    "Braintree District Council",
    "Draft. The partner’s lead answers the indicators and sends them for sign-off.",
    "1 of 13 rated, 1 not applicable, 11 without an answer",
    ", for Lee Lead",
    "1.1 Leaders sponsor data projects",
    "2 Developing",
    "We have written down what a sponsor does",
    "What Established would need",
    "Make a named sponsor a condition",
    "Eleven projects. None fails.",
    "Board paper, 9 March 2026",
    "https://a.example/board",
    "Names our sponsors.",
    "File policy.pdf, 2.0 KB",
    "Since May.",
    "Name a sponsor for each project",
    "Under way. Owner: Olive Owner. Due on 1 February 2020, overdue.",
    "An hour of advice",
    "ecda Data Masterclass",
    "Willing to share as good practice.",
    "Marked as completed. Last saved by Lee Lead",
    "Why it is not applicable We have no leaders.",
    "Not one.",
    "Page 1 of ",
]


def test_everything_that_was_said_is_printed(
    assessment: Assessment, partner: Partner, lead: User
) -> None:
    first, second = assessment.answers.in_order()[:2]
    fill(first, partner, lead)
    save_answer(
        answer=second,
        version=second.version,
        rating=None,
        not_applicable=True,
        reason="We have no leaders.",
        narrative="Not one.",
        completed=True,
        by=lead,
    )
    text = text_of(make(document_of(assessment, lead)))
    assert f"Self-assessment, round {assessment.round}" in text
    assert [words for words in SAID if words not in text] == []


def test_no_answer_and_no_evidence_are_told_apart(assessment: Assessment, lead: User) -> None:
    first, second = assessment.answers.in_order()[:2]
    save(first, lead, 3)
    Evidence.objects.create(answer=second, title="Minutes", url="https://a.example/", added_by=lead)
    said = documents.read(document_of(assessment, lead))
    assert isinstance(said, documents.Answers)
    rated, shown = said.parts[:2]
    assert (rated.words, rated.evidence) == ("3 Established", ())
    assert (shown.words, [str(each) for each in shown.evidence]) == ("No answer yet", ["Minutes"])
    text = text_of(make(document_of(assessment, lead)))
    assert text.count("No evidence given.") == 12
    assert text.count("The partner has not answered this indicator.") == 12


def test_an_empty_assessment_is_printed_and_says_so(assessment: Assessment, lead: User) -> None:
    text = text_of(make(document_of(assessment, lead)))
    assert "0 of 13 rated, 13 without an answer" in text
    assert text.count("No evidence given.") == 13
    assert "Last saved by" not in text


def test_a_narrative_without_a_rating_is_no_rating(assessment: Assessment, lead: User) -> None:
    save(assessment.answers.in_order()[0], lead, None, "We are still thinking.")
    text = text_of(make(document_of(assessment, lead)))
    assert "The partner has not chosen a rating yet." in text
    assert "We are still thinking." in text
    assert "Not marked as completed." in text


@pytest.mark.parametrize("state", NOT_SIGNED_OFF)
def test_every_page_says_that_nobody_has_signed_the_answers_off(
    state: State, assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    pages = pages_of(make(document_of(assessment, leader)))
    assert len(pages) > 4
    assert [number for number, words in enumerate(pages, 1) if MARK not in words] == []
    assert "These answers are not signed off." in pages[0]
    assert "Signed off by" not in " ".join(pages)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_signed_off_answers_say_by_whom_and_on_no_page_that_they_are_not(
    state: State, assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    pages = pages_of(make(document_of(assessment, staff)))
    today = timezone.localdate()
    assert f"Signed off by Lara Leader on {today.day} {today:%B %Y}" in pages[0]
    assert [words for words in pages if MARK.lower() in words.lower()] == []


def test_changes_requested_undo_the_sign_off_and_say_so(
    assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    text = text_of(make(document_of(assessment, leader)))
    assert "Lara Leader signed off an earlier version on" in text
    assert "Say who sponsors your projects." in text


def test_what_ecda_commented_on_earlier_stays_beside_the_answer(
    assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    save(assessment.answers.in_order()[0], leader, 3, "Sam sponsors them.")
    text = text_of(make(document_of(assessment, leader)))
    assert "Sam sponsors them." in text
    assert "ecda’s comments • Say who sponsors your projects." in text


def test_unconfirmed_words_of_an_earlier_round_are_marked_and_not_counted(
    assessment: Assessment, edition: Edition, partner: Partner, lead: User, staff: User
) -> None:
    answer_all(assessment, lead, 3)
    earlier = move_to_the_past(assessment.round)
    later = make_round(edition, staff).assessments.get(partner=partner)
    carry_forward(assessment=later, by=lead)
    save(later.answers.in_order()[0], lead, 4, "Confirmed and better.")
    text = text_of(make(document_of(later, lead)))
    assert "1 of 13 rated, 12 without an answer" in text
    assert text.count(f"From the {earlier} round, not confirmed.") == 12
    assert text.count("Not confirmed") == 12
    assert "12 of the answers come from an earlier round" in text
    assert "Confirmed and better." in text


def test_files_that_cannot_be_opened_say_why(assessment: Assessment, lead: User) -> None:
    answer = assessment.answers.in_order()[0]
    files: dict[str, dict[str, object]] = {
        "waiting.pdf": {"state": Job.State.QUEUED, "verdict": "unscanned"},
        "evil.pdf": {"verdict": "infected"},
        "third.pdf": {"number": 3},
    }
    for name, facts in files.items():
        evidence = Evidence.objects.create(answer=answer, title=name[:3], added_by=lead)
        add_file(evidence, lead, name, **facts)
    text = text_of(make(document_of(assessment, lead)))
    assert "waiting.pdf, 2.0 KB: not checked for viruses yet" in text
    assert "evil.pdf, 2.0 KB: refused by the virus scanner" in text
    assert "third.pdf, 2.0 KB, revision 3" in text


def test_what_was_removed_or_withdrawn_is_not_printed(
    assessment: Assessment, partner: Partner, lead: User
) -> None:
    answer = assessment.answers.in_order()[0]
    save(answer, lead, links=(Link("Gone", "https://a.example/"),), wanted=Wanted(words="No more"))
    gone = timezone.now()
    Evidence.objects.update(removed_at=gone, removed_by=lead)
    SupportRequest.objects.update(state=SupportRequest.State.WITHDRAWN, ended_at=gone)
    text = text_of(make(document_of(assessment, lead)))
    assert "Gone" not in text
    assert "No more" not in text


def test_odd_text_is_shown_as_text_or_named(assessment: Assessment, lead: User) -> None:
    answer = assessment.answers.in_order()[0]
    link = Link(ODD.replace("\n", " ")[:150], "https://a.example/?<b>{{ 7 }}", note=ODD)
    save(answer, lead, 1, ODD, links=(link,), wanted=Wanted(words=ODD))
    Improvement.objects.create(
        partner=assessment.partner,
        indicator=answer.indicator,
        what=ODD,
        owner="{{ 7 }}<i>",
        added_by=lead,
    )
    Partner.objects.filter(pk=assessment.partner_id).update(name="Ŵ & <Sons> {{ 7 }} 👍")
    text = text_of(make(document_of(assessment, lead)))
    assert text.count("Ŵyth ŷd & “quotes”") == 5
    assert text.count("<script>alert('x')</script> <b>bold</b> {{ 7 }} {% now 'Y' %}") == 5
    assert text.count("[Arabic text] evil") >= 4
    assert "Owner: {{ 7 }}<i>." in text
    assert "Ŵ & <Sons> {{ 7 }} [thumbs up sign]" in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("Dŵr a thŷ, tân, pêl. ", "Dŵr"),
        ("مرحبا بكم جميعا and so on. ", "so"),
        ("👍🏽 all of us. ", "us."),
        ("x", "x"),
        ("line\n", "line"),
    ],
    ids=["Welsh", "Arabic", "emoji", "one word", "lines"],
)
def test_ten_thousand_characters_are_printed_whole(
    unit: str, words: str, assessment: Assessment, lead: User
) -> None:
    narrative = (unit * 10_000)[: 10_000 // len(unit) * len(unit)]
    save(assessment.answers.in_order()[0], lead, 1, narrative)
    pages = pages_of(make(document_of(assessment, lead)))
    assert " ".join(pages).count(words) >= narrative.count(words) > 300
    assert [page for page in pages if MARK not in page] == []


def test_the_longest_name_has_a_front_and_a_mark_on_every_page(
    assessment: Assessment, partner: Partner, lead: User
) -> None:
    Partner.objects.filter(pk=partner.pk).update(name="W" * 200)
    pages = pages_of(make(document_of(assessment, lead)))
    assert all(MARK in words and "W" * 20 in words for words in pages)


def test_headings_nest(assessment: Assessment, lead: User) -> None:
    save(assessment.answers.in_order()[0], lead, 1, "We do.")
    html = html_of(document_of(assessment, lead))
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_the_front_names_each_page(assessment: Assessment, lead: User) -> None:
    answer_all(assessment, lead)
    front, *pages = pages_of(make(document_of(assessment, lead)))
    found = re.search(r"5\.2 A common public notice explains personal data use 2 \S+ (\d+)", front)
    assert found
    assert "5.2 A common public notice" in pages[int(found[1]) - 2]


def test_improvements_stand_under_the_indicator_that_continues_theirs(
    assessment: Assessment, partner: Partner, lead: User, staff: User
) -> None:
    gone, kept = assessment.answers.in_order()[:2]
    for what, answer, days in (("Later", kept, 9), ("Sooner", kept, 3), ("Dropped", gone, 1)):
        Improvement.objects.create(
            partner=partner,
            indicator=answer.indicator,
            what=what,
            due_on=timezone.localdate() + timedelta(days=days),
            added_by=lead,
        )
    later = make_round(later_edition(), staff).assessments.get(partner=partner)
    said = documents.read(document_of(later, lead))
    assert isinstance(said, documents.Answers)
    planned = [[str(each) for each in part.improvements] for part in said.parts]
    assert planned == [["Sooner", "Later"], *[[]] * 12]


def test_reading_needs_the_same_queries_with_and_without_answers(
    assessment: Assessment, lead: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            html_of(document)
        return len([each for each in found if "SAVEPOINT" not in each["sql"]])

    document = document_of(assessment, lead)
    before = queries()
    for answer in assessment.answers.all():
        link = Link("Paper", "https://a.example/1")
        save(answer, lead, links=(link,), wanted=Wanted(words="Help"))
    assert queries() == before <= 7
