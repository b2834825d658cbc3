"""A draft: as a page sends it, and in words, to be copied out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime

from assessments.actions.drafts import SeenDraft
from assessments.forms.answers import AnswerForm, HiddenNumber
from assessments.forms.conflicts import without_decisions
from assessments.forms.links import NAMED, LinkForm, typed_rows
from assessments.forms.typed import Typed, in_words, lists_of, sent_again
from assessments.models import Answer
from commitments.models import SupportOffer
from declaration.forms import BOXES

Sent = MultiValueDict[str, str]
# Sent along when a browser brings back the copy that it kept by itself.
IS_COPY = "is_copy"


@dataclass(frozen=True)
class SentDraft:
    """What a page sends to be kept: the fields, the answer's version and the draft it knows."""

    typed: dict[str, list[str]]
    version: int
    seen: SeenDraft
    is_copy: bool = False

    @classmethod
    def of(cls, sent: Sent) -> "SentDraft":
        """Read it; numbers that are none count as 0, and files are no text."""
        number = HiddenNumber(required=False)
        seen = SeenDraft(sent.get("page", "")[:40], number.clean(sent.get("revision")))
        typed = {name: texts for name, texts in lists_of(sent).items() if name != IS_COPY}
        return cls(typed, number.clean(sent.get("version")), seen, IS_COPY in sent)


@dataclass(frozen=True)
class KeptWords:
    """A text that is kept: since when, and all that it says."""

    kept_at: datetime | None
    texts: tuple[Typed, ...]


def all_words(
    answer: Answer, offers: Iterable[SupportOffer], typed: Mapping[str, list[str]]
) -> tuple[Typed, ...]:
    """Everything that was typed, under its label; what no field knows comes under its own name."""
    return tuple(found for found in _words(answer, offers, typed) if found.words)


def aside_words(
    answer: Answer, offers: Iterable[SupportOffer], aside: Iterable[Mapping[str, Any]]
) -> list[KeptWords]:
    """The texts that another one took the place of, the latest first."""
    known = tuple(offers)
    return [
        KeptWords(parse_datetime(text["kept_at"]), all_words(answer, known, text["typed"]))
        for text in aside
    ]


def _words(
    answer: Answer, offers: Iterable[SupportOffer], typed: Mapping[str, list[str]]
) -> Iterator[Typed]:
    sent = without_decisions(sent_again(typed))
    form = AnswerForm(answer=answer, offers=offers)
    told = set()
    for name, field in form.fields.items():
        told |= {name, *(f"{name}-{box}" for box in BOXES)}
        if not field.widget.is_hidden and not isinstance(field, forms.FileField):
            yield Typed(str(field.label), _value(form, name, sent))
    for place, row in enumerate(typed_rows(sent), start=1):
        link = LinkForm()
        for name, field in link.fields.items():
            yield Typed(f"Link {place}: {field.label}", in_words(link, name, row))
    for name, texts in sent.lists():
        if name not in told and not NAMED.fullmatch(name):
            yield Typed(name, ", ".join(text for text in texts if text))


def _value(form: AnswerForm, name: str, sent: Sent) -> str:
    """The field in words; what is none of its choices as it was sent."""
    value = form.fields[name].widget.value_from_datadict(sent, MultiValueDict(), name)
    return in_words(form, name, {name: value}) or ", ".join(sent.getlist(name))
