"""Files that came along with an indicator's form: the fit ones kept, and said of the others why."""

from dataclasses import dataclass

from assessments.actions.files import add_files
from assessments.forms import AboutFilesForm
from assessments.models import Answer, EvidenceFile
from declaration.actions import RefusedError
from declaration.receiving import MAX_AT_ONCE, TOO_MANY
from declaration.uploads import Checked, UnusableFileError, check, clean_name
from signatories.access import Request


@dataclass(frozen=True)
class Stored:
    """What became of the files: the new rows, how many were there already, words of refusal."""

    added: list[EvidenceFile]
    known: int
    refused: list[str]

    @property
    def words(self) -> str:
        """What went well, in sentences."""
        count = len(self.added)
        said = [f"{count} file{'' if count == 1 else 's'} uploaded."] if count else []
        if self.known:
            said += [f"{self.known} file{' was' if self.known == 1 else 's were'} here already."]
        return " ".join(said)


def store(request: Request, answer: Answer) -> Stored:
    """Put the files of the request that are fit behind the answer; raises nothing."""
    good: list[Checked] = []
    refused: list[str] = []
    for place, upload in enumerate(request.FILES.getlist("files")):
        try:
            if place >= MAX_AT_ONCE:
                raise UnusableFileError(f"“{clean_name(upload.name or '')}” {TOO_MANY}.")
            good.append(check(upload))
        except UnusableFileError as error:
            refused.append(str(error))
    if not good:
        return Stored([], 0, refused)
    form = AboutFilesForm(request.POST)
    try:
        added = add_files(answer=answer, files=good, by=request.user, **form.about)
    except RefusedError as error:
        return Stored([], 0, [*refused, str(error)])
    return Stored(added, len(good) - len(added), refused + (form.trouble if added else []))
