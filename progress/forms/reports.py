"""Asking for a report."""

from typing import Any

from django import forms

from assessments.models import Round
from declaration.keys import key_of, new_key
from signatories.models import Partner


class ReportForm(forms.Form):
    """Ask for the report of one round; the hidden key is made when the form is shown."""

    round = forms.ModelChoiceField(
        queryset=Round.objects.none(),
        to_field_name="slug",
        empty_label=None,
        label="Which round?",
        error_messages={
            "required": "Select a round",
            "invalid_choice": "Select a round from the list",
        },
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, initial=new_key)

    def __init__(self, partner: Partner, data: Any = None) -> None:
        super().__init__(data)
        rounds = Round.objects.filter(assessments__partner=partner).latest_first()
        field = self.fields["round"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
        field.queryset = rounds
        self.has_rounds = rounds.exists()

    def clean_key(self) -> str:
        """Return the key as it was given; one that we did not make is replaced."""
        return key_of(self.cleaned_data["key"])
