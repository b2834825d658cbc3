"""Write an assessment as a spreadsheet to be filled in offline."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from assessments.dashboards import due_sentence, values_of
from assessments.dashboards.offline import OfflineRow
from assessments.forms.answers import RATINGS
from assessments.forms.sheets import RATING_WORDS
from assessments.models import Assessment
from assessments.sheets.columns import (
    CODE,
    INDICATOR,
    LAST_NARRATIVE,
    LAST_RATING,
    LONGEST,
    NO,
    NOTE,
    TITLES,
    YES,
    in_words,
)
from assessments.sheets.stamps import PAGE, stamp
from declaration.workbooks import Column, Page, write_workbook

ANSWERS = "Answers"
INPUTS = (
    Column(
        TITLES["rating"],
        18,
        is_input=True,
        choices=tuple(words for words in RATING_WORDS.values() if words),
        hint="Choose from the list, or type the number. The sheet “Levels” says what each means.",
    ),
    Column(TITLES["reason"], 30, is_input=True, longest=LONGEST["reason"]),
    Column(TITLES["narrative"], 70, is_input=True, longest=LONGEST["narrative"]),
    Column(TITLES["willing_to_share"], 12, is_input=True, choices=(YES, NO)),
    Column(TITLES["completed"], 12, is_input=True, choices=(YES, NO)),
)

# A paragraph for each row of the sheet that explains the others.
GUIDE = f"""\
Fill in the white columns of the sheet “{ANSWERS}”. Grey columns are to be read: what you change in
them has no effect.

Rating: choose from the list, or type the number. The sheet “Levels” says what each rating means for
each indicator.

Not applicable needs a reason of up to {LONGEST["reason"]:,} characters.

Narrative: what you do, and how you know that it works, in up to {LONGEST["narrative"]:,}
characters. Do not name residents.

Willing to share: “{YES}” when ecda may introduce you to partners who want to learn.

Completed: “{YES}” when the indicator is finished. When you change the rating of a completed
indicator, we ask you again whether it is completed.

A cell that you empty empties the answer. A row or a column that you delete leaves the answers as
they are.

Write text, not formulas. Evidence, improvements and support are added on the website.

To bring it back: open the self-assessment on the website, choose “Bring back a filled-in
spreadsheet” and upload this file. You see every change before anything is written. What colleagues
saved meanwhile is kept; where you both changed the same thing, you choose.

Leave the hidden sheet “{PAGE}” in the file: it says whose answers these are."""


def write_sheet(assessment: Assessment, rows: Sequence[OfflineRow]) -> bytes:
    """Write the workbook: answers, what the levels mean, how to fill it in, and whose it is."""
    pages = (
        _answers(rows),
        _levels(rows),
        _guide(assessment),
        _about(assessment, rows),
    )
    return write_workbook(pages, title=f"{assessment.partner}, {assessment.round}: answers")


def _answers(rows: Sequence[OfflineRow]) -> Page:
    notes = [_note(row) for row in rows]
    columns = [Column(CODE, 7), Column(INDICATOR, 28)]
    beside = [[row.answer.indicator.code, row.answer.indicator.title] for row in rows]
    if any(row.earlier for row in rows):
        columns += [Column(LAST_RATING, 20), Column(LAST_NARRATIVE, 40)]
        beside = [[*cells, *_earlier(row)] for cells, row in zip(beside, rows, strict=True)]
    if any(notes):
        columns.append(Column(NOTE, 30))
        beside = [[*cells, note] for cells, note in zip(beside, notes, strict=True)]
    filled = [[*cells, *_values(row)] for cells, row in zip(beside, rows, strict=True)]
    return Page(ANSWERS, (*columns, *INPUTS), filled, frozen=2)


def _values(row: OfflineRow) -> Iterator[str]:
    said = values_of(row.answer)
    return (in_words(name, said[name]) for name in TITLES)


def _earlier(row: OfflineRow) -> tuple[str, str]:
    if row.earlier is None:
        return "", ""
    texts = (row.earlier.reason if row.earlier.not_applicable else "", row.earlier.narrative)
    words = "\n\n".join(text for text in texts if text.strip())
    return f"{row.earlier.round}: {row.earlier.rating_words}", words


def _note(row: OfflineRow) -> str:
    notes = []
    if not row.is_open:
        notes.append("Closed: changes in this row are refused.")
    if row.comment:
        notes.append(f"ecda’s comment: {row.comment}")
    if row.answer.is_unconfirmed:
        notes.append(
            "Copied from an earlier round. It counts once somebody has reviewed it: change it, or "
            f"say “{YES}” under “{TITLES['completed']}”."
        )
    return "\n".join(notes)


def _levels(rows: Sequence[OfflineRow]) -> Page:
    columns = (
        Column(CODE, 7),
        Column(INDICATOR, 28),
        Column("What the Declaration says", 40),
        *(Column(words, 32) for _, words in RATINGS),
    )
    cells = [
        [
            row.answer.indicator.code,
            row.answer.indicator.title,
            row.answer.indicator.text,
            *(row.levels.get(int(value), "") for value, _ in RATINGS),
        ]
        for row in rows
    ]
    return Page("Levels", columns, cells, frozen=2)


def _guide(assessment: Assessment) -> Page:
    now = timezone.localtime()
    whose = f"Answers of {assessment.partner} in the {assessment.round} round"
    lines = (
        f"{whose}, as they were on {now:%-d %B %Y} at {now:%H:%M}.",
        due_sentence(assessment),
        *(line.replace("\n", " ") for line in GUIDE.split("\n\n")),
    )
    column = Column("How to fill this in", 100)
    return Page(column.title, (column,), [[line] for line in lines])


def _about(assessment: Assessment, rows: Sequence[OfflineRow]) -> Page:
    text = stamp(assessment, (row.answer for row in rows))
    words = "The website needs this sheet to know which answers the file was made of."
    return Page(PAGE, (Column(words, 100),), [[text]], hidden=True)
