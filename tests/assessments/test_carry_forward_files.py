"""Files behind last year's answers come along: the newest revision, on the same stored bytes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.actions.carrying import carry_forward
from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from assessments.models.evidence import new_code
from commitments.models import Edition
from declaration.files import keep
from signatories.models import Partner, User
from tests.assessment_factories import make_round, save
from tests.assessments.years import empty_next_year, move_to_the_past

pytestmark = pytest.mark.django_db

DONE = EvidenceFile.State.DONE
LAST_YEAR = timezone.now() - timedelta(days=366)


def make_file(answer: Answer, by: User, *contents: bytes, **facts: object) -> Evidence:
    """A file behind the answer, with a revision for each content; `facts` are the last one's."""
    evidence = Evidence.objects.create(answer=answer, title="Strategy", added_by=by)
    for number, content in enumerate(contents, 1):
        kept = keep(content, "evidence", ".txt")
        is_last = number == len(contents)
        given = {"state": DONE, "percent": 100, "finished_at": LAST_YEAR}
        EvidenceFile.objects.create(
            key=new_code(),
            evidence=evidence,
            number=number,
            file=kept.name,
            name=f"strategy {number}.txt",
            size=len(content),
            media_type="text/plain",
            sha256=kept.sha256,
            uploaded_at=LAST_YEAR,
            uploaded_by=by,
            **(given | (facts if is_last else {})),
        )
    return evidence


@pytest.fixture
def answer(edition: Edition, partner: Partner, lead: User, staff: User) -> Answer:
    """Last year's first answer."""
    found = make_round(edition, staff).assessments.get(partner=partner)
    return save(found.answers.in_order()[0], lead)


def carry(answer: Answer, staff: User) -> Assessment:
    """Begin this year's assessment from last year's."""
    last = answer.assessment
    move_to_the_past(last.round)
    now = empty_next_year(last.round.edition, staff, last.partner)
    carry_forward(assessment=now, by=staff)
    return now


def files_of(assessment: Assessment) -> list[EvidenceFile]:
    return list(EvidenceFile.objects.filter(evidence__answer__assessment=assessment))


def test_the_newest_revision_comes_along_on_the_same_stored_file(
    answer: Answer, lead: User, staff: User
) -> None:
    old = make_file(answer, lead, b"first", b"second", verdict="clean")
    now = carry(answer, staff)
    [copy] = files_of(now)
    newest = old.files.get(number=2)
    assert copy.file.name == newest.file.name
    assert (copy.number, copy.name, copy.size) == (1, "strategy 2.txt", 6)
    assert (copy.sha256, copy.media_type) == (newest.sha256, "text/plain")
    assert (copy.uploaded_at, copy.uploaded_by) == (newest.uploaded_at, lead)
    assert (copy.state, copy.verdict) == (DONE, "clean")
    assert copy.is_ready
    assert len({copy.code, copy.key, newest.code, newest.key}) == 4
    assert copy.evidence.answer.carried_from == answer


def test_what_is_not_scanned_yet_waits_to_be(answer: Answer, lead: User, staff: User) -> None:
    make_file(answer, lead, b"first", state="queued", percent=0, finished_at=None)
    [copy] = files_of(carry(answer, staff))
    assert copy.is_waiting
    assert not copy.is_ready


def test_what_the_scanner_refused_stays_behind(answer: Answer, lead: User, staff: User) -> None:
    make_file(answer, lead, b"good", b"bad", verdict="infected")
    now = carry(answer, staff)
    assert files_of(now) == []
    assert not Evidence.objects.filter(answer__assessment=now).exists()


def test_a_removed_file_stays_behind(answer: Answer, lead: User, staff: User) -> None:
    old = make_file(answer, lead, b"first")
    Evidence.objects.filter(pk=old.pk).update(removed_at=timezone.now(), removed_by=lead)
    assert files_of(carry(answer, staff)) == []


def test_two_files_of_one_answer_both_come_along(answer: Answer, lead: User, staff: User) -> None:
    for content in (b"one", b"two"):
        make_file(answer, lead, content)
    copies = files_of(carry(answer, staff))
    assert {copy.size for copy in copies} == {3}
    assert len({copy.sha256 for copy in copies}) == 2


def test_a_file_that_is_there_already_is_not_doubled(
    answer: Answer, lead: User, staff: User
) -> None:
    make_file(answer, lead, b"same")
    last = answer.assessment
    move_to_the_past(last.round)
    now = empty_next_year(last.round.edition, staff, last.partner)
    mine = make_file(now.answers.get(indicator=answer.indicator), lead, b"same")
    carry_forward(assessment=now, by=staff)
    assert [copy.evidence for copy in files_of(now)] == [mine]
