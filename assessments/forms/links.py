"""Links to evidence, as many rows as somebody filled in."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.forms.formsets import BaseFormSet, ManagementForm, formset_factory

from assessments.actions.evidence import Link
from assessments.forms.texts import read_carefully
from declaration.forms import GovukDateField

# What the index over addresses can hold; letters beyond ASCII take more than one byte.
MAX_ADDRESS_BYTES = 2000
MAX_ROWS = 20
PREFIX = "links"
NAMED = re.compile(rf"{PREFIX}-(\d{{1,2}})-[a-z-]+")


def short_enough(address: str) -> None:
    """Refuse an address that the database’s index could not hold."""
    if len(address.encode()) > MAX_ADDRESS_BYTES:
        raise ValidationError("Enter a shorter address", code="long")


class LinkForm(forms.Form):
    """One new link; a row left empty is none."""

    url = forms.URLField(
        label="Address of a page or document",
        help_text="For example, https://www.example.org/data-strategy",
        max_length=1000,
        required=False,
        assume_scheme="https",
        validators=[
            URLValidator(
                schemes=["http", "https"],
                message="Enter a web address that starts with http:// or https://",
                # Not the field's own code, whose words would take the place of these.
                code="scheme",
            ),
            short_enough,
        ],
    )
    title = forms.CharField(label="Name of the page or document", max_length=200, required=False)
    date = GovukDateField(
        label="When it was published (optional)",
        subject="Date of the link",
        help_text="For example, 27 3 2026",
        required=False,
    )
    note = forms.CharField(label="Note (optional)", max_length=500, required=False)

    def __init__(self, *args: Any, known: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        read_carefully(self)

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing, and refuse an address that the answer has already."""
        given = super().clean() or {}
        # What is no address at all fails twice, and is told once.
        if wrong := self.errors.get("url"):
            wrong.data = wrong.data[:1]
        url, title = given.get("url", ""), given.get("title", "")
        others = title or given.get("note") or given.get("date")
        if not url and others and "url" not in self.errors:
            self.add_error("url", "Enter the address of the page or document")
        if url and not title and "title" not in self.errors:
            self.add_error("title", "Enter the name of the page or document")
        if url and url in self.known:
            self.add_error("url", "This indicator already has that link")
        return given

    @property
    def link(self) -> Link | None:
        """The link, or None for a row that was left empty."""
        given = self.cleaned_data
        if not given.get("url"):
            return None
        return Link(given["title"], given["url"], given["date"], given["note"])


class LinkFormSet(BaseFormSet[LinkForm]):
    """As many rows as the names of what was sent say; there is no counter to lose."""

    @property
    def management_form(self) -> ManagementForm:
        """The counters as Django wants them, counted instead of sent."""
        names = {"TOTAL_FORMS": self.total_form_count(), "INITIAL_FORMS": 0}
        form = ManagementForm(names)
        form.is_valid()
        return form

    def total_form_count(self) -> int:
        """How many rows there are: those sent, or those given and one to fill in."""
        if self.is_bound:
            return max(1, rows_in(self.data))
        return max(1, min(len(self.initial or []), MAX_ROWS))

    def initial_form_count(self) -> int:
        """No row is of something stored."""
        return 0

    @property
    def links(self) -> tuple[Link, ...]:
        """The links of the rows that were filled in."""
        return tuple(form.link for form in self.forms if form.link is not None)


def rows_in(typed: Mapping[str, Any]) -> int:
    """How many rows of links the names in a form go up to."""
    places = [int(found[1]) + 1 for found in map(NAMED.fullmatch, typed) if found]
    return min(max(places, default=0), MAX_ROWS)


def typed_rows(typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows as they were typed, to fill in a form again; empty ones at the end are left out."""
    rows = []
    blank = LinkForm()
    for place in range(rows_in(typed)):
        form = LinkForm(prefix=f"{PREFIX}-{place}")
        rows.append(
            {
                name: text.widget.value_from_datadict(typed, {}, form.add_prefix(name)) or ""
                for name, text in blank.fields.items()
            }
        )
    while rows and not any(map(says, rows[-1].values())):
        rows.pop()
    return rows


def any_typed(row: forms.BaseForm) -> bool:
    """Whether the row was filled in, as far as it is shown."""
    return any(says(bound.value()) for bound in row)


def says(value: object) -> bool:
    """Whether a box, or one of the three boxes of a date, has something in it."""
    return any(value) if isinstance(value, tuple) else bool(value)


Links: type[LinkFormSet] = formset_factory(  # type: ignore[assignment]  # it makes a subclass
    LinkForm, formset=LinkFormSet, extra=1, max_num=MAX_ROWS
)
