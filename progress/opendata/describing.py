"""How a file describes itself: CSV on the Web, with its licence and its source."""

from typing import Any

from progress.opendata.tables import Column, Table

LICENCE = "Open Government Licence v3.0"
LICENCE_ADDRESS = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
PUBLISHER = "Essex Centre for Data Analytics (ecda)"
ATTRIBUTION = (
    "Contains information from the Essex Data Declaration, published by the Essex Centre for "
    "Data Analytics (ecda) and licensed under the Open Government Licence v3.0."
)
CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]
# Under which name ACCOUNT_RATE_LIMITS says how often one address may ask, for files or the API.
RATE = "read_open_data"
APOSTROPHE = (
    "A text that a spreadsheet could take for a formula has an apostrophe before it, which is not "
    "part of the text."
)
# It begins with a byte order mark, so that Excel reads it as what it is.
DIALECT = {"encoding": "utf-8", "delimiter": ",", "header": True, "lineTerminators": ["\r\n"]}


def describe(table: Table, *, address: str, title: str, source: str, newer: str = "") -> Any:
    """The CSVW description of one file, to be written as JSON.

    `address` is the file’s, `source` the page that explains it, both in full; `newer` is the
    address of the file that supersedes it, if one does.
    """
    found = {
        "@context": CONTEXT,
        "url": address,
        "dc:title": title,
        "dc:description": table.description,
        "dc:publisher": PUBLISHER,
        "dc:rights": ATTRIBUTION,
        "dc:license": {"@id": LICENCE_ADDRESS},
        "dc:source": {"@id": source},
        "dialect": DIALECT,
        "tableSchema": {
            "columns": [_column(each) for each in table.columns],
            "primaryKey": list(table.key),
        },
    }
    return found | ({"dc:isReplacedBy": {"@id": newer}} if newer else {})


def _column(each: Column) -> dict[str, Any]:
    is_text = each.datatype == "string"
    return {
        "name": each.name,
        "titles": [each.name, each.title] if each.title != each.name else each.name,
        "dc:description": f"{each.description} {APOSTROPHE}" if is_text else each.description,
        "datatype": each.datatype,
        "required": each.required,
    }
