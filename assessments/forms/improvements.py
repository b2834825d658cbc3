"""What people type about improvements, and what they look for among them."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessments.dashboards import OVERDUE, UNFINISHED
from assessments.forms.answers import HiddenNumber
from assessments.forms.conflicts import (
    CONFLICTS,
    KEEP,
    WAS_VERSION,
    CarriedForm,
    Conflict,
    DecisionForm,
    Sent,
    without_decisions,
)
from assessments.forms.texts import read_carefully
from assessments.forms.typed import Typed, in_words
from assessments.merging import Values
from assessments.models import Improvement
from commitments.models import Indicator
from declaration.forms import BOXES, GovukDateField, LongTextField, Radios

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
FIELDS = ("what", "owner", "due_on", "state")


def likely(due_on: date) -> None:
    """Refuse a date that can only be a slip of the fingers."""
    if not FIRST <= due_on <= LAST:
        words = f"Due date must be between {FIRST.year} and {LAST.year}"
        raise ValidationError(words, params={"boxes": ("year",)})


class PlanForm(forms.Form):
    """What will be done, by whom and by when; `writer` is whose words these are."""

    writer = forms.CharField(widget=forms.HiddenInput, required=False)
    what = LongTextField(
        label="What will you do?",
        max_length=2000,
        rows=4,
        error_messages={"required": "Say what you will do"},
    )
    owner = forms.CharField(
        label="Who will see to it?",
        help_text="A name or a job title",
        max_length=200,
        required=False,
    )
    due_on = GovukDateField(
        label="When is it due?",
        subject="Due date",
        help_text="For example, 27 3 2027",
        required=False,
        validators=[likely],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        read_carefully(self)

    @property
    def typed(self) -> list[Typed]:
        """All that was typed, to be copied when it cannot be saved."""
        found = (
            (str(text.label), in_words(self, name, {name: self[name].value()}))
            for name, text in self.fields.items()
            if not text.widget.is_hidden
        )
        return [Typed(label, words) for label, words in found if words]


class ImprovementAddForm(PlanForm):
    """A new improvement, about one indicator of the newest edition."""

    indicator = forms.ChoiceField(
        label="Which indicator is it about?",
        error_messages={"required": "Select an indicator"},
    )
    field_order = ["indicator"]

    def __init__(self, *args: Any, indicators: Iterable[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = {str(indicator.pk): indicator for indicator in indicators}
        choices = [(key, str(indicator)) for key, indicator in self.indicators.items()]
        field: Any = self.fields["indicator"]
        field.choices = [("", "Select an indicator"), *choices]

    @property
    def chosen(self) -> Indicator:
        """The indicator that was chosen."""
        return self.indicators[self.cleaned_data["indicator"]]


class ImprovementForm(PlanForm):
    """An improvement as it was and as it is to be; `version` is what the typing began from."""

    version = HiddenNumber(required=False)
    state = forms.ChoiceField(
        label="How far is it?",
        choices=Improvement.State.choices,
        widget=Radios,
        error_messages={"required": "Select how far it is"},
    )

    @classmethod
    def of(cls, improvement: Improvement, writer: str) -> "ImprovementForm":
        """The form as the stored improvement fills it."""
        values = {name: getattr(improvement, name) for name in ("version", *FIELDS)}
        return cls(initial=values | {"writer": writer})

    @property
    def mine(self) -> dict[str, object]:
        """The cleaned input by the names that are compared and merged."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class ImprovementFilterForm(forms.Form):
    """Which improvements to show; what is not known is named in words and all are shown."""

    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[
            ("", "All"),
            (UNFINISHED, "Not finished"),
            (OVERDUE, "Overdue"),
            *Improvement.State.choices,
        ],
        error_messages={"invalid_choice": "There is no such status. All are shown."},
    )

    @property
    def chosen(self) -> str:
        """The status that was asked for; empty for all."""
        self.is_valid()
        status: str = self.cleaned_data.get("status", "")
        return status


# --- When two people changed the same improvement -----------------------------------------------


class ImprovementDecisionForm(DecisionForm):
    """For each field of an improvement that both changed: mine, theirs or both."""

    asks_about = ImprovementForm
    compared = FIELDS


def improvement_conflicts(
    decisions: ImprovementDecisionForm, mine: Values, theirs: Values
) -> Iterator[Conflict]:
    """The conflicts in the order of the form."""
    for name in decisions.names:
        label = str(ImprovementForm.base_fields[name].label)
        yield Conflict(
            name=name,
            label=label,
            mine=_said(name, mine[name]),
            theirs=_said(name, theirs[name]),
            choice=decisions[f"{KEEP}{name}"],
        )


def improvement_labels(names: Iterable[str]) -> list[str]:
    """The labels of fields, without a question mark, for a sentence."""
    return [str(ImprovementForm.base_fields[name].label).rstrip("?") for name in names]


def _said(name: str, value: Any) -> str:
    if name == "due_on":
        return f"{value:%-d %B %Y}" if value else ""
    return str(Improvement.State(value).label) if name == "state" else str(value)


def encode_improvement(values: Values, sent: Sent) -> Sent:
    """The values laid over what was sent, as the form would have sent them, without marks."""
    again = without_decisions(sent)
    due_on: Any = values["due_on"]
    boxes = (due_on.day, due_on.month, due_on.year) if due_on else ("", "", "")
    texts = {name: values[name] for name in ("what", "owner", "state")}
    texts |= {f"due_on-{box}": text for box, text in zip(BOXES, boxes, strict=True)}
    for name, text in texts.items():
        again.setlist(name, [str(text)])
    return again


def carried_improvement(
    values: Values, conflicts: Iterable[str], sent: Sent, version: int
) -> CarriedForm:
    """What the conflict page carries: mine and what was taken, under the version stored now."""
    kept = dict(encode_improvement(values, sent).lists())
    kept.pop("csrfmiddlewaretoken", None)
    marks = {
        "version": [str(version)],
        CONFLICTS: list(conflicts),
        WAS_VERSION: [sent.get(WAS_VERSION) or sent.get("version", "")],
    }
    return CarriedForm(kept | marks)


def undecided_again(sent: Sent) -> Sent:
    """What was sent, but nothing is decided and the typing began where it began.

    For a conflict page whose decisions cannot be used: saved as it is, it would take the place of
    what somebody else saved, unasked.
    """
    if CONFLICTS not in sent:
        return sent
    again = without_decisions(sent)
    again.setlist("version", [sent.get(WAS_VERSION, "")])
    return again
