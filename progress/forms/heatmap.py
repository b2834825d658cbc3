"""The filters of the heatmap, and what sorts it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms

from assessments.models import Round
from progress.dashboards.heatmap import BY_PARTNER, Column, Filters
from progress.forms.rounds import RoundForm
from signatories.models import Partner


@dataclass(frozen=True)
class Heading:
    """A column's heading: `order` is how the table is sorted by it now, `link` sorts it anew."""

    code: str
    title: str
    order: str
    link: str


def usual(code: str) -> str:
    """The order that a first click on a column gives: names from A, ratings from the highest."""
    return "ascending" if code == BY_PARTNER else "descending"


class HeatmapForm(RoundForm):
    """The heatmap's filters; what is not known is named in words and left out."""

    kind = forms.ChoiceField(
        required=False,
        label="Kind of partner",
        choices=[("", "All kinds"), *Partner.Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )
    commitment = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label="Commitment",
        error_messages={"invalid_choice": "There is no such commitment. All are shown."},
    )
    include = forms.BooleanField(
        required=False, label="Include assessments that are not accepted yet (marked)"
    )
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, rounds: list[Round]) -> None:
        super().__init__(data, rounds)
        self.columns: list[Column] = []

    def offer(self, columns: list[Column]) -> None:
        """Say which commitments can be chosen and which indicators can be sorted by."""
        self.columns = columns
        numbers = sorted({column.commitment for column in columns})
        choices = [
            ("", "All commitments"),
            *((number, f"Commitment {number}") for number in numbers),
        ]
        self.fields["commitment"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_sort(self) -> str:
        """Keep the sort key when it is one of ours: `partner` or a code, `-` before it."""
        key: str = self.cleaned_data["sort"]
        known = {BY_PARTNER, *(column.code for column in self.columns)}
        if key and key.removeprefix("-") not in known:
            message = "There is no such column to sort by. Partners are sorted by name."
            self.add_error(None, message)
            return ""
        return key

    @property
    def filters(self) -> Filters:
        """What was asked for, with the usual in place of what was not understood."""
        self.is_valid()
        found = self.cleaned_data
        sort = found.get("sort") or BY_PARTNER
        return Filters(
            kind=found.get("kind", ""),
            commitment=found.get("commitment"),
            include=found.get("include", False),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )

    def heading(self, code: str, title: str) -> Heading:
        """Say how the table is sorted by a column, and where a click on its heading leads."""
        found = self.filters
        mine = found.sort == code
        order = ("descending" if found.descending else "ascending") if mine else ""
        first, other = (code, f"-{code}") if code == BY_PARTNER else (f"-{code}", code)
        return Heading(code, title, order, self._link(other if order == usual(code) else first))

    @property
    def partner_heading(self) -> Heading:
        """The heading of the partners' names."""
        return self.heading(BY_PARTNER, "Partner")

    def _link(self, sort: str) -> str:
        """Return the query string of this page, sorted otherwise."""
        found = self.filters
        values = {
            "round": self.chosen.slug if self.chosen else "",
            "kind": found.kind,
            "commitment": str(found.commitment or ""),
            "include": "on" if found.include else "",
            "sort": sort,
        }
        return "?" + urlencode({name: value for name, value in values.items() if value})
