"""What a person decides when two have changed the same fields, and what is carried meanwhile."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django import forms
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict

from assessments.forms.answers import OTHER, AnswerForm, support_of
from assessments.forms.typed import in_words
from assessments.merging import BOTH, JOINED, MINE, THEIRS, Values
from assessments.wording import Segment, compare

Sent = MultiValueDict[str, str]
CHOICES = {
    MINE: "What you typed",
    THEIRS: "What is saved now",
    BOTH: "Both, one under the other",
}
# The names by which a conflict page comes back.
CONFLICTS, WAS_VERSION, KEEP = "conflicts", "was_version", "keep-"
# The version and the support that the page showed beside what was typed.
SHOWN_VERSION, SHOWN_SUPPORT = "shown_version", "shown_support"
COMPARED = (
    *("rating", "reason", "narrative", "willing_to_share", "support", "support_words"),
    "completed",
)


class DecisionForm(forms.Form):
    """For each field that both changed: mine, theirs or both."""

    # The form that was filled in, and its fields that are compared.
    asks_about: ClassVar[type[forms.Form]] = AnswerForm
    compared: ClassVar[tuple[str, ...]] = COMPARED

    def __init__(self, *args: Any, names: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = self.asks_about.base_fields
        self.names = names
        for name in names:
            kept = [(key, words) for key, words in CHOICES.items() if key != BOTH or name in JOINED]
            label = str(labels[name].label)
            self.fields[f"{KEEP}{name}"] = forms.ChoiceField(
                label=f"What do you want to keep of “{label.rstrip('?')}”?",
                choices=kept,
                widget=forms.RadioSelect,
                error_messages={"required": f"Choose what to keep of “{label.rstrip('?')}”"},
            )

    @classmethod
    def of(cls, sent: Sent) -> Self | None:
        """The decisions that a conflict page sent; None for any other page."""
        names = tuple(name for name in sent.getlist(CONFLICTS) if name in cls.compared)
        return cls(sent, names=names) if names else None

    @property
    def choices(self) -> dict[str, str]:
        """What was decided, by field."""
        return {name: self.cleaned_data[f"{KEEP}{name}"] for name in self.names}


@dataclass(frozen=True)
class Conflict:
    """One field that both changed, in words, and the field to decide it with."""

    name: str
    label: str
    mine: str
    theirs: str
    choice: BoundField

    @property
    def differences(self) -> list[Segment]:
        """For prose, how the colleague's words become mine, word by word."""
        return compare(self.theirs, self.mine) if self.name in JOINED else []


def conflicts_in(
    form: AnswerForm, decisions: DecisionForm, mine: Values, theirs: Values
) -> Iterator[Conflict]:
    """The conflicts in the order of the form."""
    for name in decisions.names:
        label = str(form.fields[name].label)
        yield Conflict(
            name=name,
            label=label,
            mine=_said(form, name, mine),
            theirs=_said(form, name, theirs),
            choice=decisions[f"{KEEP}{name}"],
        )


def labels_of(form: AnswerForm, names: tuple[str, ...]) -> list[str]:
    """The labels of fields, without a question mark, for a sentence."""
    return [str(form.fields[name].label).rstrip("?") for name in names]


def _said(form: AnswerForm, name: str, values: Values) -> str:
    value = values[name]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return in_words(form, name, {name: value})


def encode(values: Values, sent: Sent) -> Sent:
    """The values laid over what was sent, as the form would have sent them."""
    again = sent.copy()
    support: Any = values["support"]
    words = str(values["support_words"])
    lists: Mapping[str, list[str]] = {
        "rating": [str(values["rating"])],
        "reason": [str(values["reason"])],
        "narrative": [str(values["narrative"])],
        "willing_to_share": ["on"] if values["willing_to_share"] else [],
        "completed": ["yes" if values["completed"] else "no"],
        "support": [*support, *([OTHER] if words else [])],
        "support_words": [words],
    }
    for name, texts in lists.items():
        again.setlist(name, texts)
    return again


def raw_values(sent: Sent) -> dict[str, object]:
    """What was sent, by the names that are compared, as it was sent."""
    return {
        "rating": sent.get("rating", ""),
        "reason": _lines(sent.get("reason", "")),
        "narrative": _lines(sent.get("narrative", "")),
        "willing_to_share": bool(sent.get("willing_to_share")),
        "completed": sent.get("completed") == "yes",
        **support_of(sent.getlist("support"), _lines(sent.get("support_words", ""))),
    }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def without_decisions(sent: Sent) -> Sent:
    """What was sent without the marks of a conflict page."""
    kept = {name: texts for name, texts in sent.lists() if not _is_mark(name)}
    return MultiValueDict(kept)


def _is_mark(name: str) -> bool:
    marks = {CONFLICTS, WAS_VERSION, SHOWN_VERSION, SHOWN_SUPPORT}
    return name in marks or name.startswith(KEEP)


class CarriedForm(forms.Form):
    """All that was typed, hidden in the conflict page, to be sent again with the decisions."""

    def __init__(self, sent: Mapping[str, list[str]]) -> None:
        super().__init__(auto_id=False)
        for name, texts in sent.items():
            self.fields[name] = forms.Field(
                required=False, initial=texts, widget=forms.MultipleHiddenInput
            )


def carried(
    mine: Values, conflicts: Iterable[str], sent: Sent, version: int, support: str
) -> CarriedForm:
    """What the conflict page carries: what was typed, by what it began from, and what was shown.

    Nothing of the colleague's is among it, so that it is never taken for what the person typed.
    """
    marks = {
        "completed_for": [""],
        CONFLICTS: list(conflicts),
        SHOWN_VERSION: [str(version)],
        SHOWN_SUPPORT: [support],
    }
    kept = dict(encode(mine, without_decisions(sent)).lists())
    kept.pop("csrfmiddlewaretoken", None)
    return CarriedForm(kept | marks)
