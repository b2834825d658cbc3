"""What people do to a spreadsheet before they bring it back, and what is made of it."""

from typing import Any

import pytest
from django.core import signing

from assessments.models import Answer, Assessment
from assessments.sheets.columns import code_of, column_of, rating_of, truth_of
from assessments.sheets.stamps import MARK, PAGE, SALT, stamp
from declaration.spreadsheets import UnreadableFileError
from signatories.models import User
from tests.assessment_factories import save
from tests.assessments.sheet_files import (
    download,
    fill_in,
    filled_in,
    opened,
    places,
    preview_of,
    values_in,
)
from tests.factories import make_partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(assessment: Assessment, lead: User) -> Answer:
    """The first one, saved."""
    return save(assessment.answers.in_order()[0], lead, 2, "We do.")


def bad(assessment: Assessment, content: bytes) -> list[tuple[str, str]]:
    """The cells that cannot be taken, with the reason."""
    return [(cell.place, cell.reason) for cell in preview_of(assessment, content).bad_cells]


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("", ""),
        ("  ", ""),
        ("3", "3"),
        ("3.0", "3"),
        ("Established", "3"),
        (" established ", "3"),
        ("3 Established", "3"),
        ("3  ESTABLISHED", "3"),
        ("3 – Established", "3"),
        ("3: Established", "3"),
        ("3.", "3"),
        ("Level 3", "3"),
        ("0", "0"),
        ("0 Not started", "0"),
        ("Not started", "0"),
        ("n/a", "na"),
        ("N.A.", "na"),
        ("Not applicable", "na"),
        ("5", None),
        ("-1", None),
        ("3.5", None),
        ("3 Leading", None),
        ("33", None),
        ("good", None),
        ("3 or 4", None),
        ("٣", None),
    ],
)
def test_ratings_are_understood_as_people_type_them(text: str, rating: str | None) -> None:
    assert rating_of(text) == rating


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        *(("Yes", True), ("YES", True), ("y", True), ("TRUE", True), ("x", True), ("1", True)),
        *(("", False), ("no", False), ("N", False), ("FALSE", False), ("0", False)),
        *(("maybe", None), ("2", None), ("yes no", None)),
    ],
)
def test_yes_and_no_are_understood_in_any_case(text: str, truth: bool | None) -> None:
    assert truth_of(text) is truth


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("1.1", "1.1"), (" 1.1 ", "1.1"), ("1,1", "1.1"), ("1.1 Leaders sponsor", "1.1")),
        *(("01.01", "1.1"), ("1.10", "1.10"), ("1.1.", "1.1")),
        *(("1", ""), ("", ""), ("1.1.1", ""), ("Commitment 1", ""), ("01/02/2026", "")),
    ],
)
def test_codes_are_understood(text: str, code: str) -> None:
    assert code_of(text) == code


def test_titles_are_known_in_any_case() -> None:
    for title in ("Rating", "RATING", " your  rating ", "rating:", "Rating *"):
        assert column_of(title) == "rating"
    assert column_of("Rating in 2025") is None
    assert column_of("Have you completed this indicator?") == "completed"


# --- Tables --------------------------------------------------------------------------------------


def shuffle(book: Any) -> None:
    """The columns the other way round, titles in capitals, rows from the last to the first."""
    sheet = book["Answers"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header, *others = [row[::-1] for row in rows]
    sheet.delete_rows(1, sheet.max_row)
    sheet.append(["Answers of ours"])
    sheet.append([])
    sheet.append([title.upper() for title in header])
    for row in reversed(others):
        sheet.append(row)
        sheet.append([])


def test_rows_columns_titles_and_blank_rows_may_be_in_any_order(
    assessment: Assessment, answer: Answer
) -> None:
    content = filled_in(assessment, {("2.1", "Rating"): 4})
    preview = preview_of(assessment, opened(content, shuffle))
    assert [row.answer.indicator.code for row in preview.to_write] == ["2.1"]
    assert values_in(preview, "2.1")["rating"] == "4"
    assert preview.unchanged == 12


def test_a_deleted_column_leaves_the_answers_as_they_are(
    assessment: Assessment, answer: Answer
) -> None:
    def work(book: Any) -> None:
        sheet = book["Answers"]
        sheet.delete_cols(places(sheet)[1]["Narrative"])
        sheet.delete_cols(places(sheet)[1]["Completed"])

    assert preview_of(assessment, opened(download(assessment), work)).to_write == []


def test_a_deleted_row_leaves_the_answer_as_it_is(assessment: Assessment, answer: Answer) -> None:
    content = opened(download(assessment), lambda book: book["Answers"].delete_rows(2))
    preview = preview_of(assessment, content)
    assert (preview.to_write, preview.unchanged) == ([], 12)


def test_without_codes_rows_are_known_by_their_titles(
    assessment: Assessment, answer: Answer
) -> None:
    content = filled_in(assessment, {("1.1", "Narrative"): "We still do."})
    content = opened(content, lambda book: book["Answers"].delete_cols(1))
    [row] = preview_of(assessment, content).to_write
    assert row.answer == answer


def test_columns_of_ones_own_are_named_and_not_read(assessment: Assessment) -> None:
    def work(book: Any) -> None:
        book["Answers"].cell(1, 8).value = "Our notes\u202e"
        book["Answers"].cell(2, 8).value = "=1+1"

    preview = preview_of(assessment, opened(download(assessment), work))
    assert preview.ignored == ("Our notes[U+202E]",)
    assert preview.bad_cells == ()


def test_the_sheet_may_have_another_name(assessment: Assessment, answer: Answer) -> None:
    def work(book: Any) -> None:
        book["Answers"].title = "Answers - Table 1"
        book[PAGE].sheet_state = "visible"
        book[PAGE].title = "Table 2"

    content = filled_in(assessment, {("1.1", "Rating"): "4"})
    assert len(preview_of(assessment, opened(content, work)).to_write) == 1


def test_an_emptied_cell_is_a_change(assessment: Assessment, answer: Answer) -> None:
    content = filled_in(assessment, {("1.1", "Narrative"): None})
    [row] = preview_of(assessment, content).to_write
    assert (row.changed, row.merge.values["narrative"]) == (("narrative",), "")


def test_a_blank_cell_over_a_blank_text_is_none(
    assessment: Assessment, answer: Answer, lead: User
) -> None:
    save(answer, lead, 2, " \n ")
    content = filled_in(assessment, {("1.1", "Narrative"): None})
    assert preview_of(assessment, content).to_write == []


def test_line_ends_of_any_kind_become_single_newlines(
    assessment: Assessment, answer: Answer
) -> None:
    content = filled_in(assessment, {("1.1", "Narrative"): "one_x000D_\ntwo_x000D_three"})
    assert values_in(preview_of(assessment, content), "1.1")["narrative"] == "one\ntwo\nthree"


def test_numbers_and_dates_in_texts_are_read_as_they_are_seen(
    assessment: Assessment, answer: Answer
) -> None:
    content = filled_in(assessment, {("1.1", "Narrative"): 3.0})
    assert values_in(preview_of(assessment, content), "1.1")["narrative"] == "3"


# --- Cells that cannot be taken ------------------------------------------------------------------

CELLS: dict[str, tuple[tuple[str, str], object, str]] = {
    "rating": (("1.1", "Rating"), "very good", "not one of the ratings"),
    "formula": (("1.1", "Rating"), "=1+2", "holds a formula"),
    "formula in a text": (("1.1", "Narrative"), "=A1", "holds a formula"),
    "formula as code": (("1.1", "Code"), "=A1", "holds a formula"),
    "error": (("1.1", "Narrative"), "#REF!", ""),
    "yes": (("1.1", "Completed"), "almost", "neither Yes nor No"),
    "long narrative": (("1.1", "Narrative"), "é" * 10_001, "10,000 characters or fewer"),
    "long reason": (("1.1", "Reason if not applicable"), "a" * 2_001, "2,000 characters or fewer"),
    "NUL": (("1.1", "Narrative"), "a_x0000_b", "cannot be kept"),
    "half a character": (("1.1", "Narrative"), "a_xD800_b", "could not be read"),
    "unreadable": (("1.1", "Narrative"), "a\ufffdb", "could not be read"),
    "no reason": (("1.1", "Rating"), "n/a", "needs a reason"),
    "no rating": (("1.2", "Completed"), "Yes", "has no rating"),
    "unknown code": (("1.1", "Code"), "9.9", "no indicator in this round"),
    "a date for a code": (("1.1", "Code"), "Jan 2026", "no indicator in this round"),
    "another's code": (("1.1", "Code"), "1.3", "another one’s title"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_cannot_be_taken_is_named_with_the_reason(
    name: str, assessment: Assessment, answer: Answer
) -> None:
    where, value, words = CELLS[name]
    found = preview_of(assessment, filled_in(assessment, {where: value})).bad_cells
    if not words:
        # A text that only looks like an error of the program is a text.
        assert found == ()
        return
    [cell] = found
    assert words in cell.reason
    assert cell.advice.endswith(".")
    assert len(cell.value) <= 101
    number = 2 if where[0] == "1.1" else 3
    assert cell.place.endswith(str(number))
    assert cell.place[:-1].isalpha()


def test_an_indicator_twice_is_refused(assessment: Assessment, answer: Answer) -> None:
    def work(book: Any) -> None:
        sheet = book["Answers"]
        sheet.append([cell.value for cell in sheet[2]])

    assert bad(assessment, opened(download(assessment), work)) == [
        ("A15", "Indicator 1.1 is already in row 2.")
    ]


def test_answers_without_an_indicator_are_refused_and_headings_are_not(
    assessment: Assessment, answer: Answer
) -> None:
    def work(book: Any) -> None:
        sheet = book["Answers"]
        sheet.append(["Commitment 6", "of ours"])
        sheet.append([None, None, "3"])
        sheet.append([None, None, None, None, None, None, None, "beside it all"])

    [found] = bad(assessment, opened(download(assessment), work))
    assert found[0] == "A16"
    assert "has no code" in found[1]


def test_what_was_stored_before_is_not_held_against_the_person(
    assessment: Assessment, lead: User
) -> None:
    save(assessment.answers.in_order()[0], lead, 2, "old \ufffd text")
    content = filled_in(assessment, {("1.1", "Rating"): "3"})
    preview = preview_of(assessment, content)
    assert preview.bad_cells == ()
    assert values_in(preview, "1.1")["narrative"] == "old \ufffd text"


# --- Files that are not of this assessment -------------------------------------------------------


def refusal(assessment: Assessment, content: bytes) -> str:
    with pytest.raises(UnreadableFileError) as error:
        preview_of(assessment, content)
    return str(error.value)


def restamp(work: Any) -> Any:
    """Change the text that says whose answers these are."""

    def change(book: Any) -> None:
        cell = book[PAGE]["A2"]
        cell.value = work(cell.value)

    return change


def test_another_partners_spreadsheet_is_refused(
    assessment: Assessment, staff: User, lead: User
) -> None:
    other = Assessment.objects.create(round=assessment.round, partner=make_partner("Secret CANARY"))
    words = refusal(assessment, download(other))
    assert "is of another partner, not of Braintree District Council" in words
    assert "CANARY" not in words


def test_a_changed_stamp_is_refused(assessment: Assessment) -> None:
    content = opened(download(assessment), restamp(lambda text: text[:-3] + "abc"))
    assert "hidden sheet “About this file” of this file has been changed" in refusal(
        assessment, content
    )


def test_a_forged_version_is_refused(assessment: Assessment, answer: Answer) -> None:
    """Whoever could say which version they began from could overwrite without being asked."""

    def forge(text: str) -> str:
        facts = {"assessment": assessment.pk, "versions": {str(answer.pk): 99}}
        return MARK + signing.dumps(facts, key="another", salt=SALT, compress=True)

    assert "has been changed" in refusal(assessment, opened(download(assessment), restamp(forge)))


def test_a_missing_stamp_is_refused(assessment: Assessment) -> None:
    content = opened(download(assessment), lambda book: book.remove(book[PAGE]))
    assert "“About this file” is missing" in refusal(assessment, content)


def test_two_stamps_are_refused(assessment: Assessment, answer: Answer, lead: User) -> None:
    earlier = stamp(assessment, assessment.answers.all())
    save(answer, lead, 3, "Newer.")

    def work(book: Any) -> None:
        book["Levels"]["A40"].value = earlier

    words = refusal(assessment, opened(download(assessment), work))
    assert "put together from several downloads" in words


def test_a_file_without_the_table_is_refused(assessment: Assessment) -> None:
    content = opened(download(assessment), lambda book: book["Answers"].delete_rows(1))
    assert "No sheet has a row with the titles “Code” and “Rating”" in refusal(assessment, content)


def test_a_column_that_is_there_twice_is_refused(assessment: Assessment) -> None:
    content = fill_in(download(assessment), {})
    content = opened(content, lambda book: book["Answers"].cell(1, 8, "your rating"))
    assert "“Rating” is there twice" in refusal(assessment, content)
