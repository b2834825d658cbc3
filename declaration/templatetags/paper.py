"""Text that our documents' font can show: `{{ text|printable }}`."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from fontTools.ttLib import TTFont

register = template.Library()

FONTS = ("source-sans-3-latin-400-normal.woff2", "source-sans-3-latin-ext-400-normal.woff2")
# Joiners and variation selectors only change how their neighbours look; marks of direction would
# turn the document's own text around.
SILENT = {"Cf", "Mn", "Me", "Cc", "Cs", "Co"}
REPEATED = re.compile(r"(\[[A-Z][\w-]* text\])(?: ?\1)+")
SPACES = {"\n": "\n", "\t": " "}


@register.filter
def printable(text: object) -> str:
    """Return the text with each character that the font lacks in words, in square brackets.

    An emoji becomes its name, "[thumbs up sign]", and other scripts are named once for each run,
    "[Arabic text]": a document for paper carries its fonts and borrows none from the machine.
    """
    composed = unicodedata.normalize("NFC", str(text))
    return _lacking().sub(lambda run: _in_words(run[0]), composed)


@cache
def _lacking() -> re.Pattern[str]:
    """A pattern for runs of characters that are in neither file of the font, nor line ends."""
    known = {ord("\n")}
    for name in FONTS:
        known |= TTFont(_font(name)).getBestCmap().keys()
    known -= {code for code in known if unicodedata.category(chr(code)) in SILENT} - {ord("\n")}
    lacking = f"[^{''.join(re.escape(chr(code)) for code in sorted(known))}]+"
    return re.compile(f"{lacking}(?: {lacking})*")


def _font(name: str) -> Path:
    roots = (Path(root) for root in settings.STATICFILES_DIRS)
    found = next(
        (root / "fonts" / name for root in roots if (root / "fonts" / name).is_file()), None
    )
    if found is None:
        raise FileNotFoundError(f"fonts/{name}: run script/assets")
    return found


def _in_words(run: str) -> str:
    words: list[str] = []
    for character in run:
        if character in SPACES:
            words.append(SPACES[character])
        elif unicodedata.category(character) not in SILENT:
            plain = unicodedata.normalize("NFKC", character)
            words.append(plain if plain.isascii() else _name(character))
    return REPEATED.sub(r"\1", "".join(words))


def _name(character: str) -> str:
    name = unicodedata.name(character, "character that cannot be shown").lower()
    if unicodedata.category(character).startswith("L"):
        return f"[{name.split()[0].title()} text]"
    return f"[{name}]"
