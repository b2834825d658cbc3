"""The conflict rules of a spreadsheet: what merges, what is asked, what a "Yes" is said of."""

from typing import Any

import pytest

from assessments.actions.uploading import SheetRow
from assessments.dashboards import read_offline
from assessments.models import Answer, Assessment
from assessments.sheets import write_sheet
from signatories.models import User
from tests.assessment_factories import save
from tests.assessments.posting import stored
from tests.assessments.sheet_files import download, fill_in, preview_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(assessment: Assessment, lead: User) -> Answer:
    """The first one, rated 2 and completed."""
    return save(assessment.answers.in_order()[0], lead, 2, "We do.")


def only_row(assessment: Assessment, content: bytes) -> SheetRow:
    [row] = preview_of(assessment, content).to_write
    return row


def merged(row: SheetRow) -> tuple[Any, ...]:
    """The merged values, the conflicts, and what was taken from a colleague."""
    values = row.merge.values
    said = (values["rating"], values["narrative"], values["completed"])
    return (*said, row.merge.conflicts, row.merge.taken)


def test_fields_that_only_one_side_changed_merge_silently(
    assessment: Assessment, answer: Answer, contributor: User
) -> None:
    content = download(assessment)
    save(stored(answer), contributor, 3, "We do.")
    row = only_row(assessment, fill_in(content, {("1.1", "Narrative"): "We do more."}))
    assert merged(row) == ("3", "We do more.", True, (), ("rating",))
    assert row.changed == ("narrative",)


def test_fields_that_both_changed_are_asked_about(
    assessment: Assessment, answer: Answer, contributor: User
) -> None:
    content = download(assessment)
    save(stored(answer), contributor, 2, "A colleague’s words.")
    row = only_row(assessment, fill_in(content, {("1.1", "Narrative"): "The sheet’s words."}))
    assert merged(row) == ("2", "The sheet’s words.", True, ("narrative",), ())


def test_what_both_changed_alike_is_nothing_to_decide(
    assessment: Assessment, answer: Answer, contributor: User
) -> None:
    content = download(assessment)
    save(stored(answer), contributor, 3, "The same.")
    changes = {("1.1", "Narrative"): "The same.", ("1.1", "Rating"): "Established"}
    assert preview_of(assessment, fill_in(content, changes)).to_write == []


def test_a_row_left_alone_takes_nothing_back(
    assessment: Assessment, answer: Answer, contributor: User
) -> None:
    content = download(assessment)
    save(stored(answer), contributor, 4, "Newer.")
    assert preview_of(assessment, content).to_write == []


def test_an_emptied_cell_over_a_colleagues_words_is_asked_about(
    assessment: Assessment, answer: Answer, contributor: User
) -> None:
    content = download(assessment)
    save(stored(answer), contributor, 2, "A colleague’s words.")
    row = only_row(assessment, fill_in(content, {("1.1", "Narrative"): None}))
    assert row.merge.conflicts == ("narrative",)


def test_rating_and_completed_are_one_thing(
    assessment: Assessment, answer: Answer, contributor: User
) -> None:
    """A colleague changed the rating; the sheet says of the old one that it is not completed."""
    content = download(assessment)
    save(stored(answer), contributor, 3, "We do.")
    row = only_row(assessment, fill_in(content, {("1.1", "Completed"): "No"}))
    assert row.merge.conflicts == ("rating", "completed")


def test_a_version_that_is_in_no_history_is_asked_about_field_by_field(
    assessment: Assessment, answer: Answer
) -> None:
    """As after a restored backup: what the sheet began from is not known."""
    rows = read_offline(assessment)
    rows[0].answer.version = 99
    content = write_sheet(assessment, rows)
    assert preview_of(assessment, content).to_write == []
    changes = {("1.1", "Narrative"): "The sheet’s.", ("1.1", "Willing to share"): "Yes"}
    row = only_row(assessment, fill_in(content, changes))
    assert row.merge.conflicts == ("narrative", "willing_to_share")


# --- "Completed" is said of one rating -----------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "completed", "asks"),
    [
        # The Yes that the sheet came with was said of the rating before.
        ({"Rating": "3"}, False, True),
        ({"Rating": "3", "Completed": "yes"}, False, True),
        ({"Rating": "3", "Completed": "No"}, False, False),
        ({"Rating": None}, False, False),
        ({"Narrative": "More."}, True, False),
        ({"Rating": "2 Developing"}, True, False),
        ({"Rating": "n/a", "Reason if not applicable": "No towns."}, False, True),
    ],
)
def test_a_new_rating_of_a_completed_answer_is_completed_only_when_said_again(
    changes: dict[str, Any],
    completed: bool,
    asks: bool,
    assessment: Assessment,
    answer: Answer,
) -> None:
    content = fill_in(download(assessment), {("1.1", key): text for key, text in changes.items()})
    rows = preview_of(assessment, content).to_write
    if changes == {"Rating": "2 Developing"}:
        assert rows == []
        return
    assert (rows[0].merge.values["completed"], rows[0].asks_again) == (completed, asks)
    assert rows[0].decided({}, completed=True)["completed"] is (completed or asks)


def test_a_yes_that_the_sheet_did_not_come_with_is_said_of_its_rating(
    assessment: Assessment,
) -> None:
    content = fill_in(download(assessment), {("1.2", "Rating"): "3", ("1.2", "Completed"): "Yes"})
    row = only_row(assessment, content)
    assert (row.merge.values["completed"], row.asks_again) == (True, False)


def test_a_colleague_who_completed_the_same_new_rating_is_not_undone(
    assessment: Assessment, answer: Answer, contributor: User
) -> None:
    content = download(assessment)
    save(stored(answer), contributor, 3, "We do.")
    changes = {("1.1", "Rating"): "3", ("1.1", "Narrative"): "More."}
    row = only_row(assessment, fill_in(content, changes))
    assert merged(row)[:3] == ("3", "More.", True)
    assert row.asks_again is False


def test_two_ratings_are_asked_about_and_nothing_else_is(
    assessment: Assessment, answer: Answer, contributor: User
) -> None:
    content = download(assessment)
    save(stored(answer), contributor, 3, "We do.")
    row = only_row(assessment, fill_in(content, {("1.1", "Rating"): "4"}))
    assert row.merge.conflicts == ("rating", "completed")
    assert row.asks_again is False
    mine = {"rating": "mine", "completed": "theirs"}
    assert row.decided(mine, completed=False)["completed"] is True
    assert row.decided(dict.fromkeys(mine, "mine"), completed=False)["completed"] is False
