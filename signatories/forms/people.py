"""People, for administrators: which of them to show, their names and offices."""

from typing import Any

from django import forms

from declaration.fields import NameField
from declaration.forms import AddressField, Radios
from signatories.dashboards.people import Filters, Show
from signatories.forms.filters import FilterForm
from signatories.models import User


class PeopleForm(FilterForm):
    """Which people to show; what is not known is named in words and left out."""

    search = forms.CharField(
        required=False,
        label="Name or e-mail address",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    show = forms.ChoiceField(
        required=False,
        label="Role or state",
        choices=Show.choices,
        error_messages={"invalid_choice": "There is no such choice. All people are shown."},
    )

    @property
    def filters(self) -> Filters:
        """What was asked for, with everybody in place of what was not understood."""
        found = self.understood
        return Filters(search=found["search"], show=Show(found["show"]))


class NameForm(forms.Form):
    """How a person is called."""

    name = NameField(
        label="Full name",
        max_length=200,
        error_messages={"required": "Enter the full name"},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


OFFICE_HINTS = {
    "": "Sees only the partners they belong to",
    "staff": "Sees every partner, reviews assessments, looks after rounds",
    "administrator": "Also looks after partners and people, and publishes editions",
}


class OfficeForm(forms.Form):
    """A person's office at ecda; the empty choice is none."""

    office = forms.ChoiceField(
        required=False,
        label="Office at ecda",
        choices=User.Office.choices,
        widget=Radios(hints=OFFICE_HINTS),
    )

    def clean(self) -> dict[str, Any]:
        """Take no choice at all for a mistake: it must not take an office away."""
        given = super().clean() or {}
        if "office" not in self.data:
            self.add_error("office", "Select an office, or none")
        return given


class AppointForm(NameForm):
    """Somebody who is to work for ecda here, by e-mail address."""

    email = AddressField(
        label="E-mail address",
        help_text="They sign in with it. Somebody who is known to the portal keeps their name.",
        error_messages={"required": "Enter the e-mail address"},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    office = forms.ChoiceField(
        label="Office at ecda",
        choices=[choice for choice in User.Office.choices if choice[0]],
        widget=Radios(hints=OFFICE_HINTS),
        error_messages={"required": "Select an office"},
    )
