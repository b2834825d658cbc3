"""Is the input well-formed: what an administrator looks for among the partners."""

from django import forms

from signatories.dashboards.partners import Filters
from signatories.forms.filters import FilterForm
from signatories.models import Partner


class PartnerFilterForm(FilterForm):
    """Which partners the list and its files hold; what is not known is said and left out."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Name or GSS code",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": "That is too long to look for. All partners are shown."},
    )
    kind = forms.ChoiceField(
        required=False,
        label="Kind of partner",
        choices=[("", "All kinds"), *Partner.Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )

    @property
    def filters(self) -> Filters:
        """What was asked for, with everything in place of what was not understood."""
        return Filters(**self.understood)
