"""What people type about one indicator: read, checked, and compared with what is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from assessments.actions.answering import Link, Wanted
from assessments.dashboards import Desk
from assessments.models import Answer
from commitments.models import Rating, SupportOffer
from declaration.forms import Checkboxes, GovukDateField, LongTextField, Radios

NOT_APPLICABLE = "na"
OTHER = "other"
RATINGS = [(str(rating.value), f"{rating.value} {rating.label}") for rating in Rating]
# What the index over addresses can hold; letters beyond ASCII take more than one byte.
MAX_ADDRESS_BYTES = 2000
NO_NUL = "Remove the invisible null character (NUL) from this text"
# A version beyond this fits in no column; it is as stale as any other wrong one.
LARGEST_VERSION = 2**31 - 1


def readable(text: str) -> None:
    """Refuse what stands for bytes that were no text: what was typed would not be kept."""
    if "\N{REPLACEMENT CHARACTER}" in text:
        words = "Replace the character “\N{REPLACEMENT CHARACTER}”, which could not be read"
        raise ValidationError(words, code="unreadable")


def short_enough(address: str) -> None:
    """Refuse an address that the database’s index could not hold."""
    if len(address.encode()) > MAX_ADDRESS_BYTES:
        raise ValidationError("Enter a shorter address", code="long")


class AnswerForm(forms.Form):
    """One indicator's answer, a new link to evidence, and the support wanted."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    # The rating that "completed" was said of when the page was made; empty when it was not said.
    completed_for = forms.CharField(widget=forms.HiddenInput, required=False)
    rating = forms.ChoiceField(
        label="Your rating",
        choices=[*RATINGS, (NOT_APPLICABLE, "Not applicable")],
        required=False,
        widget=Radios(dividers={NOT_APPLICABLE: "or"}, conditional={NOT_APPLICABLE: "reason"}),
    )
    reason = LongTextField(
        label="Why is this indicator not applicable?", max_length=2000, rows=4, required=False
    )
    narrative = LongTextField(
        label="Narrative",
        help_text="What you do, and how you know that it works. Do not name residents.",
        max_length=10_000,
        rows=12,
        required=False,
    )
    link_url = forms.URLField(
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
    link_title = forms.CharField(
        label="Name of the page or document", max_length=200, required=False
    )
    link_date = GovukDateField(
        label="When it was published (optional)",
        subject="Date of the link",
        help_text="For example, 27 3 2026",
        required=False,
    )
    support = forms.MultipleChoiceField(
        label="Support you want from ecda",
        help_text="Select all that you would like. ecda sees this as soon as you save.",
        required=False,
        widget=Checkboxes(conditional={OTHER: "support_words"}),
    )
    support_words = LongTextField(
        label="What else would help?", max_length=2000, rows=4, required=False
    )
    completed = forms.ChoiceField(
        label="Have you completed this indicator?",
        choices=[("yes", "Yes"), ("no", "No, I will come back to it")],
        required=False,
        widget=Radios(inline=True),
    )

    def __init__(
        self, *args: Any, answer: Answer, offers: Iterable[SupportOffer], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answer = answer
        self.offers = {offer.slug: offer for offer in offers}
        support: Any = self.fields["support"]
        known = [(offer.slug, offer.name) for offer in self.offers.values()]
        support.choices = [*known, (OTHER, "Something else")]
        support.widget.hints = {offer.slug: offer.description for offer in self.offers.values()}
        for text in self.fields.values():
            if isinstance(text, forms.CharField):
                text.validators.append(readable)
                text.error_messages["null_characters_not_allowed"] = NO_NUL

    @classmethod
    def of(cls, desk: Desk) -> "AnswerForm":
        """The form as the stored answer fills it."""
        return cls(answer=desk.answer, offers=desk.offers, initial=stored_values(desk)).hint(desk)

    @classmethod
    def again(cls, desk: Desk, typed: Mapping[str, Any], **changed: Any) -> "AnswerForm":
        """The form with what was typed, not checked yet; `changed` replaces some of it."""
        blank = cls(answer=desk.answer, offers=desk.offers)
        values = {
            name: text.widget.value_from_datadict(typed, {}, name)
            for name, text in blank.fields.items()
        }
        values |= changed
        return cls(answer=desk.answer, offers=desk.offers, initial=values).hint(desk)

    def hint(self, desk: Desk) -> "AnswerForm":
        """Say under each rating what it means for this indicator."""
        hints = {str(level.rating): level.description for level in desk.levels}
        rating: Any = self.fields["rating"]
        rating.widget.hints = hints | {NOT_APPLICABLE: "This cannot apply to your organisation."}
        return self

    def clean_version(self) -> int:
        """The version as a number; what is none was never stored and counts as stale."""
        text = self.cleaned_data["version"]
        known = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_VERSION))
        return int(text) if known and int(text) <= LARGEST_VERSION else 0

    def clean(self) -> dict[str, Any]:
        """Check what depends on more than one field."""
        given = super().clean() or {}
        rating = given.get("rating", "")
        if rating == NOT_APPLICABLE and not self._says("reason"):
            self.add_error("reason", "Say why this indicator is not applicable")
        if given.get("completed") == "yes" and not rating and "rating" not in self.errors:
            words = "Select a rating, or not applicable, before you complete the indicator"
            self.add_error("rating", words)
        if OTHER in given.get("support", []) and not self._says("support_words"):
            self.add_error("support_words", "Say what else would help")
        self._clean_link(given)
        return given

    def _says(self, name: str) -> bool:
        return name in self.errors or bool(self.cleaned_data.get(name, "").strip())

    def _clean_link(self, given: dict[str, Any]) -> None:
        url, title = given.get("link_url", ""), given.get("link_title", "")
        if not url and (title or given.get("link_date")) and "link_url" not in self.errors:
            self.add_error("link_url", "Enter the address of the page or document")
        if url and not title and "link_title" not in self.errors:
            self.add_error("link_title", "Enter the name of the page or document")
        if url and self.answer.evidence.filter(url=url).exists():
            self.add_error("link_url", "This indicator already has that link")

    @property
    def asks_again(self) -> bool:
        """Whether the rating changed under a "completed" that the page had filled in itself."""
        said_of = self.cleaned_data["completed_for"]
        is_yes = self.cleaned_data["completed"] == "yes"
        return is_yes and bool(said_of) and said_of != self.cleaned_data["rating"]

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned input as the arguments of `save_answer`."""
        given = self.cleaned_data
        rated = given["rating"] not in {"", NOT_APPLICABLE}
        return {
            "version": given["version"],
            "rating": int(given["rating"]) if rated else None,
            "not_applicable": given["rating"] == NOT_APPLICABLE,
            "reason": given["reason"],
            "narrative": given["narrative"],
            "completed": given["completed"] == "yes" and not self.asks_again,
            "link": self._link(),
            "wanted": self._wanted(),
        }

    def _link(self) -> Link | None:
        given = self.cleaned_data
        if not given["link_url"]:
            return None
        return Link(given["link_title"], given["link_url"], given["link_date"])

    def _wanted(self) -> Wanted:
        chosen = self.cleaned_data["support"]
        offers = tuple(self.offers[slug] for slug in chosen if slug != OTHER)
        return Wanted(offers, self.cleaned_data["support_words"] if OTHER in chosen else "")


def stored_values(desk: Desk) -> dict[str, Any]:
    """What is stored, as the form would have been filled in."""
    answer = desk.answer
    rating = "" if answer.rating is None else str(answer.rating)
    rating = NOT_APPLICABLE if answer.not_applicable else rating
    words = [asked.words for asked in desk.asked if asked.offer is None]
    offers = [asked.offer.slug for asked in desk.asked if asked.offer is not None]
    return {
        "version": answer.version,
        "completed_for": rating if answer.completed else "",
        "rating": rating,
        "reason": answer.reason,
        "narrative": answer.narrative,
        "support": [*offers, *(OTHER for _ in words)],
        "support_words": words[0] if words else "",
        "completed": ("yes" if answer.completed else "no") if answer.is_started else "",
    }


# --- Beside what is stored ------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """One field as a person filled it in, in words that can be copied."""

    label: str
    words: str


@dataclass(frozen=True)
class Difference:
    """One field that says something else than what is stored."""

    label: str
    mine: str
    theirs: str


COMPARED = ("rating", "reason", "narrative", "support", "support_words", "completed")
COPIED = (*COMPARED[:3], "link_title", "link_url", *COMPARED[3:])


def typed_texts(form: AnswerForm) -> list[Typed]:
    """All that was typed, to be copied when it cannot be saved."""
    found = ((form.fields[name].label, in_words(form, name, form.initial)) for name in COPIED)
    return [Typed(str(label), words) for label, words in found if words]


def differences(form: AnswerForm, desk: Desk) -> list[Difference]:
    """The fields in which what was typed and what is stored differ."""
    stored = stored_values(desk)
    found = (
        Difference(
            str(form.fields[name].label),
            in_words(form, name, form.initial),
            in_words(form, name, stored),
        )
        for name in COMPARED
    )
    return [one for one in found if one.mine != one.theirs]


def in_words(form: AnswerForm, name: str, values: Mapping[str, Any]) -> str:
    """A field's value as people read it: the labels of what was chosen, or the text."""
    value = values.get(name) or ""
    choices: Any = getattr(form.fields[name], "choices", None)
    if choices is None:
        return str(value).replace("\r\n", "\n")
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(label for key, label in choices if key in chosen)
