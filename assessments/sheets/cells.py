"""Read one cell of a spreadsheet as a value of an answer, or say what is wrong with it."""

from django.core.exceptions import ValidationError

from assessments.actions.uploading import BadCell
from assessments.forms.texts import NO_NUL, readable
from assessments.sheets.columns import LONGEST, PROSE, TITLES, in_words, rating_of, truth_of
from declaration.spreadsheets import shown
from declaration.workbooks import Cell, Fault

FAULTS = {
    Fault.FORMULA: (
        "The cell holds a formula. We take only what is written in it.",
        "Replace the formula with its result.",
    ),
    Fault.ERROR: (
        "The cell holds an error of the spreadsheet program.",
        "Write the answer as text.",
    ),
}


class BadCellError(Exception):
    """A cell cannot be taken."""

    def __init__(self, bad_cell: BadCell) -> None:
        super().__init__(bad_cell.reason)
        self.bad_cell = bad_cell


def bad_cell(cell: Cell, column: str, reason: str, advice: str) -> BadCell:
    """Say of a cell what is wrong with it and what to do."""
    return BadCell(cell.place, column, shown(cell.text), reason, advice)


def read_cell(name: str, cell: Cell, before: object) -> object:
    """The value that the cell gives to the field of that name; BadCellError when it gives none.

    A cell that is as it was downloaded gives what was there before, exactly.
    """
    if cell.fault:
        raise BadCellError(bad_cell(cell, TITLES[name], *FAULTS[cell.fault]))
    if cell.text == in_words(name, before):
        return before
    if name in PROSE:
        return _prose(name, cell, str(before))
    found = rating_of(cell.text) if name == "rating" else truth_of(cell.text)
    if found is None:
        raise BadCellError(bad_cell(cell, TITLES[name], *_not_understood(name)))
    return found


def _not_understood(name: str) -> tuple[str, str]:
    if name == "rating":
        return (
            "This is not one of the ratings.",
            "Choose one from the list, such as “3 Established”, or type its number.",
        )
    return "This is neither Yes nor No.", "Enter Yes or No."


def _prose(name: str, cell: Cell, before: str) -> str:
    """The text with single newlines; one that only lost invisible edges is what it was before."""
    text = _single_newlines(cell.text)
    if text == _single_newlines(before) or not (text.strip() or before.strip()):
        return before
    for reason, advice in _wrong(name, text):
        raise BadCellError(bad_cell(cell, TITLES[name], reason, advice))
    return text if text.strip() else ""


def _wrong(name: str, text: str) -> list[tuple[str, str]]:
    limit = LONGEST[name]
    if len(text) > limit:
        reason = f"{TITLES[name]} must be {limit:,} characters or fewer. It has {len(text):,}."
        return [(reason, f"Shorten it by {len(text) - limit:,} characters.")]
    if "\0" in text:
        return [("The text has a character that cannot be kept.", f"{NO_NUL}.")]
    try:
        readable(text)
    except ValidationError as error:
        return [("The text has a character that could not be read.", f"{error.message}.")]
    return []


def _single_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
