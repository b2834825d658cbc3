"""What people type about one indicator: read and checked."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from assessments.actions.answering import Wanted
from assessments.actions.drafts import SeenDraft
from assessments.actions.improving import Planned
from assessments.dashboards import NOT_APPLICABLE, Desk, values_of
from assessments.forms.links import PREFIX, Links, any_typed, says, typed_rows
from assessments.forms.texts import read_carefully
from assessments.forms.typed import Typed, in_words
from assessments.models import Answer
from commitments.models import Rating, SupportOffer
from declaration.forms import (
    Checkboxes,
    GovukDateField,
    LongTextField,
    MultipleFileField,
    Radios,
)

OTHER = "other"
RATINGS = [(str(rating.value), f"{rating.value} {rating.label}") for rating in Rating]
# A number beyond this fits in no column; it is as stale as any other wrong one.
LARGEST_NUMBER = 2**31 - 1
# More than a page of ours carries: the support's own words have 2,000 characters.
LONGEST_SEEN = 20_000


class HiddenNumber(forms.CharField):
    """A number that the page brought along; what is none reads as 0, which was never stored."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int:
        """The number, or 0."""
        text = str(value or "")
        known = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))
        return int(text) if known and int(text) <= LARGEST_NUMBER else 0


class AnswerForm(forms.Form):
    """One indicator's answer, new links and files, an improvement, and the support wanted.

    `links` are the rows of new links, checked with the form.
    """

    version = HiddenNumber(required=False)
    # The rating that "completed" was said of when the page was made; empty when it was not said.
    completed_for = forms.CharField(widget=forms.HiddenInput, required=False)
    # The support that was wanted when the page was made, to tell what changed since.
    support_seen = forms.CharField(widget=forms.HiddenInput, required=False)
    # The page's own id, the draft it knows of, and whose words a form without a session holds.
    page = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    revision = HiddenNumber(required=False)
    writer = forms.CharField(widget=forms.HiddenInput, required=False)
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
    willing_to_share = forms.BooleanField(
        label="We are willing to share this as good practice",
        help_text="ecda may ask you about it and introduce you to partners who want to learn.",
        required=False,
    )
    files = MultipleFileField(  # type: ignore[assignment]  # a field, which Django takes off the class
        label="Upload files",
        help_text=(
            "PDF, Word, Excel, PowerPoint, OpenDocument, CSV, text, PNG or JPG, up to 25 MB each."
        ),
        required=False,
    )
    files_date = GovukDateField(
        label="When they were published (optional)",
        subject="Date of the files",
        help_text="For example, 27 3 2026. You can change it for each file later.",
        required=False,
    )
    files_note = forms.CharField(
        label="Note about these files (optional)", max_length=500, required=False
    )
    plan_what = LongTextField(label="What will you do?", max_length=2000, rows=3, required=False)
    plan_owner = forms.CharField(
        label="Who will see to it?",
        help_text="A name or a job title",
        max_length=200,
        required=False,
    )
    plan_due = GovukDateField(
        label="When is it due?",
        subject="Due date of the improvement",
        help_text="For example, 27 3 2027",
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
        self,
        *args: Any,
        answer: Answer,
        offers: Iterable[SupportOffer],
        rows: list[dict[str, Any]] | None = None,
        known: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answer = answer
        self.offers = {offer.slug: offer for offer in offers}
        data = self.data if self.is_bound else None
        self.links = Links(data, prefix=PREFIX, initial=rows, form_kwargs={"known": known})
        support: Any = self.fields["support"]
        names = [(offer.slug, offer.name) for offer in self.offers.values()]
        support.choices = [*names, (OTHER, "Something else")]
        support.widget.hints = {offer.slug: offer.description for offer in self.offers.values()}
        read_carefully(self)

    @classmethod
    def of(cls, desk: Desk) -> "AnswerForm":
        """The form as the stored answer fills it."""
        return cls(answer=desk.answer, offers=desk.offers, initial=stored_values(desk)).hint(desk)

    @classmethod
    def again(
        cls, desk: Desk, typed: Mapping[str, Any], *, more_rows: int = 0, **changed: Any
    ) -> "AnswerForm":
        """The form with what was typed, not checked yet; `changed` replaces some of it."""
        blank = cls(answer=desk.answer, offers=desk.offers)
        values = {
            name: text.widget.value_from_datadict(typed, MultiValueDict(), name)
            for name, text in blank.fields.items()
            if name != "files"
        }
        rows = typed_rows(typed) + [{}] * more_rows
        initial = values | changed
        return cls(answer=desk.answer, offers=desk.offers, initial=initial, rows=rows).hint(desk)

    @classmethod
    def sent(cls, desk: Desk, typed: MultiValueDict[str, str]) -> "AnswerForm":
        """The form to be checked and saved; new links are compared with those that are there."""
        there = desk.answer.evidence.current() if typed_rows(typed) else ()
        known = frozenset(link.url for link in there if link.url)
        return cls(typed, answer=desk.answer, offers=desk.offers, known=known).hint(desk)

    def hint(self, desk: Desk) -> "AnswerForm":
        """Say under each rating what it means for this indicator."""
        hints = {str(level.rating): level.description for level in desk.levels}
        rating: Any = self.fields["rating"]
        rating.widget.hints = hints | {NOT_APPLICABLE: "This cannot apply to your organisation."}
        return self

    def is_valid(self) -> bool:
        """Whether the answer and every row of links can be saved."""
        return super().is_valid() & self.links.is_valid()

    @property
    def has_errors(self) -> bool:
        """Whether something was found wrong, here or in the rows."""
        return bool(self.errors) or (self.is_bound and not self.links.is_valid())

    @property
    def adds_files(self) -> bool:
        """Whether something is said about files to upload, so that their boxes are shown open."""
        return self._shows("files", "files_date", "files_note")

    @property
    def adds_links(self) -> bool:
        """Whether a row of links holds something."""
        return any(map(any_typed, self.links)) or len(self.links.forms) > 1

    @property
    def plans(self) -> bool:
        """Whether something is typed about a new improvement."""
        return self._shows("plan_what", "plan_owner", "plan_due")

    def _shows(self, *names: str) -> bool:
        return any(says(self[name].value()) or self[name].errors for name in names)

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
        if (given.get("plan_owner") or given.get("plan_due")) and not self._says("plan_what"):
            self.add_error("plan_what", "Say what you will do")
        return given

    def _says(self, name: str) -> bool:
        return name in self.errors or bool(self.cleaned_data.get(name, "").strip())

    def full_clean(self) -> None:
        """Check everything but what is said about files: that is checked where they are stored."""
        super().full_clean()
        for name in ("files_date", "files_note"):
            self.errors.pop(name, None)

    def add_files_errors(self, refused: list[str]) -> None:
        """Say beside the upload which files were refused, and why."""
        for words in refused:
            self.add_error("files", words)

    @property
    def asks_again(self) -> bool:
        """Whether the rating changed under a "completed" that the page had filled in itself."""
        said_of = self.cleaned_data["completed_for"]
        is_yes = self.cleaned_data["completed"] == "yes"
        return is_yes and bool(said_of) and said_of != self.cleaned_data["rating"]

    @property
    def began_from(self) -> int:
        """The answer's version that the typing began from; 0 is none."""
        version: int = self.cleaned_data["version"]
        return version

    @property
    def mine(self) -> dict[str, object]:
        """The cleaned input by the names that are compared and merged."""
        given = self.cleaned_data
        return {
            "rating": given["rating"],
            "reason": given["reason"],
            "narrative": given["narrative"],
            "willing_to_share": given["willing_to_share"],
            "completed": given["completed"] == "yes" and not self.asks_again,
            **support_of(given["support"], given["support_words"]),
        }

    @property
    def seen_support(self) -> dict[str, object] | None:
        """The support as it was when the page was made; None when the page did not say."""
        return read_seen_support(self.cleaned_data["support_seen"])

    @property
    def more(self) -> dict[str, Any]:
        """What is added whatever else is decided, as arguments of `save_answer`."""
        given = self.cleaned_data
        planned = Planned(given["plan_what"], given["plan_owner"], given["plan_due"])
        return {
            "links": self.links.links,
            "planned": (planned,) if planned.what.strip() else (),
            "draft": SeenDraft(given["page"], given["revision"]),
        }

    def wanted(self, values: Mapping[str, object], stored: Mapping[str, object]) -> Wanted | None:
        """The support that these values want; None when it is what is wanted already."""
        support = {name: values[name] for name in stored}
        if support == stored:
            return None
        chosen: Any = support["support"]
        offers = tuple(self.offers[slug] for slug in chosen if slug in self.offers)
        return Wanted(offers, str(support["support_words"]))


def read_seen_support(text: str) -> dict[str, object] | None:
    """The support that a page carried along; None when it cannot be read."""
    try:
        offers, words = json.loads(text[:LONGEST_SEEN])
        found = support_of([*map(str, offers), *([OTHER] if words else [])], str(words))
        "".join(map(str, found.values())).encode()
    except (ValueError, TypeError, RecursionError):
        return None
    return found


def support_of(chosen: Iterable[str], words: str) -> dict[str, object]:
    """The support wanted, as it is compared: offers in order, and words only where ticked."""
    ticked = set(chosen)
    offers = tuple(sorted(ticked - {OTHER}))
    return {"support": offers, "support_words": words if OTHER in ticked else ""}


def stored_support(desk: Desk) -> dict[str, object]:
    """The support that is wanted now, as it is compared."""
    offers = [asked.offer.slug for asked in desk.asked if asked.offer is not None]
    words = [asked.words for asked in desk.asked if asked.offer is None]
    return support_of([*offers, *(OTHER for _ in words)], words[0] if words else "")


def seen_support(desk: Desk) -> str:
    """The support that is wanted now, as the page carries it along."""
    support = stored_support(desk)
    return json.dumps([support["support"], support["support_words"]])


def stored_values(desk: Desk) -> dict[str, Any]:
    """What is stored, as the form would have been filled in."""
    answer = desk.answer
    said = values_of(answer)
    support: Any = stored_support(desk)
    return said | {
        "version": answer.version,
        "completed_for": said["rating"] if answer.completed else "",
        "support_seen": seen_support(desk),
        "support": [*support["support"], *([OTHER] if support["support_words"] else [])],
        "support_words": support["support_words"],
        "completed": ("yes" if answer.completed else "no") if answer.is_started else "",
    }


COPIED = (
    *("rating", "reason", "narrative", "willing_to_share"),
    *("plan_what", "plan_owner", "plan_due", "support", "support_words", "completed"),
)


def typed_texts(form: AnswerForm) -> list[Typed]:
    """All that was typed, to be copied when it cannot be saved."""
    found = [(form.fields[name].label, in_words(form, name, form.initial)) for name in COPIED]
    for row in form.links:
        found += [(row.fields[name].label, in_words(row, name, row.initial)) for name in row.fields]
    return [Typed(str(label), words) for label, words in found if words]
