"""What people type when they decide: sign-off, notes and reviews."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from assessments.dashboards import QueueFilters, Row
from assessments.forms.texts import read_carefully
from assessments.forms.typed import Typed
from assessments.forms.written import WrittenForm
from declaration.forms import CharacterCount, LongTextField
from signatories.forms.filters import FilterForm


def read_moment(text: str | None) -> datetime | None:
    """The time that a hidden field holds, or None when there is none or it makes no sense."""
    try:
        found = parse_datetime(text or "")
        if found is None or timezone.is_naive(found):
            return None
        # A time within its zone's day of the ends of the calendar is none that can be stored.
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


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
        return read_moment(self.cleaned_data["seen"])


class SignOffForm(SeenForm):
    """The leader's word that the answers are the partner's own."""

    confirm = forms.BooleanField(
        label="I have read the answers and sign them off for the partner",
        error_messages={"required": "Confirm that you have read the answers and sign them off"},
    )


class ReviewForm(WrittenForm, SeenForm):
    """A note on the whole, a comment for each indicator that needs one, a note among reviewers.

    `kept` is when the draft that the page shows was kept.
    """

    kept = forms.CharField(widget=forms.HiddenInput, required=False)
    note = LongTextField(
        label="Note to the partner",
        help_text="Needed when you request changes or reopen the assessment.",
        max_length=5000,
        rows=5,
        required=False,
    )
    private = LongTextField(
        label="Add a note for reviewers",
        help_text=(
            "Only ecda’s reviewers see it, never the partner. It is kept when you add it, "
            "or with your decision."
        ),
        max_length=5000,
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, rows: Iterable[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        # How many comments are to be confirmed as remarks of an acceptance.
        self.unconfirmed = 0
        for row in self.rows:
            self.fields[_comment(row)] = forms.CharField(
                label=f"Comment on {row.code}",
                strip=False,
                max_length=5000,
                required=False,
                widget=CharacterCount(5000, rows=3),
            )
        read_carefully(self)

    @classmethod
    def of_draft(
        cls, typed: Mapping[str, list[str]], *, rows: Iterable[Row], **initial: str
    ) -> "ReviewForm":
        """The form as somebody left it, not checked yet."""
        words = {name: texts[0] for name, texts in typed.items() if texts}
        return cls(rows=rows, initial=words | initial)

    def clean_kept(self) -> datetime | None:
        """The time, or None when there is none or it makes no sense."""
        return read_moment(self.cleaned_data["kept"])

    @property
    def comments(self) -> dict[int, str]:
        """The comments that say something, by indicator id."""
        found = {
            row.answer.indicator_id: self.cleaned_data[_comment(row)].replace("\r\n", "\n")
            for row in self.rows
        }
        return {pk: words for pk, words in found.items() if words.strip()}

    @property
    def are_remarks_meant(self) -> bool:
        """Whether the button was pressed that accepts with as many comments as there are."""
        return self.data.get("remarks") == str(len(self.comments))

    def ask_about_remarks(self) -> "ReviewForm":
        """The form with the button that accepts with its comments as remarks."""
        self.unconfirmed = len(self.comments)
        return self

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

    def check_private(self) -> bool:
        """Whether there is a note for reviewers to be kept; says of nothing else what is wrong."""
        self.full_clean()
        if "private" not in self.errors and not self.cleaned_data["private"].strip():
            self.add_error("private", "Enter the note for other reviewers")
        wrong = self.errors.get("private")
        self.errors.clear()
        if wrong:
            self.errors["private"] = wrong
        return not wrong

    @property
    def arguments(self) -> dict[str, Any]:
        """The cleaned input as the arguments that the decisions share."""
        given = self.cleaned_data
        return {"note": given["note"], "comments": self.comments, "seen": given["seen"]}

    def see_draft(self, kept_at: datetime) -> None:
        """Go on with the draft that was kept then, which stands beside the form."""
        self._put("kept", kept_at.isoformat())

    def blank(self, name: str) -> "ReviewForm":
        """The form without the words of that field, which have gone elsewhere."""
        self._put(name, "")
        return self

    def _put(self, name: str, text: str) -> None:
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
        self.data[name] = text  # type: ignore[index]  # the copy can be changed

    @property
    def names(self) -> list[str]:
        """The fields with a person's words."""
        return ["note", "private", *(_comment(row) for row in self.rows)]

    @property
    def typed(self) -> list[Typed]:
        """All that was typed, to be copied when it cannot be saved."""
        found = ((str(self.fields[name].label), self[name].value()) for name in self.names)
        return [Typed(label, words.replace("\r\n", "\n")) for label, words in found if words]

    def field_of(self, row: Row) -> BoundField:
        """The comment's field for one indicator."""
        return self[_comment(row)]


class QueueForm(FilterForm):
    """Which reviews the queue shows; what is not known is named in words and left out."""

    whose = forms.ChoiceField(
        required=False,
        label="Who has it",
        choices=[("", "Everybody’s"), ("mine", "Mine"), ("nobody", "Nobody’s")],
        error_messages={"invalid_choice": "There is no such choice. Everybody’s are shown."},
    )
    round = forms.ChoiceField(
        required=False,
        label="Round",
        error_messages={"invalid_choice": "Nothing waits of that round. All rounds are shown."},
    )

    def __init__(self, data: Any, *, rounds: Iterable[tuple[str, str]]) -> None:
        self.rounds = [("", "All rounds"), *rounds]
        super().__init__(data)

    def full_clean(self) -> None:
        """Check the filters against the rounds that there are."""
        self.fields["round"].choices = self.rounds  # type: ignore[attr-defined]  # a ChoiceField
        super().full_clean()

    @property
    def filters(self) -> QueueFilters:
        """What was asked for, with everything in place of what was not understood."""
        return QueueFilters(**self.understood)


def _comment(row: Row) -> str:
    return f"comment-{row.answer.indicator_id}"
