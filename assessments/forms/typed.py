"""What people typed, as the browser sent it: kept, shown again and put into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from declaration.forms import DateBoxes

# Of the page, not of what was typed in it.
OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", "writer", "page", "revision", "next"})


@dataclass(frozen=True)
class Typed:
    """One field as a person filled it in, in words that can be copied."""

    label: str
    words: str


def lists_of(sent: MultiValueDict[str, str]) -> dict[str, list[str]]:
    """All that was typed in a form, name to texts."""
    return {name: texts for name, texts in sent.lists() if name not in OF_THE_PAGE}


def sent_again(typed: Mapping[str, list[str]]) -> MultiValueDict[str, str]:
    """What was typed as a form reads it."""
    return MultiValueDict({name: list(texts) for name, texts in typed.items()})


def in_words(form: forms.BaseForm, name: str, values: Mapping[str, Any]) -> str:
    """A field's value as people read it: the labels of what was chosen, or the text."""
    field = form.fields[name]
    value = values.get(name) or ""
    choices: Any = getattr(field, "choices", None)
    if isinstance(field.widget, DateBoxes):
        return " ".join(text for text in DateBoxes.typed(value) if text)
    if isinstance(field, forms.BooleanField):
        return "Yes" if field.widget.value_from_datadict({name: value}, {}, name) else ""
    if choices is None:
        return str(value).replace("\r\n", "\n")
    chosen = value if isinstance(value, list | tuple) else [value]
    keys = {str(each) for each in chosen}
    return ", ".join(str(label) for key, label in choices if str(key) in keys)
