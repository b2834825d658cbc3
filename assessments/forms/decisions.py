"""What people type when they decide: sign-off, notes and reviews."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from assessments.dashboards import Row
from assessments.forms.typed import Typed
from assessments.forms.written import WrittenForm
from declaration.forms import CharacterCount, LongTextField


class NoteForm(WrittenForm):
    """A note to somebody who has to act on it."""

    note = LongTextField(
        label="Note",
        max_length=2000,
        rows=4,
        error_messages={"required": "Enter a note that says why"},
    )

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["note"].label = label


class SeenForm(forms.Form):
    """Which assessment the person read: when it had been sent or signed off."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> datetime | None:
        """The time, or None when there is none or it makes no sense."""
        try:
            found = parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None
        return found if found is not None and timezone.is_aware(found) else None


class SignOffForm(SeenForm):
    """The leader's word that the answers are the partner's own."""

    confirm = forms.BooleanField(
        label="I have read the answers and sign them off for the partner",
        error_messages={"required": "Confirm that you have read the answers and sign them off"},
    )


class ReviewForm(WrittenForm, SeenForm):
    """A note on the whole, and a comment for each indicator that needs one."""

    note = LongTextField(
        label="Note to the partner",
        help_text="Needed when you request changes or reopen the assessment.",
        max_length=5000,
        rows=5,
        required=False,
    )

    def __init__(self, *args: Any, rows: Iterable[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            self.fields[_comment(row)] = forms.CharField(
                label=f"Comment on {row.code}",
                strip=False,
                max_length=5000,
                required=False,
                widget=CharacterCount(5000, rows=3),
            )

    @property
    def comments(self) -> dict[int, str]:
        """The comments that say something, by indicator id."""
        found = {
            row.answer.indicator_id: self.cleaned_data[_comment(row)].replace("\r\n", "\n")
            for row in self.rows
        }
        return {pk: words for pk, words in found.items() if words.strip()}

    def check_changes(self) -> bool:
        """Whether the form can be a request for changes; says what is missing."""
        if not self.is_valid():
            return False
        if not self.cleaned_data["note"].strip():
            self.add_error("note", "Enter a note that says what you ask for")
        if not self.comments:
            words = "Comment on at least one indicator: only those with a comment are opened"
            self.add_error(_comment(self.rows[0]), words)
        return not self.errors

    @property
    def arguments(self) -> dict[str, Any]:
        """The cleaned input as the arguments that accepting and returning share."""
        given = self.cleaned_data
        return {"note": given["note"], "comments": self.comments, "seen": given["seen"]}

    @property
    def typed(self) -> list[Typed]:
        """All that was typed, to be copied when it cannot be saved."""
        names = ["note", *(_comment(row) for row in self.rows)]
        found = ((str(self.fields[name].label), self.cleaned_data[name]) for name in names)
        return [Typed(label, words) for label, words in found if words]

    def field_of(self, row: Row) -> BoundField:
        """The comment's field for one indicator."""
        return self[_comment(row)]


def _comment(row: Row) -> str:
    return f"comment-{row.answer.indicator_id}"
