"""The filters of the heatmap, what sorts it, and which page of it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page

from assessments import workflow
from assessments.models import Round
from assessments.workflow import State
from progress.dashboards.figures import Asked
from progress.dashboards.heatmap import ALL_STATES, BY_PARTNER, Filters, Row
from progress.forms.pages import page_or_first
from progress.forms.rounds import name_planned
from signatories.forms.filters import FilterForm, Selection
from signatories.models import Partner

PER_PAGE = 100
SORT = "Sort"
STATES = [
    ("", "Accepted only"),
    (ALL_STATES, "All states, marked"),
    *((state.value, workflow.LABELS[state]) for state in State if state is not State.ACCEPTED),
]


@dataclass(frozen=True)
class Heading:
    """A column's heading: `order` is how the table is sorted by it now, `link` sorts it anew."""

    code: str
    title: str
    order: str
    link: str
    first: str

    @property
    def next(self) -> str:
        """How the table is sorted after a click, in words."""
        if not self.order:
            return self.first
        return {"ascending": "descending", "descending": "ascending"}[self.order]

    @property
    def arrow(self) -> str:
        """The sign that shows the order."""
        return {"ascending": "▲", "descending": "▼"}.get(self.order, "↕")


def usual(code: str) -> str:
    """The order that a first click on a column gives: names from A, ratings from the highest."""
    return "ascending" if code == BY_PARTNER else "descending"


class HeatmapForm(FilterForm):
    """The heatmap's filters; what is not known is named in words and left out."""

    round = forms.ChoiceField(
        required=False,
        label="Round",
        error_messages={"invalid_choice": "There is no such round. The newest one is shown."},
    )
    kind = forms.ChoiceField(
        required=False,
        label="Kind of partner",
        choices=[("", "All kinds"), *Partner.Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )
    commitment = forms.ChoiceField(
        required=False,
        label="Commitment",
        error_messages={"invalid_choice": "There is no such commitment. All are shown."},
    )
    state = forms.ChoiceField(
        required=False,
        label="State of the assessment",
        choices=STATES,
        error_messages={"invalid_choice": "There is no such state. Accepted ones are shown."},
    )
    sort = forms.CharField(required=False, label=SORT, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, rounds: Sequence[Round] = (), columns: Sequence[Asked] = ()
    ) -> None:
        self.rounds, self.columns = rounds, columns
        super().__init__(data)

    def full_clean(self) -> None:
        """Know the rounds and the commitments before the address is read."""
        numbers = dict.fromkeys(asked.commitment for asked in self.columns)
        newest = f"The newest ({self.rounds[0]})" if self.rounds else "The newest"
        self._offer("round", [("", newest), *((each.slug, each.name) for each in self.rounds)])
        self._offer("commitment", [
            ("", "All commitments"),
            *((str(number), f"Commitment {number}") for number in numbers),
        ])  # fmt: skip
        super().full_clean()
        name_planned(self)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_sort(self) -> str:
        """Keep the sort key when it is one of ours: `partner` or a code, `-` before it."""
        key: str = self.cleaned_data["sort"]
        known = {BY_PARTNER, *(asked.code for asked in self.columns)}
        if key and key.removeprefix("-") not in known:
            message = "There is no such column to sort by. Partners are sorted by name."
            self.add_error(None, message)
            return ""
        return self._shown(key)

    def _shown(self, key: str) -> str:
        """The sort key, dropped in words where the filter hides its column."""
        chosen, code = self.cleaned_data.get("commitment"), key.removeprefix("-")
        hidden = {a.code for a in self.columns if chosen and str(a.commitment) != chosen}
        if code not in hidden:
            return key
        message = f"Indicator {code} is not in this table. Partners are sorted by name."
        self.add_error(None, message)
        return ""

    @property
    def selections(self) -> list[Selection]:
        """The filters that are set; the order is none."""
        return [one for one in super().selections if one.label != SORT]

    @property
    def filters(self) -> Filters:
        """What was asked for, with the usual in place of what was not understood."""
        found = self.understood
        sort = found["sort"] or BY_PARTNER
        return Filters(
            kind=found["kind"],
            commitment=int(found["commitment"]) if found["commitment"] else None,
            state=found["state"],
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )

    def page_of(self, rows: Sequence[Row]) -> Page[Row]:
        """The page of the table that was asked for; one that is not there is named in words."""
        return page_or_first(self, rows, PER_PAGE, "partners")

    def heading(self, code: str, title: str) -> Heading:
        """Say how the table is sorted by a column, and where a click on its heading leads."""
        found = self.filters
        mine = found.sort == code
        order = ("descending" if found.descending else "ascending") if mine else ""
        first, other = (code, f"-{code}") if code == BY_PARTNER else (f"-{code}", code)
        link = self._sorted_by(other if order == usual(code) else first)
        return Heading(code, title, order, link, usual(code))

    @property
    def partner_heading(self) -> Heading:
        """The heading of the partners' names."""
        return self.heading(BY_PARTNER, "Partner")

    def _sorted_by(self, sort: str) -> str:
        """Return the query string of this page, sorted otherwise, from its first row."""
        return "?" + urlencode({**self.kept, "sort": sort})
