"""Asking for a report, and choosing which ones to see."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessments.models import Round
from commitments.models import Edition
from declaration.forms import Radios
from declaration.keys import key_of, new_key
from progress.dashboards.report_list import Filters
from progress.models import Report
from signatories.forms.filters import FilterForm
from signatories.models import Partner

Kind = Report.Kind
NO_ROUND = {
    "required": "Select a round",
    "invalid_choice": "Select a round from the list",
}

# What each kind is about.
NEEDED: Mapping[str, tuple[str, ...]] = {
    Kind.PARTNER: ("partner", "round"),
    Kind.SYSTEM: ("round",),
    Kind.ALL: ("round",),
    Kind.CERTIFICATES: ("edition",),
}


class OneOf(forms.ModelChoiceField[Any]):
    """A choice that says the same of a NUL as of everything else that is not in its list."""

    def validate_no_null_characters(self, value: Any) -> None:
        """ValidationError in the words of `invalid_choice`."""
        if "\x00" in str(value):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class KeyForm(forms.Form):
    """A form that is one wish however often it is sent: the key is made when it is shown."""

    key = forms.CharField(
        widget=forms.HiddenInput,
        required=False,
        initial=new_key,
        error_messages={"null_characters_not_allowed": "Send the form again"},
    )

    def clean_key(self) -> str:
        """Return the key as it was given; one that we did not make is replaced."""
        return key_of(self.cleaned_data["key"])

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
        field.queryset = rows


class ReportForm(KeyForm):
    """Ask for the report of one round of a partner."""

    round = OneOf(
        queryset=Round.objects.none(),
        to_field_name="slug",
        empty_label=None,
        label="Which round?",
        error_messages=NO_ROUND,
    )

    def __init__(self, partner: Partner, data: Any = None) -> None:
        super().__init__(data)
        rounds = Round.objects.filter(assessments__partner=partner).latest_first()
        self._offer("round", rounds)
        self.has_rounds = rounds.exists()


class StaffReportForm(KeyForm):
    """Ask for any of the reports that ecda makes."""

    kind = forms.ChoiceField(
        label="What do you need?",
        choices=Kind.choices,
        widget=Radios(
            hints={
                Kind.PARTNER.value: "How far one partner is, as a PDF",
                Kind.SYSTEM.value: "What a round adds up to over all partners, as a PDF",
                Kind.ALL.value: "One PDF for each partner of a round, in a ZIP file",
                Kind.CERTIFICATES.value: "The certificates of everybody who has signed, in a ZIP "
                "file",
            },
            conditional={Kind.PARTNER.value: "partner", Kind.CERTIFICATES.value: "edition"},
        ),
        error_messages={
            "required": "Select what you need",
            "invalid_choice": "Select what you need from the list",
        },
    )
    partner = OneOf(
        queryset=Partner.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="Select a partner",
        label="Which partner?",
        error_messages={"invalid_choice": "Select a partner from the list"},
    )
    edition = OneOf(
        queryset=Edition.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=None,
        label="Which edition of the Declaration?",
        error_messages={"invalid_choice": "Select an edition from the list"},
    )
    round = OneOf(
        queryset=Round.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=None,
        label="Which round?",
        help_text="Leave this if you want certificates.",
        error_messages=NO_ROUND,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self._offer("partner", Partner.objects.order_by("name"))
        self._offer("edition", Edition.objects.published())
        self._offer("round", Round.objects.opened().latest_first())

    def clean(self) -> dict[str, Any]:
        """Require what the chosen kind is about."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for name in NEEDED.get(found.get("kind", ""), ()):
            if not found.get(name) and name not in self.errors:
                self.add_error(name, f"Select {'an' if name == 'edition' else 'a'} {name}")
        return found


class ReportsForm(FilterForm):
    """Which reports to show; what is not known is named in words and left out."""

    kind = forms.ChoiceField(
        required=False,
        label="Kind",
        choices=[("", "All kinds"), *Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )
    round = forms.ChoiceField(
        required=False,
        label="Round",
        error_messages={"invalid_choice": "There is no such round. All rounds are shown."},
    )

    def __init__(self, data: Any, rounds: list[Round]) -> None:
        # The rounds have to be there before the filter reads what was asked for; and another form
        # of the page has fields of the same names.
        super(FilterForm, self).__init__(data, auto_id="filter_%s")
        choices = [("", "All rounds"), *((each.slug, each.name) for each in rounds)]
        self.fields["round"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.is_valid()

    @property
    def filters(self) -> Filters:
        """What was asked for, with all in place of what was not understood."""
        return Filters(**self.understood)
