"""What the pages of one indicator and of one commitment list, and in what order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms

from commitments.models import Rating
from progress.dashboards.heatmap import BY_PARTNER, Filters
from progress.dashboards.indicator import MOVED, NOT_APPLICABLE, Wanted
from signatories.forms.filters import FilterForm, Selection
from signatories.models import Partner

ORDER = "Order"


@dataclass(frozen=True)
class Heading:
    """A column's heading: `order` is how the table is sorted by it now, `link` sorts it anew."""

    text: str
    title: str
    order: str
    link: str


class SortedForm(FilterForm):
    """Filters of a table that headings sort; what is not known is named in words and left out."""

    kind = forms.ChoiceField(
        required=False,
        label="Kind of partner",
        choices=[("", "All kinds"), *Partner.Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )
    sort = forms.CharField(required=False, label=ORDER, widget=forms.HiddenInput)

    def __init__(self, data: Any, columns: Sequence[tuple[str, str, str]]) -> None:
        """`columns` are sort key, heading and title of each; names begin from A, ratings from 4."""
        self.columns = columns
        super().__init__(data)

    def clean_sort(self) -> str:
        """Keep the sort key when it is one of ours, `-` before it for the other way round."""
        key: str = self.cleaned_data["sort"]
        if key and key.removeprefix("-") not in {name for name, _, _ in self.columns}:
            message = "There is no such column to sort by. Partners are sorted by name."
            self.add_error(None, message)
            return ""
        return key

    @property
    def selections(self) -> list[Selection]:
        """The filters that are set; how the table is sorted is none of them."""
        return [each for each in super().selections if each.label != ORDER]

    @property
    def said(self) -> str:
        """The filters that are set, in words; “all” for none."""
        return ", ".join(f"{one.label}: {one.text}" for one in self.selections) or "all"

    @property
    def headings(self) -> list[Heading]:
        """The table's headings that sort it."""
        now = self.understood["sort"] or BY_PARTNER
        found = []
        for key, text, title in self.columns:
            usual = key if key == BY_PARTNER else f"-{key}"
            other = f"-{key}" if key == BY_PARTNER else key
            order = ""
            if now.removeprefix("-") == key:
                order = "descending" if now.startswith("-") else "ascending"
            link = urlencode(self.kept | {"sort": other if now == usual else usual})
            found.append(Heading(text, title, order, f"?{link}#answers"))
        return found


class AnswersForm(SortedForm):
    """Which answers to one indicator are listed."""

    rating = forms.ChoiceField(
        required=False,
        label="Rating",
        choices=[
            ("", "All ratings"),
            *((str(rating.value), f"{rating.value} {rating.label}") for rating in Rating),
            (NOT_APPLICABLE, "Not applicable"),
        ],
        error_messages={"invalid_choice": "There is no such rating. All are shown."},
    )
    moved = forms.ChoiceField(
        required=False,
        label="Movement",
        choices=[("", "All"), *MOVED],
        error_messages={"invalid_choice": "There is no such movement. All answers are shown."},
    )
    field_order = ("kind", "rating", "moved", "sort")

    def __init__(self, data: Any) -> None:
        columns = [
            (BY_PARTNER, "Partner", "partner"),
            ("rating", "Rating", "rating"),
            ("movement", "Movement", "movement"),
        ]
        super().__init__(data, columns)

    @property
    def wanted(self) -> Wanted:
        """What was asked for, with everything in place of what was not understood."""
        return Wanted(**self.understood)


class PartnersForm(SortedForm):
    """Which partners’ answers to a commitment’s indicators are listed."""

    def __init__(self, data: Any, asked: Sequence[tuple[str, str]]) -> None:
        """`asked` are the codes and titles of the indicators."""
        columns = [(code, code, title) for code, title in asked]
        super().__init__(data, [(BY_PARTNER, "Partner", "partner"), *columns])

    @property
    def filters(self) -> Filters:
        """What was asked for, with everything in place of what was not understood."""
        sort = self.understood["sort"] or BY_PARTNER
        return Filters(
            kind=self.understood["kind"],
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )
