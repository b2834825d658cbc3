"""A name is one tidy line that shows all that is in it."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from declaration.fields import NameField

FIELD = NameField(label="Full name", max_length=20)

KEPT = {
    "Zoë": "Zoë",
    "Zoe\u0308": "Zo\u00eb",
    "  Anne \t Mary\r\nJones ": "Anne Mary Jones",
    "Anne\u00a0Jones\u2003OBE": "Anne Jones OBE",
    "O’Brien-Núñez, 3rd": "O’Brien-Núñez, 3rd",
    "محمد": "محمد",
    "می\u200cخواهم": "می\u200cخواهم",
    "佐藤 花子": "佐藤 花子",
    "❤\ufe0f Ann": "❤\ufe0f Ann",
    "4": "4",
    "<b>Ann</b>": "<b>Ann</b>",
}


@pytest.mark.parametrize("typed", KEPT, ids=ascii)
def test_a_name_of_any_script_is_kept_tidily(typed: str) -> None:
    assert FIELD.clean(typed) == KEPT[typed]


UNSEEN = [
    ("\u200b", "200B"),
    ("Ann\u200b", "200B"),
    ("\u3164", "3164"),
    ("\uffa0", "FFA0"),
    ("\u115f", "115F"),
    ("\u2800", "2800"),
    ("\u202egnp.exe", "202E"),
    ("Ann \u2067Jones", "2067"),
    ("a\x01b", "0001"),
    ("a\x00b", "0000"),
    ("a\x1fb", "001F"),
    ("Ann\ufeff", "FEFF"),
    ("Ann\u00adJones", "00AD"),
    ("Ann\ue000", "E000"),
    ("Ann\ufffe", "FFFE"),
    ("Ann\U000e0041", "E0041"),
]


@pytest.mark.parametrize(("typed", "code"), UNSEEN, ids=ascii)
def test_a_sign_that_cannot_be_seen_is_refused_and_named(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FIELD.clean(typed)
    [words] = refused.value.messages
    assert words.startswith(f"Full name must not include U+{code}, a sign that cannot be seen")


@pytest.mark.parametrize("typed", ["-", "…", "\u200d", "\u0301", "\ufe0f", "😀"], ids=ascii)
def test_a_name_without_letter_or_number_is_none(typed: str) -> None:
    with pytest.raises(ValidationError, match="must include a letter or a number"):
        FIELD.clean(typed)


@pytest.mark.parametrize("typed", ["", None, " \n\u00a0 "], ids=ascii)
def test_blanks_are_no_name(typed: str | None) -> None:
    with pytest.raises(ValidationError) as refused:
        FIELD.clean(typed)
    assert refused.value.error_list[0].code == "required"
    assert NameField(required=False).clean(typed) == ""


def test_the_limit_counts_the_tidied_name() -> None:
    assert FIELD.clean("e\u0301" * 20) == "é" * 20
    assert FIELD.clean("a" + " " * 40 + "b") == "a b"
    with pytest.raises(ValidationError):
        FIELD.clean("é" * 21)


def test_a_field_without_a_label_says_the_name() -> None:
    class Form(forms.Form):
        name = NameField()

    assert Form({"name": "-"}).errors["name"] == ["The name must include a letter or a number"]
