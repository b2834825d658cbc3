"""A report from the wish to the file: claimed, made by the real renderer, kept once."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from assessments.models import Assessment, Round
from declaration import files, jobs, pdf
from declaration.actions import RefusedError
from progress import actions, tasks
from progress.models import Report
from progress.verbs import Verb
from signatories.models import Event, Membership, Notice, Partner, User
from tests.small_disk import room_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(partner: Partner, assessment: Assessment, lead: User) -> Report:
    """A report that the lead has asked for."""
    return actions.request_report(partner=partner, round=assessment.round, key="one", by=lead)


def work(report: Report, render: Callable[[str], bytes] = pdf.render) -> None:
    """Do what the task does, with a renderer of choice."""
    jobs.run(
        Report, report.pk, lambda job: actions.make_report(job, render=render), actions.report_made
    )


def test_the_task_makes_keeps_and_tells(report: Report, lead: User) -> None:
    tasks.make_report(report.pk)
    made = Report.objects.get()
    assert (made.state, made.percent, made.attempt) == (Report.State.DONE, 100, 1)
    with default_storage.open(str(made.file.name)) as file:
        content = file.read()
    assert content.startswith(b"%PDF-1.7")
    assert hashlib.sha256(content).hexdigest() == made.sha256
    assert made.sha256 in str(made.file.name)
    assert "<h2" in actions.read_page(made)
    verbs = [event.verb for event in Event.objects.about(report)]
    assert verbs == [Verb.REPORT_REQUESTED, Verb.REPORT_MADE]
    notice = Notice.objects.get(event__verb=Verb.REPORT_MADE)
    assert notice.person == lead
    assert (
        notice.words
        == f"The progress report of Braintree District Council for {made.round} is ready."
    )
    assert notice.path == f"/reports/{report.code}/"


def test_a_second_run_does_nothing(report: Report) -> None:
    tasks.make_report(report.pk)
    first = Report.objects.get()
    tasks.make_report(report.pk)
    again = Report.objects.get()
    assert (again.attempt, again.sha256, again.finished_at) == (1, first.sha256, first.finished_at)
    assert Event.objects.filter(verb=Verb.REPORT_MADE).count() == 1


def test_each_step_is_told_in_words_and_percent(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str]] = []
    tell = jobs.tell

    def listen(job: jobs.Job, percent: int, step: str) -> None:
        told.append((percent, step))
        tell(job, percent, step)

    monkeypatch.setattr(jobs, "tell", listen)
    work(report, lambda html: b"%PDF")
    assert [percent for percent, _ in told] == sorted(percent for percent, _ in told)
    assert "laying out the pages" in [step for _, step in told]


def test_the_result_of_a_stale_attempt_is_dropped(report: Report) -> None:
    def overtaken(html: str) -> bytes:
        Report.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        work(report, lambda html: b"%PDF of the second attempt")
        return b"%PDF of the first attempt"

    work(report, overtaken)
    made = Report.objects.get()
    assert made.attempt == 2
    with made.file.open() as file:
        assert file.read() == b"%PDF of the second attempt"
    assert Event.objects.filter(verb=Verb.REPORT_MADE).count() == 1


def test_a_document_that_cannot_be_laid_out_fails_at_once_and_says_why(report: Report) -> None:
    def refuse(html: str) -> bytes:
        raise ValueError("documents may not read 'file:///etc/passwd'")

    work(report, refuse)
    failed = Report.objects.get()
    assert failed.state == Report.State.FAILED
    assert failed.error == (
        "The pages could not be laid out: documents may not read 'file:///etc/passwd'."
    )
    assert not failed.file
    assert Event.objects.filter(verb=Verb.REPORT_FAILED).count() == 1
    notice = Notice.objects.get(event__verb=Verb.REPORT_FAILED)
    assert (notice.person, notice.path) == (report.requested_by, f"/reports/{report.code}/")
    assert notice.at_once
    assert notice.words == (
        f"The progress report of {report.partner} for {report.round} could not be made. "
        "Its page says why, and there you can try it again."
    )


def test_trouble_that_may_pass_is_tried_again_and_then_parked(report: Report) -> None:
    def stumble(html: str) -> bytes:
        raise OSError("disk full")

    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        assert Report.objects.get().state == Report.State.QUEUED
        assert not Event.objects.filter(verb=Verb.REPORT_FAILED).exists()
        work(report, stumble)
        assert Report.objects.get().attempt == attempt
    parked = Report.objects.get()
    assert (parked.state, parked.error) == (Report.State.FAILED, "OSError: disk full")
    assert Notice.objects.filter(event__verb=Verb.REPORT_FAILED).count() == 1


def test_a_worker_that_dies_each_time_is_told_by_the_sweep(report: Report, lead: User) -> None:
    assert jobs.claim(Report, report.pk) is not None
    gone = timezone.now() - timedelta(seconds=1)
    Report.objects.update(attempt=jobs.MAX_ATTEMPTS, lease_until=gone)
    assert jobs.sweep().parked == 1
    assert Notice.objects.get(event__verb=Verb.REPORT_FAILED).person == lead


def test_without_room_it_waits_in_words_and_is_made_when_there_is_room(report: Report) -> None:
    with room_for(10):
        work(report, lambda html: b"%PDF of more bytes")
    later = Report.objects.get()
    assert (later.state, later.attempt, later.error) == (later.State.QUEUED, 0, files.NO_ROOM_YET)
    Report.objects.update(rung_at=timezone.now() - timedelta(minutes=5))
    work(report, lambda html: b"%PDF of more bytes")
    assert Report.objects.get().state == Report.State.DONE


def test_a_failed_report_that_is_tried_again_is_made(report: Report, contributor: User) -> None:
    test_a_document_that_cannot_be_laid_out_fails_at_once_and_says_why(report)
    actions.retry_report(report=report, by=contributor)
    work(report, lambda html: b"%PDF")
    made = Report.objects.get()
    assert (made.state, made.error, made.attempt) == (Report.State.DONE, "", 1)


def test_asking_twice_is_one_report_while_it_waits(
    report: Report, partner: Partner, round: Round, lead: User, contributor: User
) -> None:
    def ask(key: str, by: User) -> Report:
        return actions.request_report(partner=partner, round=round, key=key, by=by)

    assert ask("one", lead) == report
    assert ask("two", lead) == report
    assert ask("two", contributor) != report
    work(report, lambda html: b"%PDF")
    assert ask("one", lead) == report
    assert ask("two", lead) != report
    assert Event.objects.filter(verb=Verb.REPORT_REQUESTED).count() == 3


def test_a_person_who_left_meanwhile_is_not_told(report: Report, lead: User) -> None:
    Membership.objects.filter(person=lead).update(ended_at=timezone.now() + timedelta(days=1))
    work(report, lambda html: b"%PDF")
    assert Event.objects.filter(verb=Verb.REPORT_MADE).count() == 1
    assert not Notice.objects.filter(event__verb=Verb.REPORT_MADE).exists()


def test_a_partner_without_an_assessment_has_nothing_to_report(
    round: Round, other_partner: Partner, staff: User
) -> None:
    with pytest.raises(RefusedError, match="has no assessment in"):
        actions.request_report(partner=other_partner, round=round, key="one", by=staff)


def test_the_database_refuses_a_ready_report_without_a_file(report: Report) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="report_ready_has_file"):
        cursor.execute("UPDATE progress_report SET state = 'done', lease_until = NULL")
