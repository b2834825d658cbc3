"""Text for paper: what the documents' font lacks is said in words."""

import pytest

from declaration.templatetags.paper import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain “text” – £5, 20 %", "Plain “text” – £5, 20 %"),
        ("Ynys Môn, dŵr, ŷd, Łódź", "Ynys Môn, dŵr, ŷd, Łódź"),
        ("w\u0302yth", "ŵyth"),
        ("one\ntwo", "one\ntwo"),
        ("a\tb\x0bc\u00add", "a bcd"),
        ("👍🏽!", "[thumbs up sign][emoji modifier fitzpatrick type-4]!"),
        ("👩‍👩‍👧", "[woman][woman][girl]"),
        ("مرحبا بالعالم", "[Arabic text]"),
        ("ελλ и 中文 end", "[Greek text] [Cyrillic text] [Cjk text] end"),
        ("a\u202eb\u202cc\u200b", "abc"),
        ("\ufb01ne \uff21", "fine A"),
        ("\U000f0000", ""),
        ("\u0378", "[character that cannot be shown]"),
        ("", ""),
    ],
)
def test_text_is_kept_named_or_dropped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_markup_stays_text() -> None:
    assert printable("<b>&amp;") == "<b>&amp;"
