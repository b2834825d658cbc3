"""Is the input well-formed: partner lists."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from declaration.forms import Checkboxes
from signatories.actions.partner_lists import Tick
from signatories.models import ImportRow

MAX_LIST_BYTES = 5 * 1024 * 1024
SUFFIXES = {".csv", ".txt", ".tsv", ".xlsx"}

# How many ticks a page offers one by one; more are ticked all together, or in another list.
TICKS_SHOWN = 400
ALL = "all"


class PartnerListForm(forms.Form):
    """An uploaded partner list."""

    file = forms.FileField(
        label="Partner list",
        help_text="A CSV file or an Excel workbook (.xlsx) of 5 MB or less",
        widget=forms.ClearableFileInput({"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "empty": "The file is empty",
            "required": "Select a CSV file or an Excel workbook",
            "max_length": "The file’s name must be 300 characters or fewer",
        },
        max_length=300,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse what is too large or called something else; what is in it is read later."""
        found: UploadedFile[bytes] = self.cleaned_data["file"]
        if (found.size or 0) > MAX_LIST_BYTES:
            raise ValidationError("The file must be 5 MB or smaller")
        if PurePath(found.name or "").suffix.lower() not in SUFFIXES:
            raise ValidationError(
                "The file must be a CSV file or an Excel workbook, "
                "with a name that ends in .csv or .xlsx"
            )
        return found


class TicksForm(forms.Form):
    """Which new names and other roles of a previewed list are to be written."""

    ticks = forms.MultipleChoiceField(
        label="Which of these are to be written?",
        help_text="What you do not tick stays as it is. The rest of its row is written.",
        required=False,
        widget=Checkboxes(),
        error_messages={
            "invalid_choice": "The list has changed since you opened this page. Look again."
        },
    )

    def __init__(self, *args: Any, rows: Iterable[ImportRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [(row, change) for row in rows for change in row.changes if change["tick"]]
        shown = [(_key(row, change), _words(row, change)) for row, change in self.asked]
        everything = (ALL, f"All {len(shown):,}")
        field = self.fields["ticks"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  for the type checker
        field.choices = [*([everything] if len(shown) > 1 else []), *shown[:TICKS_SHOWN]]
        assert isinstance(field.widget, Checkboxes)  # noqa: S101  for the type checker
        if len(shown) > 1:
            field.widget.dividers = {shown[0][0]: "or"}

    @property
    def not_shown(self) -> int:
        """How many can only be ticked all together."""
        return max(0, len(self.asked) - TICKS_SHOWN)

    def given(self) -> frozenset[Tick]:
        """The ticks that were given; call it when the form is valid."""
        chosen = set(self.cleaned_data["ticks"])
        return frozenset(
            (row.line, change["column"])
            for row, change in self.asked
            if ALL in chosen or _key(row, change) in chosen
        )


def _key(row: ImportRow, change: dict[str, str]) -> str:
    return f"{row.line}:{change['column']}"


def _words(row: ImportRow, change: dict[str, str]) -> str:
    if change["column"] == "name":
        return f"Line {row.line}: rename “{change['old']}” to “{change['new']}”"
    email = change["column"].removeprefix("lead ")
    return f"Line {row.line}: make {email} a {change['new']} of {row.name}, now {change['old']}"
