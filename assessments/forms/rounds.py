"""What staff type about rounds: a plan, other dates, more time for one partner, a release."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django import forms
from django.utils import timezone

from assessments.forms.written import WrittenForm
from assessments.models import Assessment, Round
from commitments.models import Edition
from declaration.fields import NameField
from declaration.forms import CharacterCount, GovukDateField, Radios

TODAY, LATER = "today", "later"


# What a form says about itself, and what leads to another field.
NO_ARGUMENTS = frozenset({"writer", "seen", "when"})


class DatesForm(WrittenForm):
    """When a round is due and when it closes."""

    due_on = GovukDateField(
        label="When is it due?",
        subject="Due date",
        help_text="Partners see this date on their pages and are reminded of it.",
    )
    closes_on = GovukDateField(
        label="When does it close?",
        subject="Closing date",
        help_text="After this day partners cannot write, send or sign off.",
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """What the actions take."""
        cleaned = self.cleaned_data
        return {name: value for name, value in cleaned.items() if name not in NO_ARGUMENTS}


class PlanForm(DatesForm):
    """A planned round: what it is called, its edition and its three dates."""

    name = NameField(
        label="Name of the round",
        help_text="For example, 2027. Partners see it on their pages.",
        max_length=60,
        error_messages={"required": "Enter the name of the round"},
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )
    edition = forms.ModelChoiceField(
        label="Edition of the Declaration",
        queryset=Edition.objects.none(),
        empty_label=None,
        widget=Radios,
        error_messages={"required": "Select the edition"},
    )
    opens_on = GovukDateField(
        label="When does it open?",
        subject="Opening date",
        help_text="It opens by itself, early on this day. For example, 27 3 2027",
    )

    # The plan as it was when the page was asked for.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("name", "edition", "when", "opens_on", "due_on", "closes_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition: Any = self.fields["edition"]
        edition.queryset = Edition.objects.published()

    def show(self, seen: str) -> None:
        """Say that the person has now seen the plan as it is, by its sign."""
        self.initial["seen"] = seen
        if self.is_bound:
            self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
            self.data["seen"] = seen  # type: ignore[index]  # the copy can be changed


class RoundForm(PlanForm):
    """A new round, which opens at once or on a later day."""

    when = forms.ChoiceField(
        label="When does it open?",
        choices=[(TODAY, "Today, as soon as you save"), (LATER, "On a later day")],
        widget=Radios(
            hints={TODAY: "Every active partner gets a self-assessment and its leads are told."},
            conditional={LATER: "opens_on"},
        ),
        error_messages={"required": "Select when the round opens"},
    )
    opens_on = GovukDateField(
        label="Opening date",
        subject="Opening date",
        help_text="It opens by itself, early on this day. For example, 27 3 2027",
        required=False,
    )

    @property
    def opens_today(self) -> bool:
        """Whether the round is to open as soon as it is saved."""
        return bool(self.cleaned_data["when"] == TODAY)

    def clean(self) -> dict[str, Any]:
        """Ask for a day after today, or take today."""
        cleaned = super().clean() or self.cleaned_data
        today = timezone.localdate()
        if cleaned.get("when") == TODAY:
            # What was typed before the other choice was made does not count.
            self.errors.pop("opens_on", None)
            cleaned["opens_on"] = today
        elif cleaned.get("when") == LATER and "opens_on" not in self.errors:
            opens_on = cleaned.get("opens_on")
            if opens_on is None:
                self.add_error("opens_on", "Enter the opening date")
            elif opens_on <= today:
                self.add_error("opens_on", "Opening date must be in the future")
        return cleaned


class ChangeDatesForm(DatesForm):
    """Other dates of a round that is open, and why."""

    reason = forms.CharField(
        label="Why do the dates change?",
        help_text="The leads of partners who have not finished get this by e-mail.",
        max_length=500,
        widget=CharacterCount(rows=3),
        error_messages={"required": "Enter why the dates change"},
    )


class ExtensionForm(WrittenForm):
    """More time for one partner, and why."""

    until = GovukDateField(
        label="Until when can the partner write?",
        subject="Last day",
        help_text="The partner can write, send and sign off until the end of this day.",
    )
    reason = forms.CharField(
        label="Why does the partner get more time?",
        help_text="The partner’s leads get this by e-mail, and it stays in the timeline.",
        max_length=500,
        widget=CharacterCount(rows=3),
        error_messages={"required": "Enter why the partner gets more time"},
    )


class ReleaseForm(forms.Form):
    """Whether it is meant that partners are left out of the figures."""

    confirmed_left_out = forms.BooleanField(
        label="The figures are meant to leave out these partners",
        required=False,
    )


def round_defaults(today: date | None = None) -> dict[str, Any]:
    """What a new round most often is: this year's, of the newest edition, due in two months."""
    today = today or timezone.localdate()
    taken = set(Round.objects.values_list("name", flat=True))
    years = (str(year) for year in count(today.year))
    return {
        "name": next(year for year in years if year not in taken),
        "edition": Edition.objects.published().first(),
        "due_on": today + timedelta(weeks=8),
        "closes_on": today + timedelta(weeks=12),
    }


def plan_of(round: Round) -> dict[str, Any]:
    """The plan as it stands, to be changed."""
    names = ("name", "edition", "opens_on", "due_on", "closes_on")
    return {name: getattr(round, name) for name in names}


def extension_default(assessment: Assessment, today: date | None = None) -> dict[str, Any]:
    """Two weeks more than the partner has, or from today where it is closed."""
    today = today or timezone.localdate()
    last = today if assessment.is_closed(today) else assessment.closes_on
    return {"until": last + timedelta(weeks=2)}
