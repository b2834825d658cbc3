"""Form fields for words that are kept for ever: names without signs that nobody sees."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# They join the letters of some scripts, and no name of those can be written without them.
JOINERS = frozenset("\u200c\u200d")
# White space to whoever pastes a name out of a table or a letter.
BREAKS = frozenset("\t\n\v\f\r\x85")
# Control and format characters, lone surrogates, private and unassigned ones.
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Letters, marks and symbols to Unicode that show nothing: fillers of Hangul, Khmer and Braille.
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159")


class NameField(forms.CharField):
    """One line that names somebody or something, and shows all that is in it.

    Its cleaned value is composed (NFC), with single blanks. Signs that cannot be seen or that turn
    the direction of a text are refused and named, and so is a name without letter and digit.
    """

    def to_python(self, value: Any) -> str:
        """Return the tidied name; ValidationError for one that does not show what is in it."""
        typed = unicodedata.normalize("NFC", super().to_python(value) or "")
        blanked = "".join(" " if _is_blank(sign) else sign for sign in typed)
        name = " ".join(part for part in blanked.split(" ") if part)
        subject = self.label or "The name"
        if unseen := next((sign for sign in name if _is_unseen(sign)), ""):
            words = (
                f"{subject} must not include U+{ord(unseen):04X}, a sign that cannot be seen. "
                "Type it instead of pasting it"
            )
            raise ValidationError(words, code="unseen")
        if name and not any(unicodedata.category(sign)[0] in "LN" for sign in name):
            raise ValidationError(f"{subject} must include a letter or a number", code="empty")
        return name


def _is_blank(sign: str) -> bool:
    return sign in BREAKS or unicodedata.category(sign)[0] == "Z"


def _is_unseen(sign: str) -> bool:
    if sign in JOINERS:
        return False
    return sign in UNSEEN or unicodedata.category(sign) in UNSEEN_CATEGORIES
