"""The spreadsheet that somebody brings back, and what they decide about it."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict

from assessments.actions.uploading import SheetPreview, SheetRow
from assessments.dashboards import NOT_APPLICABLE
from assessments.dashboards.history import ANSWER_LABELS
from assessments.forms.answers import RATINGS, AnswerForm
from assessments.merging import BOTH, JOINED, MINE, THEIRS, decide
from declaration.weighing import MAX_BYTES
from declaration.workbooks import MEDIA_TYPE

SUFFIX = ".xlsx"
RATING_WORDS = {**dict(RATINGS), NOT_APPLICABLE: "Not applicable", "": ""}
KEEP = {
    MINE: "What the spreadsheet says",
    THEIRS: "What is saved",
    BOTH: "Both, one under the other",
}


class SheetFileForm(forms.Form):
    """A filled-in spreadsheet."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text=f"An Excel workbook (.xlsx) of {MAX_BYTES // 1024**2} MB or less",
        widget=forms.ClearableFileInput({"accept": f"{SUFFIX},{MEDIA_TYPE}"}),
        error_messages={"empty": "The file is empty", "required": "Select a spreadsheet"},
        max_length=300,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse what is too large or has another kind of name; what is in it is read later."""
        found: UploadedFile[bytes] = self.cleaned_data["file"]
        if (found.size or 0) > MAX_BYTES:
            raise ValidationError(f"The file must be {MAX_BYTES // 1024**2} MB or smaller")
        if trouble := getattr(found, "trouble", ""):
            raise ValidationError(f"The file {trouble}")
        if PurePath(found.name or "").suffix.lower() != SUFFIX:
            raise ValidationError(
                "The file must have a name that ends in .xlsx. Save it as an Excel workbook"
            )
        return found


class SheetForm(forms.Form):
    """For each conflict of a preview: mine, theirs or both; and whether new ratings are completed.

    `seen` says which preview the page showed.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, preview: SheetPreview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = preview.to_write
        self.initial["seen"] = preview.seen
        for row in self.rows:
            for name in row.merge.conflicts:
                self.fields[_keep(row, name)] = _decision(row, name)
            if row.asks_again:
                self.fields[_completed(row)] = _question(row)

    @classmethod
    def again(cls, preview: SheetPreview, sent: MultiValueDict[str, str]) -> "SheetForm":
        """The form for another preview, with what was chosen before wherever it is asked again."""
        blank = cls(preview=preview)
        chosen = {name: sent[name] for name in blank.fields if name in sent and name != "seen"}
        return cls(preview=preview, initial=chosen)

    def clean(self) -> dict[str, Any]:
        """Refuse two texts that are too long to be kept together."""
        given = super().clean() or {}
        for row, name in self._conflicts():
            if given.get(_keep(row, name)) != BOTH:
                continue
            both = str(decide(row.merge.values, row.theirs, {name: BOTH})[name])
            limit = getattr(AnswerForm.base_fields[name], "max_length", 0)
            if len(both) > limit:
                words = (
                    f"Both together have {len(both):,} characters, more than {limit:,}. Keep one"
                )
                self.add_error(_keep(row, name), words)
        return given

    @property
    def choices(self) -> dict[int, dict[str, str]]:
        """What was decided, by the answer's id and the field's name."""
        found: dict[int, dict[str, str]] = {}
        for row, name in self._conflicts():
            found.setdefault(row.answer.pk, {})[name] = self.cleaned_data[_keep(row, name)]
        return found

    @property
    def completed(self) -> set[int]:
        """The ids of the answers that are completed with their new rating, too."""
        asked = (row for row in self.rows if row.asks_again)
        return {row.answer.pk for row in asked if self.cleaned_data[_completed(row)]}

    def decision_of(self, row: SheetRow, name: str) -> BoundField:
        """The field that decides a conflict."""
        return self[_keep(row, name)]

    def question_of(self, row: SheetRow) -> BoundField | None:
        """The field that asks about "completed"; None where nothing is asked."""
        return self[_completed(row)] if row.asks_again else None

    def _conflicts(self) -> Iterator[tuple[SheetRow, str]]:
        return ((row, name) for row in self.rows for name in row.merge.conflicts)


def _keep(row: SheetRow, name: str) -> str:
    return f"keep-{row.answer.pk}-{name}"


def _completed(row: SheetRow) -> str:
    return f"completed-{row.answer.pk}"


def _decision(row: SheetRow, name: str) -> forms.Field:
    kept: Iterable[tuple[str, str]] = KEEP.items()
    what = f"of “{ANSWER_LABELS[name]}” for {row.answer.indicator.code}"
    return forms.ChoiceField(
        label=f"What do you want to keep {what}?",
        choices=[(key, words) for key, words in kept if key != BOTH or name in JOINED],
        widget=forms.RadioSelect,
        error_messages={"required": f"Choose what to keep {what}"},
    )


def _question(row: SheetRow) -> forms.Field:
    rating = RATING_WORDS[str(row.mine["rating"])]
    return forms.BooleanField(
        label=f"{row.answer.indicator.code} is completed with the new rating, “{rating}”",
        help_text="The spreadsheet says so, but it said so of the rating before.",
        required=False,
    )
