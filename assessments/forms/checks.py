"""Which quality checks to show, and which of them to ask."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms

from assessments import workflow
from assessments.dashboards.checks import LABELS, Filters, Key
from assessments.models import Round
from assessments.workflow import State
from signatories.forms.filters import FilterForm
from signatories.models import Partner

# Of an address that is led back to.
MOST_SIGNS, MOST_DIGITS = 1000, 7


class CheckFilterForm(FilterForm):
    """Which questions to show; what is not known is named in words and left out."""

    round = forms.ChoiceField(
        label="Round",
        required=False,
        error_messages={"invalid_choice": "There is no such round. The newest is shown."},
    )
    kind = forms.ChoiceField(
        label="Check",
        required=False,
        choices=[("", "All checks"), *((kind.value, words) for kind, words in LABELS.items())],
        error_messages={"invalid_choice": "There is no such check. All are shown."},
    )
    partner_kind = forms.ChoiceField(
        label="Kind of partner",
        required=False,
        choices=[("", "All kinds"), *Partner.Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )
    state = forms.ChoiceField(
        label="State of the assessment",
        required=False,
        choices=[("", "All states"), *((one.value, workflow.LABELS[one]) for one in State)],
        error_messages={"invalid_choice": "There is no such state. All are shown."},
    )

    def __init__(self, data: Any, rounds: Sequence[Round]) -> None:
        self.rounds = {one.slug: one for one in rounds}
        super().__init__(data)

    def full_clean(self) -> None:
        """Know the rounds before the address is read."""
        field: Any = self.fields["round"]
        newest = next(iter(self.rounds.values()), None)
        first = ("", f"The newest ({newest})" if newest else "The newest")
        field.choices = [first, *((slug, str(one)) for slug, one in self.rounds.items())]
        super().full_clean()

    @property
    def chosen_round(self) -> Round | None:
        """The round that was asked for, else the newest that has opened; None before the first."""
        newest = next(iter(self.rounds.values()), None)
        return self.rounds.get(self.understood["round"], newest)

    @property
    def filters(self) -> Filters:
        """What was asked for besides the round."""
        asked = self.understood
        return Filters(asked["kind"], asked["partner_kind"], asked["state"])


class AskForm(forms.Form):
    """The questions to ask: the one whose button was pressed, else those that are ticked.

    `came_from` is the end of the address of the list, to lead back to.
    """

    came_from = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def keys(self) -> list[Key]:
        """The questions that were named; what names none is left out."""
        sent: Any = self.data
        only = sent.get("only", "")
        named = [only] if only else sent.getlist("question")
        return list(dict.fromkeys(key for key in map(Key.read, named) if key is not None))

    def page_of_list(self, rounds: Sequence[Round]) -> str:
        """The list’s own part of an address, whatever was sent: its filters and its page."""
        sent = dict(parse_qsl(str(self["came_from"].value() or "")[:MOST_SIGNS]))
        kept = CheckFilterForm(sent, rounds).kept
        page = sent.get("page", "")
        if page.isascii() and page.isdigit() and len(page) < MOST_DIGITS:
            kept["page"] = page
        return f"?{urlencode(kept)}" if kept else ""
