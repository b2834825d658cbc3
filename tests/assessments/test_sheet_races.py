"""Two confirms at the same moment, and a colleague's save in mid-confirm: all or nothing, once."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from assessments.actions import answering, uploading
from assessments.actions.answering import StaleAnswerError, save_answer
from assessments.actions.carrying import carry_forward
from assessments.actions.uploading import OutdatedPreviewError, confirm_sheet, upload_sheet
from assessments.models import Answer, Assessment, SheetUpload
from assessments.sheets import read_sheet
from assessments.verbs import Verb
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.models import Event, Partner, User
from tests.assessment_factories import answer_all, save
from tests.assessments.sheet_files import filled_in, preview_of
from tests.assessments.test_races import at_once, writing
from tests.assessments.years import move_to_the_past, next_year

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 10


def words_of(assessment: Assessment) -> list[str]:
    return [answer.narrative for answer in Answer.objects.filter(assessment=assessment).in_order()]


def brought(assessment: Assessment, text: str, by: User) -> SheetUpload:
    """A spreadsheet that writes the text into every answer."""
    codes = [answer.indicator.code for answer in assessment.answers.in_order()]
    content = filled_in(assessment, {(code, "Narrative"): text for code in codes})
    return upload_sheet(
        assessment=assessment, file_name="a.xlsx", content=content, by=by, read=read_sheet
    )


def confirming(upload: SheetUpload, by: User) -> Callable[[], SheetUpload]:
    """Confirm it as it was previewed a moment ago."""
    seen = preview_of(upload.assessment, bytes(upload.content)).seen

    def work() -> SheetUpload:
        return confirm_sheet(
            upload=upload, choices={}, completed=set(), seen=seen, by=by, read=read_sheet
        )

    return work


def confirmed_events() -> int:
    return Event.objects.filter(verb=Verb.SHEET_CONFIRMED.value).count()


def test_one_upload_confirmed_twice_at_once_is_written_once(
    assessment: Assessment, lead: User
) -> None:
    for number in range(RACES):
        upload = brought(assessment, f"text {number}", lead)
        results = at_once(confirming(upload, lead), confirming(upload, lead))
        assert all(isinstance(result, SheetUpload) for result in results), results
        assert words_of(assessment) == [f"text {number}"] * 13
        assert {answer.version for answer in assessment.answers.all()} == {number + 2}
    assert confirmed_events() == RACES


def test_without_the_lock_the_second_would_be_told_of_somebody_else(
    assessment: Assessment, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nothing is written twice even then, but the person is misled."""
    rows = SheetUpload.objects
    monkeypatch.setattr(type(rows.all()), "select_for_update", lambda self, **_: self.all())
    misled = 0
    for number in range(RACES):
        upload = brought(assessment, f"text {number}", lead)
        results = at_once(confirming(upload, lead), confirming(upload, lead))
        misled += any(isinstance(result, OutdatedPreviewError) for result in results)
    assert misled


def test_of_two_spreadsheets_confirmed_at_once_one_is_written_whole(
    assessment: Assessment, lead: User, contributor: User
) -> None:
    for number in range(RACES):
        first = brought(assessment, f"one {number}", lead)
        second = brought(assessment, f"two {number}", contributor)
        results = at_once(confirming(first, lead), confirming(second, contributor))
        lost = [result for result in results if isinstance(result, OutdatedPreviewError)]
        assert len(lost) == 1, results
        won = "one" if isinstance(results[0], SheetUpload) else "two"
        assert words_of(assessment) == [f"{won} {number}"] * 13
    assert confirmed_events() == RACES


def in_mid_confirm(
    assessment: Assessment, lead: User, contributor: User, write: Callable[..., Any]
) -> tuple[object, str]:
    """A colleague saves the last answer after the preview was compared, before it is written."""
    upload = brought(assessment, "from the sheet", lead)
    seen = preview_of(assessment, bytes(upload.content)).seen
    last = assessment.answers.in_order().last()
    assert last is not None
    compared, saved = threading.Event(), threading.Event()

    def read(content: bytes, assessment: Assessment) -> uploading.SheetPreview:
        preview = read_sheet(content, assessment)
        compared.set()
        assert saved.wait(10)
        return preview

    def confirm() -> object:
        return confirm_sheet(
            upload=upload, choices={}, completed=set(), seen=seen, by=lead, read=read
        )

    def colleague() -> None:
        assert compared.wait(10)
        save(last, contributor, 4, "A colleague’s words.")
        saved.set()

    result, _ = at_once(confirm, colleague)
    return result, words_of(assessment)[-1]


def test_a_save_in_mid_confirm_stops_all_of_it(
    assessment: Assessment, lead: User, contributor: User
) -> None:
    answer_all(assessment, lead)
    result, last = in_mid_confirm(assessment, lead, contributor, save_answer)
    assert isinstance(result, OutdatedPreviewError)
    assert last == "A colleague’s words."
    assert words_of(assessment)[:-1] == ["We do."] * 12
    assert SheetUpload.objects.get().confirmed_at is None
    assert confirmed_events() == 0


# --- Beside somebody's first save ----------------------------------------------------------------


def crossing(
    assessment: Assessment, lead: User, contributor: User
) -> tuple[list[object], list[str]]:
    """Within one transaction two answers are saved; a colleague saves the second in between."""
    first, second = assessment.answers.in_order()[:2]
    saved, in_between = threading.Event(), threading.Event()

    def sheet() -> Answer:
        with transaction.atomic():
            writing(first, 1, "sheet", lead)()
            saved.set()
            wait_for_a_lock(in_between)
            return writing(second, 1, "sheet", lead)()

    def colleague() -> Answer:
        assert saved.wait(10)
        in_between.set()
        return writing(second, 1, "colleague", contributor)()

    results = at_once(sheet, colleague)
    return results, words_of(assessment)[:2]


def wait_for_a_lock(begun: threading.Event) -> None:
    """Wait until somebody else waits for a lock that this transaction holds."""
    assert begun.wait(10)
    until = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(
                "SELECT FROM pg_locks "
                "WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchall():
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("Nobody waits.")


def started(assessment: Assessment) -> int:
    return Event.objects.about(assessment).filter(verb=Verb.STARTED.value).count()


def test_a_colleagues_first_save_and_a_spreadsheets_do_not_stop_each_other(
    assessment: Assessment, lead: User, contributor: User
) -> None:
    (sheet, colleague), words = crossing(assessment, lead, contributor)
    assert isinstance(sheet, Answer), sheet
    assert isinstance(colleague, StaleAnswerError), colleague
    assert words == ["sheet", "sheet"]
    assert started(assessment) == 1


def test_if_the_answer_were_written_before_the_start_is_asked_for_they_would(
    assessment: Assessment, lead: User, contributor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the row first, then the lock that says who starts."""
    starts, write = answering._starts, answering._write

    def row_first(answer: Answer, version: int, values: Mapping[str, object]) -> None:
        write(answer, version, values)
        if starts(answer.assessment):
            answering._note_start(answer.assessment, lead)

    monkeypatch.setattr(answering, "_starts", lambda assessment: False)
    monkeypatch.setattr(answering, "_write", row_first)
    results, _ = crossing(assessment, lead, contributor)
    assert sum(isinstance(result, OperationalError) for result in results) == 1, results
    assert "deadlock" in " ".join(map(str, results))


def test_confirming_bringing_forward_and_first_saves_at_once_end_in_words_not_in_a_deadlock(
    edition: Edition, partner: Partner, lead: User, contributor: User, staff: User
) -> None:
    """Whoever comes second finds it saved, or outdated; nobody is thrown out by the database."""
    before = next_year(edition, staff, partner)
    answer_all(before, lead)
    move_to_the_past(before.round, years=50)
    for number in range(RACES):
        now = next_year(edition, staff, partner)
        answers = list(now.answers.in_order())
        upload = brought(now, f"sheet {number}", lead)
        results = at_once(
            confirming(upload, lead),
            partial(carry_forward, assessment=now, by=contributor),
            writing(answers[number % 13], 1, "mine", contributor),
            writing(answers[-1], 1, "mine", lead),
        )
        fine = (SheetUpload, int, Answer, RefusedError)
        assert all(isinstance(result, fine) for result in results), results
        assert started(now) <= 1
        move_to_the_past(now.round, years=number + 1)


def careless(*, answer: Answer, narrative: str, **_: Any) -> None:
    """How an import would write without versions."""
    Answer.objects.filter(pk=answer.pk).update(narrative=narrative)


def test_without_the_version_the_colleagues_words_would_be_gone(
    assessment: Assessment, lead: User, contributor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    answer_all(assessment, lead)
    monkeypatch.setattr(uploading, "save_answer", careless)
    result, last = in_mid_confirm(assessment, lead, contributor, careless)
    assert isinstance(result, SheetUpload)
    assert last == "from the sheet"


def test_a_confirm_that_is_cut_off_leaves_nothing(
    assessment: Assessment, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the server is killed after some of the answers."""
    upload = brought(assessment, "from the sheet", lead)
    work = confirming(upload, lead)
    written = 0

    def dying(**given: Any) -> Answer:
        nonlocal written
        written += 1
        if written == 7:
            connection.close()
        return save_answer(**given)

    with monkeypatch.context() as patch:
        patch.setattr(uploading, "save_answer", dying)
        [result] = at_once(work)
    assert isinstance(result, Exception)
    assert written == 7
    assert words_of(assessment) == [""] * 13
    assert SheetUpload.objects.get().confirmed_at is None
    assert isinstance(work(), SheetUpload)
    assert words_of(assessment) == ["from the sheet"] * 13


def test_without_one_transaction_some_would_be_left(assessment: Assessment, lead: User) -> None:
    """The negative control of the one before."""
    for answer in list(assessment.answers.in_order())[:6]:
        with transaction.atomic():
            save(answer, lead, 2, "from the sheet")
    assert words_of(assessment).count("from the sheet") == 6
