"""What holds for the difference of any two texts whatever."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assessments.wording import Kind, Segment, compare, shorten, words_of

WORDS = st.sampled_from(
    [
        "we",
        "share",
        "data",
        "data.",
        "(all)",
        "\n",
        "\n\n",
        "\t",
        "\u2028",
        "👨‍👩‍👧",
        "e\u0301",
        "بيانات",
        "\u202e",
        "…",
    ]
)
ALIKE = st.lists(WORDS, max_size=40).map(" ".join) | st.lists(WORDS, max_size=40).map("".join)
TEXTS = ALIKE | st.text(max_size=200)


def text_without(segments: list[Segment], kind: Kind) -> str:
    return "".join(segment.text for segment in segments if segment.kind is not kind)


@given(TEXTS, TEXTS)
def test_kept_and_added_are_the_new_text_and_kept_and_removed_the_old(old: str, new: str) -> None:
    found = compare(old, new)
    assert text_without(found, Kind.REMOVED) == new
    assert text_without(found, Kind.ADDED) == old


@given(TEXTS, TEXTS)
def test_no_segment_is_empty_and_neighbours_differ(old: str, new: str) -> None:
    found = compare(old, new)
    assert all(segment.text for segment in found)
    assert all(one.kind is not other.kind for one, other in pairwise(found))


@given(TEXTS)
def test_a_text_and_itself_do_not_differ(text: str) -> None:
    assert {segment.kind for segment in compare(text, text)} <= {Kind.KEPT}


@given(TEXTS, TEXTS)
def test_a_change_begins_and_ends_between_words(old: str, new: str) -> None:
    """No word of either text is in two segments of different kinds."""
    for text, kind in ((new, Kind.REMOVED), (old, Kind.ADDED)):
        cuts = {0, len(text)}
        here = 0
        for segment in compare(old, new):
            if segment.kind is not kind:
                here += len(segment.text)
                cuts.add(here)
        edges, here = set(), 0
        for blanks, word in words_of(text):
            edges |= set(range(here, here + len(blanks) + 1))
            here += len(blanks) + len(word)
            edges.add(here)
        assert cuts <= edges


@given(TEXTS, TEXTS)
def test_shortening_leaves_every_change_as_it_was(old: str, new: str) -> None:
    found = compare(old, new)
    changes = [one for one in found if one.kind in {Kind.ADDED, Kind.REMOVED}]
    assert [one for one in shorten(found) if one.kind in {Kind.ADDED, Kind.REMOVED}] == changes
