"""What the preview of a spreadsheet shows of each indicator, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.forms.boundfield import BoundField

from assessments.actions.uploading import SheetPreview, SheetRow
from assessments.dashboards.history import ANSWER_LABELS
from assessments.forms.sheets import SheetForm
from assessments.models import Answer
from assessments.sheets.columns import PROSE, in_words
from assessments.wording import Segment, compare, shorten


@dataclass(frozen=True)
class ShownChange:
    """One field that the spreadsheet changes; of prose, the segments around what changed."""

    label: str
    before: str
    after: str
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class ShownConflict:
    """One field that both changed, and the field to decide it with."""

    label: str
    mine: str
    theirs: str
    choice: BoundField


@dataclass(frozen=True)
class ShownRow:
    """One indicator with all that would change.

    `taken` are the fields that somebody else saved since the download and that are kept;
    `is_copied` when the answer comes from an earlier round and counts only once it is saved;
    `is_new` when an earlier preview of the same file showed something else.
    """

    answer: Answer
    changes: tuple[ShownChange, ...]
    conflicts: tuple[ShownConflict, ...]
    taken: tuple[str, ...]
    question: BoundField | None
    is_copied: bool
    is_new: bool


def show(preview: SheetPreview, form: SheetForm, *, seen: str | None = None) -> list[ShownRow]:
    """The rows of a preview that would change something.

    `seen` is what the page before showed, when there was one.
    """
    moved = set() if seen is None else preview.changed_since(seen)
    return [_row(row, form, is_new=row.answer.pk in moved) for row in preview.to_write]


def _row(row: SheetRow, form: SheetForm, *, is_new: bool) -> ShownRow:
    return ShownRow(
        answer=row.answer,
        changes=tuple(_changes(row)),
        conflicts=tuple(_conflicts(row, form)),
        taken=tuple(ANSWER_LABELS[name] for name in row.merge.taken),
        question=form.question_of(row),
        is_copied=row.answer.is_unconfirmed,
        is_new=is_new,
    )


def _changes(row: SheetRow) -> Iterator[ShownChange]:
    for name in row.changed:
        before, after = (in_words(name, said[name]) for said in (row.theirs, row.merge.values))
        segments = tuple(shorten(compare(before, after))) if name in PROSE else ()
        yield ShownChange(ANSWER_LABELS[name], before, after, segments if before and after else ())


def _conflicts(row: SheetRow, form: SheetForm) -> Iterator[ShownConflict]:
    for name in row.merge.conflicts:
        yield ShownConflict(
            label=ANSWER_LABELS[name],
            mine=in_words(name, row.mine[name]),
            theirs=in_words(name, row.theirs[name]),
            choice=form.decision_of(row, name),
        )
