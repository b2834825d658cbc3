"""The difference of two texts: word by word, nothing lost, nothing taken apart, never for long."""

import random
import time

import pytest

from assessments.wording import AROUND, Kind, Segment, compare, shorten

SIGNS = {Kind.KEPT: "{}", Kind.REMOVED: "[-{}]", Kind.ADDED: "[+{}]", Kind.SKIPPED: "[…]"}
FAMILY, PAIR = "👨‍👩‍👧‍👦", "👩‍👧"


def written(segments: list[Segment]) -> str:
    """The segments on one line, to compare by eye."""
    return "".join(SIGNS[segment.kind].format(segment.text) for segment in segments)


CHANGES = {
    "nothing": ("We share data.", "We share data.", "We share data."),
    "both empty": ("", "", ""),
    "all new": ("", "We share.", "[+We share.]"),
    "all gone": ("We share.", "", "[-We share.]"),
    "one word": ("We share data.", "We publish data.", "We [-share][+publish] data."),
    "a phrase as one": (
        "The quick brown fox.",
        "The slow red fox.",
        "The [-quick brown][+slow red] fox.",
    ),
    "a full stop is no part of its word": (
        "We share data",
        "We share data, and more.",
        "We share data[+, and more.]",
    ),
    "a number stays whole": ("in 2,500 places", "in 3,500 places", "in [-2,500][+3,500] places"),
    "a line break": ("one\ntwo", "one\n\ntwo", "one\n[+\n]two"),
    "a line instead of a blank": ("one two", "one\ntwo", "one[- ][+\n]two"),
    "blanks at the end": ("one ", "one   ", "one [+  ]"),
    "only blanks": ("  ", "\n", "[-  ][+\n]"),
    "a paragraph before": ("Two.", "One.\n\nTwo.", "[+One.\n\n]Two."),
    "a sentence moved": (
        "First this. Then that.",
        "Then that. First this.",
        "[-First this. ]Then that[+. First this].",
    ),
    "emoji families": (f"We {FAMILY} go", f"We {PAIR} go", f"We [-{FAMILY}][+{PAIR}] go"),
    "right to left": (
        "نشارك البيانات بمسؤولية",
        "نشارك المعلومات بمسؤولية",
        "نشارك [-البيانات][+المعلومات] بمسؤولية",
    ),
    "letters that join": ("Ynys Môn", "Ynys Mo\u0302n", "Ynys [-Môn][+Mo\u0302n]"),
    "marks of direction": (
        "a \u202eb\u202c c",
        "a \u202ex\u202c c",
        "a [-\u202eb\u202c][+\u202ex\u202c] c",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_said_in_words(name: str) -> None:
    old, new, expected = CHANGES[name]
    assert written(compare(old, new)) == expected


def test_what_a_blank_is_called() -> None:
    found = compare("one two three", "one\ntwo  three")
    assert [(one.is_blank, one.blank) for one in found if one.kind is Kind.ADDED] == [
        (True, "a line break"),
        (True, "a blank"),
    ]


# --- Shown where room is short -------------------------------------------------------------------


def prose(words: int, seed: int = 1) -> str:
    """Words of a small vocabulary."""
    chosen = random.Random(seed)
    return " ".join(
        chosen.choice(["data", "share", "with", "all", "of", "us"]) for _ in range(words)
    )


def test_a_long_stretch_that_was_kept_is_cut_to_what_stands_beside_a_change() -> None:
    middle = prose(500)
    found = shorten(compare(f"Old {middle} old.", f"New {middle} new."))
    kinds = [segment.kind.value for segment in found]
    assert kinds == [
        *("removed", "added", "kept", "skipped", "kept", "removed", "added", "kept"),
    ]
    head, tail = found[2].text, found[4].text
    assert head == f" {middle}"[: len(head)]
    assert tail == f"{middle} "[-len(tail) :]
    assert 0 < len(head) <= AROUND + 1
    assert 0 < len(tail) <= AROUND + 1


def test_what_begins_or_ends_far_from_a_change_is_left_out() -> None:
    middle = prose(500)
    assert written(shorten(compare(f"{middle} a", f"{middle} b"))).startswith("[…]")
    assert written(shorten(compare(f"a {middle}", f"b {middle}"))).endswith("[…]")
    assert written(shorten(compare(middle, middle))) == "[…]"


def test_a_word_too_long_to_show_is_left_out_whole() -> None:
    word = "x" * 5000
    assert written(shorten(compare(f"a{word} b", f"a{word} c"))) == "[…] [-b][+c]"


def test_short_texts_are_shown_whole() -> None:
    found = compare("We share data.", "We publish data.")
    assert shorten(found) == found


# --- Never for long ------------------------------------------------------------------------------

NUMBERS = [f"{number:03x}" for number in range(2500)]
TWICE = [f"{number % 1250:03x}" for number in range(2500)]
HARD = {
    "two other texts": (prose(2500), prose(2500, seed=2)),
    "one word again and again": ("a " * 5000, ("a " * 49 + "b ") * 100),
    "a word on each line": ("a\n" * 5000, "b\na\n" * 2500),
    "no blanks": ("x" * 10_000, "y" * 10_000),
    "only ends": ("!" * 9999 + "a", "!" * 9998 + "ab"),
    "the other way round": (" ".join(NUMBERS), " ".join(NUMBERS[::-1])),
    "every other word changed": (
        " ".join(NUMBERS),
        " ".join(word if place % 2 else "x" for place, word in enumerate(NUMBERS)),
    ),
    "every word twice, every fourth changed": (
        " ".join(TWICE),
        " ".join(word if place % 4 else "x" for place, word in enumerate(TWICE)),
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_the_hardest_texts_are_compared_within_a_few_tenths_of_a_second(name: str) -> None:
    """Without bounds the comparison takes minutes: the limit here is far from both."""
    old, new = HARD[name]
    began = time.process_time()
    found = compare(old, new)
    took = time.process_time() - began
    print(f"\n{name}: {took * 1000:.0f} ms")
    assert took < 5
    assert "".join(one.text for one in found if one.kind is not Kind.REMOVED) == new
    assert "".join(one.text for one in found if one.kind is not Kind.ADDED) == old


def test_a_change_of_every_seventh_word_of_a_long_text_is_found() -> None:
    old = NUMBERS
    new = [word if place % 7 else "changed" for place, word in enumerate(old)]
    found = compare(" ".join(old), " ".join(new))
    removed = [one.text for one in found if one.kind is Kind.REMOVED]
    assert removed == [word for place, word in enumerate(old) if place % 7 == 0]
