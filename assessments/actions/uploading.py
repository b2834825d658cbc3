"""Take back a spreadsheet of answers: keep it, and write exactly what its preview showed."""

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from django.utils import timezone

from assessments.actions.answering import StaleAnswerError, save_answer
from assessments.actions.opening import ClosedToWritingError
from assessments.dashboards import NOT_APPLICABLE, as_arguments, values_of
from assessments.merging import Merge, Values, decide
from assessments.models import Answer, Assessment, SheetUpload
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User

# A person's uploads of one assessment that were never confirmed; the oldest make room.
MOST_UNCONFIRMED = 10


# --- What a spreadsheet would do -----------------------------------------------------------------


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot be taken: where it is, what stands in it, why not, and what to do."""

    place: str
    column: str
    value: str
    reason: str
    advice: str


@dataclass(frozen=True)
class SheetRow:
    """One indicator of the spreadsheet, merged with what is stored now.

    `mine` is what the spreadsheet says. `asks_again` when it changes the rating of a completed
    answer and says "completed" as it was filled in: it was not said of the new rating.
    """

    answer: Answer
    mine: Values
    merge: Merge
    asks_again: bool = False

    @property
    def theirs(self) -> Values:
        """What is stored now."""
        return values_of(self.answer)

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that the spreadsheet changes without anything to decide."""
        names = (name for name in self.mine if name not in self.merge.conflicts)
        return tuple(name for name in names if self.merge.values[name] != self.theirs[name])

    @property
    def is_unchanged(self) -> bool:
        """Whether confirming would leave the answer as it is."""
        return not self.changed and not self.merge.conflicts

    @property
    def mark(self) -> str:
        """A short hash of what the preview shows of it; another one means that it has changed."""
        shown = [self.theirs, self.merge.values, self.merge.conflicts, self.asks_again]
        text = json.dumps(shown, ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]

    def decided(self, choices: Mapping[str, str], *, completed: bool) -> Values:
        """What to write: `choices` for the conflicts; whether the new rating is completed, too.

        RefusedError for a conflict that nothing was chosen for, and for what cannot be saved.
        """
        code = self.answer.indicator.code
        if self.merge.conflicts and not set(self.merge.conflicts) <= choices.keys():
            raise RefusedError(f"Choose what to keep of {code}. Nothing was written.")
        values = dict(decide(self.merge.values, self.theirs, choices))
        wants = values["completed"] or (self.asks_again and completed)
        values["completed"] = bool(wants and values["rating"])
        if values["rating"] == NOT_APPLICABLE and not str(values["reason"]).strip():
            raise RefusedError(
                f"{code} would be not applicable without a reason, so nothing was written. "
                "Choose differently, or say why in the spreadsheet."
            )
        return values


@dataclass(frozen=True)
class SheetPreview:
    """A spreadsheet, read and merged with the answers there are now.

    `rows` are all indicators that it has. Nothing can be confirmed while there are `bad_cells`, or
    while the assessment is `closed`, which says why. `ignored` are titles of columns that were not
    read.
    """

    rows: tuple[SheetRow, ...]
    bad_cells: tuple[BadCell, ...] = ()
    ignored: tuple[str, ...] = ()
    closed: str = ""

    @property
    def to_write(self) -> list[SheetRow]:
        """The rows with something to write or to decide."""
        return [row for row in self.rows if not row.is_unchanged]

    @property
    def unchanged(self) -> int:
        """How many indicators it leaves as they are."""
        return len(self.rows) - len(self.to_write)

    @property
    def can_be_confirmed(self) -> bool:
        """Whether there is something to write, and nothing in its way."""
        return bool(self.to_write) and not self.bad_cells and not self.closed

    @property
    def seen(self) -> str:
        """What a page that shows this preview sends back with "confirm"."""
        return " ".join(f"{row.answer.pk}:{row.mark}" for row in self.to_write)

    def changed_since(self, seen: str) -> set[int]:
        """The ids of the answers of which a page that showed `seen` showed something else."""
        known = set(seen.split())
        return {r.answer.pk for r in self.to_write if f"{r.answer.pk}:{r.mark}" not in known}


class Reader(Protocol):
    """Reads a spreadsheet and compares it with the assessment's answers."""

    def __call__(self, content: bytes, assessment: Assessment) -> SheetPreview:
        """Return the preview; `assessments.sheets.read_sheet` is the one there is."""


class OutdatedPreviewError(RefusedError):
    """The answers are not what they were when the preview was made."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody saved one of these answers after this preview was made, so nothing was "
            "written. Below is what it would be now, with what you chose."
        )


# --- Actions -------------------------------------------------------------------------------------


@action
def note_download(*, assessment: Assessment, by: User) -> None:
    """Note who took the answers away as a spreadsheet."""
    _record(Verb.SHEET_DOWNLOADED, assessment, by)


@action
def upload_sheet(
    *, assessment: Assessment, file_name: str, content: bytes, by: User, read: Reader
) -> SheetUpload:
    """Keep a spreadsheet for its person to look through and confirm; no answer changes.

    Raises what `read` raises for a file that is not the spreadsheet of this assessment. Cells that
    cannot be taken are for the preview to show.
    """
    read(content, assessment)
    mine = SheetUpload.objects.filter(
        assessment=assessment, uploaded_by=by, confirmed_at__isnull=True
    )
    kept = mine.order_by("-pk").values("pk")[: MOST_UNCONFIRMED - 1]
    mine.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return SheetUpload.objects.create(
        assessment=assessment,
        file_name=file_name[:300] or "spreadsheet.xlsx",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
    )


@action
def confirm_sheet(
    *,
    upload: SheetUpload,
    choices: Mapping[int, Mapping[str, str]],
    completed: AbstractSet[int],
    seen: str,
    by: User,
    read: Reader,
) -> SheetUpload:
    """Write every answer that the spreadsheet changes, each under its version, or nothing.

    `choices` are mine, theirs or both for each field to decide, by the answer's id; `completed` are
    the answers whose new rating is completed, too; `seen` is `SheetPreview.seen` of the page.
    Confirming twice is confirming once. OutdatedPreviewError when anything the page showed has
    changed, ClosedToWritingError when the assessment is closed to one of the indicators, another
    RefusedError when a cell cannot be taken or something is not decided.
    """
    found = SheetUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if found.confirmed_at is not None:
        return found
    assessment = Assessment.objects.select_related("round", "partner").get(pk=found.assessment_id)
    preview = read(bytes(found.content), assessment)
    _refuse(preview, seen)
    rows = preview.to_write
    values = {
        row.answer.pk: row.decided(
            choices.get(row.answer.pk, {}), completed=row.answer.pk in completed
        )
        for row in rows
    }
    written = sum(_write(row, values[row.answer.pk], by) for row in _in_one_order(rows))
    found.confirmed_at = timezone.now()
    found.changed_count = written
    found.save(update_fields=["confirmed_at", "changed_count"])
    note = f"{written} changed, {len(preview.rows) - written} unchanged"
    _record(Verb.SHEET_CONFIRMED, assessment, by, note)
    return found


@action
def discard_sheet(*, upload: SheetUpload, by: User) -> None:
    """Forget a spreadsheet that was not confirmed, like a draft; no answer changes."""
    mine = SheetUpload.objects.filter(pk=upload.pk, uploaded_by=by, confirmed_at__isnull=True)
    if not mine.delete()[0]:
        raise RefusedError("This spreadsheet has been confirmed already. It cannot be discarded.")


def _refuse(preview: SheetPreview, seen: str) -> None:
    if preview.closed:
        raise ClosedToWritingError(preview.closed)
    if preview.bad_cells:
        raise RefusedError("Some cells cannot be taken, so nothing was written.")
    if preview.seen != seen:
        raise OutdatedPreviewError
    if not preview.to_write:
        raise RefusedError("The spreadsheet says what is saved already. There is nothing to write.")


def _in_one_order(rows: list[SheetRow]) -> list[SheetRow]:
    """By id, whoever writes: else two who write several could wait for each other."""
    return sorted(rows, key=lambda row: row.answer.pk)


def _write(row: SheetRow, values: Values, by: User) -> bool:
    """Write the answer unless the choices leave it as it is; whether it was written."""
    if values == row.theirs:
        return False
    try:
        save_answer(answer=row.answer, version=row.answer.version, **as_arguments(values), by=by)
    except StaleAnswerError as error:
        raise OutdatedPreviewError from error
    return True


def _record(verb: Verb, assessment: Assessment, by: User, note: str = "") -> None:
    record(
        verb=verb,
        by=by,
        partner=assessment.partner,
        subject=assessment,
        note=note,
        notices=NOTICES,
    )
