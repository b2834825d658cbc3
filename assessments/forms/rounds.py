"""What staff type to open a round."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from commitments.models import Edition
from declaration.forms import GovukDateField, Radios


class RoundForm(forms.Form):
    """A new round: what it is called, its edition and its three dates."""

    name = forms.CharField(
        label="Name of the round",
        help_text="For example, 2026",
        max_length=60,
        error_messages={"required": "Enter the name of the round"},
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )
    edition = forms.ModelChoiceField(
        label="Edition of the Declaration",
        queryset=Edition.objects.none(),
        empty_label=None,
        widget=Radios,
        error_messages={"required": "Select the edition"},
    )
    opens_on = GovukDateField(
        label="When does it open?", subject="Opening date", help_text="For example, 27 3 2026"
    )
    due_on = GovukDateField(
        label="When is it due?",
        subject="Due date",
        help_text="Partners see this date on their pages.",
    )
    closes_on = GovukDateField(
        label="When does it close?",
        subject="Closing date",
        help_text="After this day partners cannot write, send or sign off.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition: Any = self.fields["edition"]
        edition.queryset = Edition.objects.published()

    def clean_opens_on(self) -> date:
        """The first day: today or before, because partners are told and can write at once."""
        opens_on: date = self.cleaned_data["opens_on"]
        if opens_on > timezone.localdate():
            raise forms.ValidationError(
                "Opening date must be today or in the past, because partners can write as soon as "
                "you open the round"
            )
        return opens_on


def round_defaults(today: date | None = None) -> dict[str, Any]:
    """What a new round most often is: this year's, of the newest edition, due in two months."""
    today = today or timezone.localdate()
    return {
        "name": str(today.year),
        "edition": Edition.objects.published().first(),
        "opens_on": today,
        "due_on": today + timedelta(weeks=8),
        "closes_on": today + timedelta(weeks=12),
    }
