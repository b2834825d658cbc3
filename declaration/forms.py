"""Form fields and widgets that GOV.UK pages need beyond Django's own, and errors in plain words."""

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString

Words = str | SafeString
Typed = tuple[str, str, str]

BOXES = ("day", "month", "year")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


# --- Widgets -----------------------------------------------------------------------------------


class Options(forms.RadioSelect):
    """What radios and checkboxes share: per option a hint, a divider before it, a field under it.

    All three are keyed by the option's value as text. `conditional` names another field of the
    same form, shown under that option once it is chosen.
    """

    def __init__(
        self,
        *,
        hints: Mapping[str, Words] | None = None,
        dividers: Mapping[str, str] | None = None,
        conditional: Mapping[str, str] | None = None,
        inline: bool = False,
        small: bool = False,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.hints = dict(hints or {})
        self.dividers = dict(dividers or {})
        self.conditional = dict(conditional or {})
        self.inline = inline
        self.small = small


class Radios(Options):
    """Choose one; see `Options`."""


class Checkboxes(Options, forms.CheckboxSelectMultiple):
    """Choose any number; see `Options`."""


class CharacterCount(forms.Textarea):
    """A text area that says how many characters are left and never cuts off what was pasted.

    Without `maxlength` the limit is the `max_length` of the field.
    """

    def __init__(
        self, maxlength: int | None = None, *, rows: int = 5, attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__({"rows": rows} | (attrs or {}))
        self.maxlength = maxlength


class DateBoxes(forms.Widget):
    """Three boxes for day, month and year; what was typed stays as it was typed."""

    use_fieldset = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> Typed:
        """Return the three texts, empty where nothing was sent."""
        day, month, year = (str(data.get(f"{name}-{box}") or "") for box in BOXES)
        return day, month, year

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> bool:
        """Tell Django that nothing was sent when none of the boxes was."""
        return not any(f"{name}-{box}" in data for box in BOXES)

    def id_for_label(self, id_: str) -> str:
        """Return the id of the first box."""
        return f"{id_}-day" if id_ else ""

    @staticmethod
    def typed(value: object) -> Typed:
        """Split a value of the field, typed or stored, into the three texts."""
        if isinstance(value, datetime.date):
            return str(value.day), str(value.month), str(value.year)
        if isinstance(value, tuple):
            day, month, year = value
            return day, month, year
        return "", "", ""


class MultipleFileInput(forms.FileInput):
    """Choose any number of files, or drop them."""

    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> list[UploadedFile[Any]]:
        """Return the files that were sent; a browser sends one without a name for none."""
        if isinstance(files, MultiValueDict):
            return [file for file in files.getlist(name) if file]
        return [files[name]] if files.get(name) else []


# --- Fields ------------------------------------------------------------------------------------


class MultipleFileField(forms.FileField):
    """Any number of files; its cleaned value is a list of them, which may be empty.

    It says nothing about what is in them: each file is told on its own what is wrong with it.
    """

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return the files; only "required" is checked, and that there is a list of them."""
        files = [file for file in data or () if isinstance(file, UploadedFile)]
        self.validate(files)
        return files

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether any file was sent."""
        return bool(data)


class AddressField(forms.EmailField):
    """An e-mail address; its cleaned value is in small letters.

    Only plain letters: others grow or turn into these when their case changes, and look like them.
    """

    def __init__(self, *, max_length: int = 254, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the address; ValidationError for what no mail server here could be sure of."""
        typed = str(super().to_python(value) or "")
        if trouble := address_trouble(typed):
            raise ValidationError(trouble, code="address")
        return typed.lower()


def address_trouble(typed: str) -> str:
    """What is amiss with an address besides its form, in words; nothing when all is well."""
    if odd := next((sign for sign in typed if not sign.isascii()), ""):
        seen = f"“{odd}”" if odd.isprintable() else f"U+{ord(odd):04X}"
        return f"An e-mail address here has only the letters a to z, digits and signs, not {seen}"
    if typed.endswith("]"):
        return "Enter an e-mail address that ends in a domain’s name, like name@example.org"
    return ""


class LongTextField(forms.CharField):
    """Prose, kept exactly as typed but for line endings, which become single newlines.

    Browsers send each line break as two characters and count it as one.
    """

    def __init__(self, *, max_length: int, rows: int = 8, **kwargs: Any) -> None:
        kwargs.setdefault("widget", CharacterCount(max_length, rows=rows))
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the text with single newlines."""
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        """Refuse blank text like no text when an answer is required."""
        super().validate(value if value.strip() else "")


class GovukDateField(forms.Field):
    """A date typed into three boxes; its errors name the box that is wrong.

    `subject` begins each error ("Due date must include a year"); without it the label does.
    """

    widget = DateBoxes

    def __init__(self, *, subject: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.subject = subject or str(self.label or "Date").rstrip("?")
        self._has_own_words = "required" in (kwargs.get("error_messages") or {})

    def clean(self, value: Any) -> datetime.date | None:
        """Return the date, or None for three empty boxes of an optional field."""
        typed = [text.strip() for text in DateBoxes.typed(value)]
        if not any(typed):
            if self.required:
                raise self._error(self._required_words(), "required", BOXES)
            return None
        missing = [box for box, text in zip(BOXES, typed, strict=True) if not text]
        if missing:
            words = f"{self.subject} must include a {' and '.join(missing)}"
            raise self._error(words, "incomplete", tuple(missing))
        found = self._read(*typed)
        self.run_validators(found)
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the texts of the boxes with the date that was there."""
        return DateBoxes.typed(initial) != DateBoxes.typed(data)

    def _read(self, day: str, month: str, year: str) -> datetime.date:
        if year.isascii() and year.isdigit() and len(year) != 4:
            raise self._error("Year must include 4 numbers", "year", ("year",))
        try:
            return datetime.date(int(year), _month(month), int(day))
        except ValueError:
            words = f"{self.subject} must be a real date"
            raise self._error(words, "invalid", BOXES) from None

    def _required_words(self) -> str:
        if self._has_own_words:
            return str(self.error_messages["required"])
        return f"Enter the {_lower_first(self.subject)}"

    @staticmethod
    def _error(words: str, code: str, boxes: tuple[str, ...]) -> ValidationError:
        return ValidationError(words.replace("%", "%%"), code=code, params={"boxes": boxes})


def _month(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    begins = [name.startswith(text.lower()) for name in MONTHS]
    if len(text) < 3 or begins.count(True) != 1:
        raise ValueError(text)
    return begins.index(True) + 1


# --- Errors in plain words ---------------------------------------------------------------------

INVALID_WORDS: Mapping[type[forms.Field], str] = {
    forms.EmailField: "Enter an e-mail address in the correct format, like name@example.com",
    forms.URLField: "Enter a full web address, like https://www.example.org",
    forms.IntegerField: "{label} must be a whole number, like 30",
    forms.DateField: "{label} must be a real date",
}


class PlainErrors:
    """Django's stock messages in the words people expect; a message of our own is left alone."""

    codes: ClassVar[tuple[str, ...]] = ("required", "invalid", "invalid_choice", "max_length")

    def __init__(self, bound: BoundField) -> None:
        self.bound = bound
        self.label = str(bound.label)

    def messages(self) -> list[str]:
        """Return the field's errors, each a sentence that says how to mend it."""
        return [self._words(error) for error in self.bound.errors.as_data()]

    def boxes(self) -> set[str]:
        """Return the boxes of a date that are wrong."""
        errors = self.bound.errors.as_data()
        return {box for error in errors for box in (error.params or {}).get("boxes", ())}

    def _words(self, error: ValidationError) -> str:
        stock = isinstance(getattr(error, "message", None), Promise) and error.code in self.codes
        return (self._own_words(error) if stock else "") or str(next(iter(error)))

    def _own_words(self, error: ValidationError) -> str:
        if error.code == "required":
            return self._required()
        if error.code == "invalid_choice":
            return "Select one of the options"
        if error.code == "max_length":
            limit = (error.params or {}).get("limit_value")
            return f"{self.label} must be {limit} characters or fewer"
        kinds = (words for kind, words in INVALID_WORDS.items() if self._is_a(kind))
        return next(kinds, "").format(label=self.label)

    def _required(self) -> str:
        if self._is_a(forms.BooleanField):
            return f"Confirm: {_lower_first(self.label)}"
        if self._is_a(forms.FileField):
            return "Select a file"
        verb = "Select" if self._is_a(forms.ChoiceField) else "Enter"
        if self.label.endswith("?"):
            return f"{verb} an answer to “{self.label}”"
        return f"{verb} {_lower_first(self.label)}"

    def _is_a(self, kind: type[forms.Field]) -> bool:
        return isinstance(self.bound.field, kind)


def _lower_first(text: str) -> str:
    keeps_capital = text[1:2].isupper() or text[1:2] in {"", " "}
    return text if keeps_capital else text[:1].lower() + text[1:]
