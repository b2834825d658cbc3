"""What a spreadsheet says of itself, signed: which assessment, which version of each answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing

from assessments.models import Answer, Assessment
from declaration.spreadsheets import UnreadableFileError
from declaration.workbooks import ReadPage

PAGE = "About this file"
SALT = "assessments.sheets"
MARK = "essex-data-declaration-answers:"
AGAIN = "Download the spreadsheet again and copy what you wrote into it."


@dataclass(frozen=True)
class Stamp:
    """Of which assessment a spreadsheet is, and the version of each answer by its id."""

    assessment: int
    versions: dict[int, int]


def stamp(assessment: Assessment, answers: Iterable[Answer]) -> str:
    """The text that is put into a hidden sheet; nobody but us can make one."""
    versions = {str(answer.pk): answer.version for answer in answers}
    facts = {"assessment": assessment.pk, "versions": versions}
    return MARK + signing.dumps(facts, salt=SALT, compress=True)


def find_stamp(pages: Iterable[ReadPage], assessment: Assessment) -> Stamp:
    """The stamp in a spreadsheet of this assessment, wherever it stands.

    UnreadableFileError when there is none, or several, or one that we did not make, or that of
    another assessment.
    """
    cells = (cell.text.strip() for page in pages for row in page.rows for cell in row.cells)
    found = {text for text in cells if text.startswith(MARK)}
    if not found:
        raise UnreadableFileError(
            "This is not a spreadsheet that was downloaded here: its hidden sheet "
            f"“{PAGE}” is missing. {AGAIN}"
        )
    if len(found) > 1:
        raise UnreadableFileError(f"This file is put together from several downloads. {AGAIN}")
    read = _read(found.pop())
    if read.assessment != assessment.pk:
        raise UnreadableFileError(_of_another(read, assessment))
    return read


def _read(text: str) -> Stamp:
    try:
        facts = signing.loads(text.removeprefix(MARK), salt=SALT)
    except signing.BadSignature as error:
        raise UnreadableFileError(
            f"The hidden sheet “{PAGE}” of this file has been changed, so we cannot tell which "
            f"answers it was made of. {AGAIN}"
        ) from error
    versions = {int(pk): number for pk, number in facts["versions"].items()}
    return Stamp(facts["assessment"], versions)


def _of_another(read: Stamp, assessment: Assessment) -> str:
    """Name the other one only to those who may see it: people of the same partner."""
    own = Assessment.objects.filter(pk=read.assessment, partner=assessment.partner_id)
    other = own.select_related("round").first()
    of = f"of the {other.round} round" if other else "of another partner"
    return (
        f"This spreadsheet is {of}, not of {assessment.partner} in the {assessment.round} round. "
        "Choose the file that you downloaded from this page."
    )
