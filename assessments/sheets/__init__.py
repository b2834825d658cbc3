"""The assessment as a spreadsheet: written to be filled in offline, read and compared again."""

from assessments.sheets.reading import ReadOnce, read_sheet
from assessments.sheets.showing import ShownRow, show
from assessments.sheets.writing import write_sheet

__all__ = ["ReadOnce", "ShownRow", "read_sheet", "show", "write_sheet"]
