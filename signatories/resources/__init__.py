"""Partner lists, CSV or Excel: read, cleaned, matched, compared and written."""

from signatories.resources.exports import EXAMPLE, SHEET, export_rows, template_workbook
from signatories.resources.files import MAX_BYTES, open_list
from signatories.resources.tables import COLUMNS, MAX_ROWS

__all__ = [
    "COLUMNS",
    "EXAMPLE",
    "MAX_BYTES",
    "MAX_ROWS",
    "SHEET",
    "export_rows",
    "open_list",
    "template_workbook",
]
