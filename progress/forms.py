"""Is what was asked for well-formed? The round of a report, the filters of the overviews."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms

from assessments.models import Round
from declaration.keys import key_of, new_key
from progress.dashboards.heatmap import BY_PARTNER, Column, Filters
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


class RoundForm(forms.Form):
    """Choose one of the rounds; nothing chosen, or one that is not known, means the newest."""

    round = forms.ChoiceField(
        required=False,
        label="Round",
        error_messages={"invalid_choice": "There is no such round. The newest one is shown."},
    )

    def __init__(self, data: Any, rounds: list[Round]) -> None:
        super().__init__(data)
        self.rounds = rounds
        self.fields["round"].choices = [(round.slug, round.name) for round in rounds]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def has_choice(self) -> bool:
        """Whether there is anything to choose, or something wrong to show."""
        return len(self.rounds) > 1 or bool(self.errors)

    @property
    def chosen(self) -> Round | None:
        """The round to show; None while there is none."""
        slug = self.data.get("round")
        named = (round for round in self.rounds if round.slug == slug)
        return next(named, self.rounds[0] if self.rounds else None)


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
