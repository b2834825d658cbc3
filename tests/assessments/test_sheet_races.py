"""Two confirms at the same moment, and a colleague's save in mid-confirm: all or nothing, once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from assessments.actions import uploading
from assessments.actions.answering import save_answer
from assessments.actions.uploading import OutdatedPreviewError, confirm_sheet, upload_sheet
from assessments.models import Answer, Assessment, SheetUpload
from assessments.sheets import read_sheet
from assessments.verbs import Verb
from signatories.models import Event, User
from tests.assessment_factories import answer_all, save
from tests.assessments.sheet_files import filled_in, preview_of
from tests.assessments.test_races import at_once

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
