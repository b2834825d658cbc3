"""What every text that people type is checked for, so that it is kept as it was typed."""

from django import forms
from django.core.exceptions import ValidationError

NO_NUL = "Remove the invisible null character (NUL) from this text"


def readable(text: str) -> None:
    """Refuse what stands for bytes that were no text: what was typed would not be kept."""
    if "\N{REPLACEMENT CHARACTER}" in text:
        words = "Replace the character “\N{REPLACEMENT CHARACTER}”, which could not be read"
        raise ValidationError(words, code="unreadable")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        words = "Remove half of a character, which your browser sent without the other half"
        raise ValidationError(words, code="unreadable")


def read_carefully(form: forms.BaseForm) -> None:
    """Give every text field of the form those checks, in words that say what to do."""
    for text in form.fields.values():
        if isinstance(text, forms.CharField):
            text.validators.append(readable)
            text.error_messages["null_characters_not_allowed"] = NO_NUL
