"""A bundle of all partners' reports: made in short tasks, whole whatever happens between them."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from assessments.models import Round
from commitments.models import Edition
from declaration import files, jobs
from declaration.actions import RefusedError
from progress import actions, tasks
from progress.actions import bundling
from progress.dashboards.report_list import Filters, all_reports, marks_of
from progress.models import Report, ReportPart
from progress.verbs import Verb
from signatories.models import Event, Notice, Partner, User
from tests.assessment_factories import make_round
from tests.factories import make_partner
from tests.progress.bundling import break_, content_of, contents, end, finished, opened, step
from tests.small_disk import room_for

pytestmark = pytest.mark.django_db
State = Report.State


@pytest.fixture
def many(edition: Edition, staff: User) -> Round:
    """A round with seven partners."""
    for number in range(7):
        make_partner(f"Council {number}", slug=f"council-{number}")
    return make_round(edition, staff)


@pytest.fixture
def bundle(many: Round, staff: User) -> Report:
    """What ecda asked for."""
    return actions.request_bundle(round=many, key="one", by=staff)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waves and parts of few files."""
    monkeypatch.setattr(bundling, "WAVE", 3)
    monkeypatch.setattr(bundling, "FEW", 2)
    monkeypatch.setattr(bundling, "PART_FILES", 3)


def part_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).glob("parts/*/*") if path.is_file()]


def test_it_holds_a_report_of_each_partner_behind_a_list_of_them(
    bundle: Report, small: None, many: Round, staff: User
) -> None:
    made = finished(bundle)
    assert (made.state, made.percent) == (State.DONE, 100)
    names = [f"essex-data-declaration-council-{n}-{many.slug}-progress.pdf" for n in range(7)]
    assert opened(made).namelist() == ["contents.csv", *names]
    assert opened(made).testzip() is None
    for number, row in enumerate(contents(made)):
        content = opened(made).read(names[number])
        assert content == f"%PDF of Council {number}".encode()
        digest = hashlib.sha256(content).hexdigest()
        assert row == [f"Council {number}", names[number], digest, "in this file", ""]
    assert made.sha256 == hashlib.sha256(content_of(made)).hexdigest()
    # The person is told once, of the whole.
    assert [event.verb for event in Event.objects.about(made)] == [
        Verb.BUNDLE_REQUESTED,
        Verb.BUNDLE_MADE,
    ]
    assert not Event.objects.filter(verb=Verb.REPORT_MADE).exists()
    notice = Notice.objects.get(event__verb=Verb.BUNDLE_MADE)
    assert (notice.person, notice.path) == (staff, f"/reports/{made.code}/")
    assert "Progress reports of all partners" in notice.words


def test_it_says_how_far_it_is_and_adds_few_reports_at_a_time(bundle: Report, small: None) -> None:
    found = step(bundle)
    assert (found.state, found.step, found.percent) == (State.QUEUED, "0 of 7 reports are made", 0)
    assert bundle.children.count() == 3
    children = list(bundle.children.order_by("pk"))
    end(children[0])
    found = step(bundle)
    assert (found.step, found.attempt) == ("1 of 7 reports are made", 0)
    assert bundle.children.count() == 3
    end(children[1])
    step(bundle)
    assert bundle.children.count() == 5
    assert bundle.children.exclude(state__in=[State.DONE]).count() == 3


def test_each_report_that_has_ended_rings_for_the_bundle(
    bundle: Report, small: None, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    rung: list[tuple[int, jobs.Urgency]] = []
    monkeypatch.setattr(jobs.bell, "ring", lambda task, pk, urgency: rung.append((pk, urgency)))
    with django_capture_on_commit_callbacks(execute=True):
        step(bundle)
    children = list(bundle.children.order_by("pk"))
    assert rung == [(child.pk, jobs.Urgency.ONE_OF_MANY) for child in children]
    for finish in (end, break_):
        rung.clear()
        with django_capture_on_commit_callbacks(execute=True):
            finish(children.pop())
        assert rung == [(bundle.pk, jobs.Urgency.SHORT_STEP)]


def test_the_same_reports_give_the_same_bytes(
    bundle: Report, small: None, many: Round, staff: User
) -> None:
    first = finished(bundle)
    again = actions.request_bundle(round=many, key="two", by=staff)
    assert again != bundle
    assert finished(again).sha256 == first.sha256


def test_parts_are_gone_when_the_whole_is_there(bundle: Report, small: None) -> None:
    with_parts = 0
    while step(bundle).is_waiting:
        with_parts += bool(part_files())
        for child in bundle.children.filter(state=State.QUEUED):
            end(child)
    assert with_parts == 3
    assert not ReportPart.objects.exists()


def test_the_files_of_parts_are_removed_once_that_is_committed(
    bundle: Report, small: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        finished(bundle)
    assert part_files() == []


def test_a_report_that_cannot_be_made_is_named_and_the_others_are_there(
    bundle: Report, small: None
) -> None:
    step(bundle)
    break_(bundle.children.order_by("pk")[1], "No fonts, =1+1")
    made = finished(bundle)
    assert made.state == State.DONE
    assert len(opened(made).namelist()) == 1 + 6
    text = opened(made).read("contents.csv").decode("utf-8-sig")
    assert 'Council 1,,,left out,"The report could not be made: No fonts, =1+1"' in text
    # The one who asked hears of the whole, and of nothing else.
    assert [notice.event.verb for notice in Notice.objects.all()] == [Verb.BUNDLE_MADE]


def test_what_is_tried_again_in_time_is_in_it(bundle: Report, small: None, staff: User) -> None:
    step(bundle)
    child = bundle.children.order_by("pk")[1]
    break_(child)
    assert "1 could not be made" in step(bundle).step
    actions.retry_report(report=child, by=staff)
    assert len(opened(finished(bundle)).namelist()) == 1 + 7


def test_a_lost_file_is_named(bundle: Report, small: None) -> None:
    step(bundle)
    child = end(bundle.children.order_by("pk")[0], b"%PDF that is lost")
    child.file.storage.delete(str(child.file.name))
    rows = contents(finished(bundle))
    assert rows[0] == ["Council 0", "", "", "left out", "Its file could not be read."]
    assert [row[3] for row in rows[1:]] == ["in this file"] * 6


def test_when_none_can_be_made_it_fails_and_is_whole_after_another_try(
    bundle: Report, staff: User
) -> None:
    step(bundle)
    for child in bundle.children.all():
        break_(child)
    failed = step(bundle)
    assert (failed.state, failed.error) == (
        State.FAILED,
        "None of the files that belong into it could be made.",
    )
    [notice] = Notice.objects.all()
    assert (notice.person, notice.event.verb) == (staff, Verb.BUNDLE_FAILED)
    assert "The ZIP file that you asked for could not be made" in notice.words
    actions.retry_report(report=failed, by=staff)
    assert len(opened(finished(bundle)).namelist()) == 1 + 7
    assert Event.objects.about(bundle).filter(verb=Verb.BUNDLE_RETRIED).exists()


def test_a_part_that_is_lost_is_made_again(bundle: Report, small: None) -> None:
    while ReportPart.objects.count() < 3:
        step(bundle)
        for child in bundle.children.filter(state=State.QUEUED):
            end(child)
    second = ReportPart.objects.get(number=2)
    second.file.storage.delete(str(second.file.name))
    assert step(bundle).step == "a part was lost and is made again"
    assert ReportPart.objects.count() == 1
    assert len(opened(finished(bundle)).namelist()) == 1 + 7


def test_a_worker_that_was_overtaken_adds_nothing(bundle: Report, small: None) -> None:
    stale = jobs.claim(Report, bundle.pk)
    assert stale is not None
    Report.objects.filter(pk=bundle.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    made = finished(bundle)
    with pytest.raises(jobs.MoreError, match="another worker"):
        actions.make_report(stale, render=lambda html: b"%PDF")
    found = Report.objects.get(pk=bundle.pk)
    assert (found.state, found.sha256) == (State.DONE, made.sha256)
    assert not ReportPart.objects.exists()


def test_without_the_hold_the_overtaken_worker_would_add_a_part(
    bundle: Report, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(jobs, "hold", lambda job: True)
    with pytest.raises(AssertionError):
        test_a_worker_that_was_overtaken_adds_nothing(bundle, small)
    assert ReportPart.objects.exists()


def test_what_no_row_names_is_cleared_after_a_day(bundle: Report, small: None) -> None:
    while not ReportPart.objects.exists():
        step(bundle)
        for child in bundle.children.filter(state=State.QUEUED):
            end(child)
    left = part_files()[0].with_name("left-over.zip")
    left.write_bytes(b"PK")
    report = Path(files.keep(b"%PDF that no row names", "reports", ".pdf").name)
    assert actions.clear_files() == 0
    for path in Path(settings.MEDIA_ROOT).glob("*/*/*"):
        os.utime(path, (0, 0))
    assert actions.clear_files() == 2
    assert not left.exists()
    assert not (settings.MEDIA_ROOT / report).exists()
    # What a row names is there, however old it is.
    assert len(part_files()) == 1
    assert len(opened(finished(bundle)).namelist()) == 1 + 7


def test_a_round_with_nobody_and_an_edition_without_signatures_are_refused(
    edition: Edition, staff: User
) -> None:
    empty = make_round(edition, staff)
    for ask in (actions.request_bundle, actions.request_system_report):
        with pytest.raises(RefusedError, match="No partner takes part in round"):
            ask(round=empty, key="one", by=staff)
    with pytest.raises(RefusedError, match="Nobody has signed"):
        actions.request_certificates(edition=edition, key="one", by=staff)
    assert not Report.objects.exists()


def test_one_real_bundle_through_the_task(edition: Edition, partner: Partner, staff: User) -> None:
    bundle = actions.request_bundle(round=make_round(edition, staff), key="one", by=staff)
    tasks.make_report(bundle.pk)
    tasks.make_report(bundle.children.get().pk)
    for _ in range(2):
        tasks.make_report(bundle.pk)
    made = Report.objects.get(pk=bundle.pk)
    assert made.state == State.DONE, made.error
    [row] = contents(made)
    assert row[0] == partner.name
    assert opened(made).read(row[1]).startswith(b"%PDF-1.7")
    # Nobody there has answered: the report says so, and is there.
    assert "No answer yet" in actions.read_page(made.children.get())


def test_one_that_lacks_documents_says_so_and_stands_for_no_whole_one(
    bundle: Report, many: Round, staff: User
) -> None:
    def ask(key: str, broken: int) -> Report:
        asked = actions.request_bundle(round=many, key=key, by=staff)
        step(asked)
        for child in asked.children.all()[:broken]:
            break_(child)
        return finished(asked)

    whole = ask("one", 0)
    lacks = ask("two", 2)
    assert marks_of(whole) == ()
    assert marks_of(lacks) == ("2 of 7 are not in it.",)
    ask("three", 1)
    assert marks_of(whole) == ()
    assert marks_of(lacks) == ("2 of 7 are not in it.", "A newer one is ready.")
    ask("four", 0)
    assert marks_of(whole) == ("A newer one is ready.",)


def test_between_its_tasks_it_is_being_made(bundle: Report, small: None) -> None:
    def stands() -> str:
        return all_reports(Filters(), None).reports[0].stands

    assert stands() == "Waiting"
    step(bundle)
    end(bundle.children.all()[0])
    step(bundle)
    assert stands() == "Being made, 11%"


def test_no_room_for_a_part_puts_it_off_in_words(bundle: Report, small: None) -> None:
    step(bundle)
    end(bundle.children.order_by("pk")[0], b"%PDF" * 100)
    while bundle.children.filter(state=State.QUEUED).exists():
        for child in bundle.children.filter(state=State.QUEUED):
            end(child)
        step(bundle)
    with room_for(200):
        later = step(bundle)
    assert (later.state, later.attempt, later.error) == (State.QUEUED, 0, files.NO_ROOM_YET)
    Report.objects.update(rung_at=timezone.now() - timedelta(minutes=5))
    assert len(opened(finished(bundle)).namelist()) == 1 + 7
