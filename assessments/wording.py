"""What changed between two texts, word by word; pure.

Nothing is lost or made up: what was kept and added is the new text, what was kept and removed the
old one, to the last blank and line break.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import chain, pairwise

# What a comparison may cost, in steps of difflib's innermost loop; a step takes about a tenth of a
# microsecond. Where more would be needed, a stretch takes the place of the other as a whole.
MOST_STEPS = 1_000_000
# Beside a change, how many characters of what was kept are shown where room is short.
AROUND = 160

# A word is whatever stands between blanks, so that families of emoji, marks of direction and
# letters that join are never taken apart; only what ends it stands alone.
WORD = re.compile(r"\S+")
ENDS = ".,;:!?…)]”"


class Kind(StrEnum):
    """What became of a stretch of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Segment:
    """A stretch of text, as it was typed; one that is skipped has none."""

    kind: Kind
    text: str

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it to be seen."""
        return not self.text.strip()

    @property
    def blank(self) -> str:
        """What to call it when there is nothing in it to be seen."""
        return "a line break" if "\n" in self.text else "a blank"


@dataclass(frozen=True)
class Pieces:
    """A text in pieces, each with the blanks before it; the last piece is the empty end."""

    blanks: Sequence[str]
    words: Sequence[str]

    def text(self, start: int, end: int) -> str:
        """The text of the pieces from `start` up to `end`."""
        pairs = zip(self.blanks[start:end], self.words[start:end], strict=True)
        return "".join(chain.from_iterable(pairs))


def compare(old: str, new: str) -> list[Segment]:
    """The stretches that were kept, removed and added, in the order of the text.

    Of two that took each other's place, the removed one comes first. Neighbours differ in kind and
    none is empty. Takes at most a few tenths of a second for 10,000 characters of any kind.
    """
    before, after = _pieces(old), _pieces(new)
    changes = _changes(before.words, after.words)
    return _joined(chain.from_iterable(_segments(before, after, change) for change in changes))


def shorten(segments: Sequence[Segment]) -> list[Segment]:
    """The same with long stretches that were kept cut down to what stands beside a change.

    An empty segment of the kind "skipped" takes the place of what is left out.
    """
    found: list[Segment] = []
    last = len(segments) - 1
    for place, segment in enumerate(segments):
        if segment.kind is Kind.KEPT and len(segment.text) > 3 * AROUND:
            found += _cut(segment.text, at_start=place == 0, at_end=place == last)
        else:
            found.append(segment)
    return found


def words_of(text: str) -> list[tuple[str, str]]:
    """The words, each after the blanks before it; the last one is the empty end of the text."""
    found = []
    here = 0
    for match in WORD.finditer(text):
        whole = match.group()
        word = whole.rstrip(ENDS) or whole
        found.append((text[here : match.start()], word))
        if len(word) < len(whole):
            found.append(("", whole[len(word) :]))
        here = match.end()
    return [*found, (text[here:], "")]


# --- Comparing -----------------------------------------------------------------------------------

# A tag of difflib's and two ranges: of the old words and of the new ones.
Change = tuple[str, int, int, int, int]


class TooCostlyError(Exception):
    """Comparing would take longer than a page should."""


class _Matcher(SequenceMatcher[str]):
    """Compares within its means; `left` is what is left of them."""

    def __init__(self, old: Sequence[str], new: Sequence[str], left: int) -> None:
        self.left = left
        self.old = old
        super().__init__(None, old, new, autojunk=False)

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """Find it, after counting what that costs at most."""
        places: dict[str, list[int]] = self.b2j  # type: ignore[attr-defined]  # difflib's index
        self.left -= sum(1 + len(places.get(word, ())) for word in self.old[alo:ahi])
        if self.left < 0:
            raise TooCostlyError
        return super().find_longest_match(alo, ahi, blo, bhi)


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """How to come from the old words to the new ones.

    What is the same at both ends is set aside: most often that is nearly everything. Words that
    both texts have once hold the rest together, and difflib compares what is between them.
    """
    start, end = _same_at_the_ends(old, new)
    to_old, to_new = len(old) - end, len(new) - end
    yield "equal", 0, start, 0, start
    anchors = _anchors(old[start:to_old], new[start:to_new])
    held = [(start + i, start + j) for i, j in anchors]
    left = MOST_STEPS
    for (i, j), (to_i, to_j) in pairwise([(start - 1, start - 1), *held, (to_old, to_new)]):
        matcher = _Matcher(old[i + 1 : to_i], new[j + 1 : to_j], left)
        try:
            between = matcher.get_opcodes()
        except TooCostlyError:
            between = [("replace", 0, to_i - i - 1, 0, to_j - j - 1)]
        left = matcher.left
        for tag, a, to_a, b, to_b in between:
            yield tag, i + 1 + a, i + 1 + to_a, j + 1 + b, j + 1 + to_b
        if (to_i, to_j) != (to_old, to_new):
            yield "equal", to_i, to_i + 1, to_j, to_j + 1
    yield "equal", to_old, len(old), to_new, len(new)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words are that each text has once, as many as keep their order in both."""
    counts, others = Counter(old), Counter(new)
    places = {word: place for place, word in enumerate(new) if others[word] == 1}
    pairs = [
        (i, places[word]) for i, word in enumerate(old) if counts[word] == 1 and word in places
    ]
    return [pairs[number] for number in _longest_rising([place for _, place in pairs])]


def _longest_rising(places: Sequence[int]) -> list[int]:
    """Which of the places, all different, make the longest run that only rises."""
    ends: list[int] = []  # the smallest last place of a run, for each length
    tops: list[int] = []  # which of the places that is
    before: list[int] = []
    for number, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(tops[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        tops[length : length + 1] = [number]
    found = []
    number = tops[-1] if tops else -1
    while number >= 0:
        found.append(number)
        number = before[number]
    return found[::-1]


def _same_at_the_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many words are the same at the start, and how many of the others at the end."""
    shorter = min(len(old), len(new))
    start = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    rest = shorter - start
    end = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    return start, end


def _segments(old: Pieces, new: Pieces, change: Change) -> Iterator[Segment]:
    tag, i, to_i, j, to_j = change
    if tag == "equal":
        for before, after, word in zip(
            old.blanks[i:to_i], new.blanks[j:to_j], new.words[j:to_j], strict=True
        ):
            yield from _replaced(before, after)
            yield Segment(Kind.KEPT, word)
    else:
        yield from _replaced(old.text(i, to_i), new.text(j, to_j))


def _replaced(before: str, after: str) -> Iterator[Segment]:
    """One text in the place of another; the blanks that both begin with are kept."""
    if before == after:
        yield Segment(Kind.KEPT, before)
        return
    blanks = _blanks_of_both(before, after)
    yield Segment(Kind.KEPT, before[:blanks])
    yield Segment(Kind.REMOVED, before[blanks:])
    yield Segment(Kind.ADDED, after[blanks:])


def _blanks_of_both(before: str, after: str) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other or not one.isspace():
            break
        count += 1
    return count


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Neighbours of one kind as one; none that is empty."""
    found: list[tuple[Kind, list[str]]] = []
    for segment in segments:
        if not segment.text:
            continue
        if found and found[-1][0] is segment.kind:
            found[-1][1].append(segment.text)
        else:
            found.append((segment.kind, [segment.text]))
    return [Segment(kind, "".join(texts)) for kind, texts in found]


def _pieces(text: str) -> Pieces:
    pairs = words_of(text)
    return Pieces(tuple(blanks for blanks, _ in pairs), tuple(word for _, word in pairs))


# --- Shortening ----------------------------------------------------------------------------------


def _cut(text: str, *, at_start: bool, at_end: bool) -> list[Segment]:
    """The beginning and the end of a stretch, where there is a change beside it."""
    head = "" if at_start else _some(text)
    tail = "" if at_end else _some(text, from_the_end=True)
    parts = [Segment(Kind.KEPT, head), Segment(Kind.SKIPPED, ""), Segment(Kind.KEPT, tail)]
    return [part for part in parts if part.text or part.kind is Kind.SKIPPED]


def _some(text: str, *, from_the_end: bool = False) -> str:
    """Whole words from one end, as many as are shown; none when the first is too long."""
    near = text[-AROUND - 1 :] if from_the_end else text[: AROUND + 1]
    breaks = [match.start() for match in re.finditer(r"\s", near)]
    if not breaks:
        return ""
    return near[breaks[0] :] if from_the_end else near[: breaks[-1] + 1]
