"""What every chart is drawn with: texts that keep to their room, bars, legends, the picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil
from urllib.parse import quote

from commitments.models import Rating

# The five tints of one colour, as on the pages, and the ink that can be read on each.
TINTS = ("#f4f8f8", "#d3e6e6", "#98c6c8", "#27727a", "#083a40")
INK, SOFT, LINE, PAPER = "#14191a", "#47585a", "#7d9ea1", "#ffffff"
INKS = (INK, INK, INK, PAPER, PAPER)
FONT = "'Source Sans 3', 'Helvetica Neue', Helvetica, Arial, sans-serif"

WIDTH = 640
SIZE, SMALL = 17, 15
BAR, GAP = 22, 12
# Between the lines of one label, and around it.
LEADING, ROOM = 19, 10
# Labels that need more room than this stand above their bars: beside them, a narrow screen would
# show labels alone.
BESIDE = 130
LEGEND = 30

# How wide letters are, in parts of the font's size; enough to know where a line has to break.
NARROW, WIDE = frozenset("fijlrtI.,:;’'()|! -"), frozenset("mwMW%—")
ELLIPSIS = "…"


@dataclass(frozen=True)
class Chart:
    """A picture for `<img>`, and what it shows in words and numbers for those who do not see it.

    `headline` says in a sentence what to see; `header` and `rows` are the data as a table, each
    row as long as the header. `width` and `height` are the picture's own, in pixels.
    """

    src: str
    alt: str
    headline: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str | int, ...], ...] = ()
    width: int = WIDTH
    height: int = 0


@dataclass(frozen=True)
class Row:
    """One row's place in a picture: its label's lines, where it begins, how high it is.

    `above` is whether the label stands above the bar.
    """

    lines: tuple[str, ...]
    top: int
    height: int
    above: bool = False

    @property
    def middle(self) -> float:
        """Where the row's bar or dots have their middle."""
        if self.above:
            return self.top + len(self.lines) * LEADING + (BAR + ROOM) / 2
        return self.top + self.height / 2


def width_of(words: str, size: int) -> float:
    """How wide the words are about, in pixels."""
    return sum(map(_letter, words)) * size


def _letter(letter: str) -> float:
    if letter in NARROW:
        return 0.31
    if letter in WIDE:
        return 0.88
    return 0.69 if letter.isupper() else 0.57


def wrapped(words: str, room: int, size: int, *, most: int = 3) -> tuple[str, ...]:
    """Break a label into lines that keep to the room; what `most` lines cannot hold is cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    kept = [_cut(line, room, size) for line in lines[:most]]
    if len(lines) > most:
        kept[-1] = _cut(f"{kept[-1].rstrip(ELLIPSIS)} {lines[most]}", room, size, always=True)
    return tuple(kept)


def _cut(line: str, room: int, size: int, *, always: bool = False) -> str:
    if width_of(line, size) <= room and not always:
        return line
    while line and width_of(line + ELLIPSIS, size) > room:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS


def room_of(labels: Iterable[str]) -> int:
    """How much room short labels need beside their bars; 0 where one has to stand above them."""
    widest = ceil(max((width_of(label, SMALL) for label in labels), default=0)) + GAP
    return 0 if widest > BESIDE else widest


def rows_of(labels: Iterable[str], room: int, top: int, width: int = WIDTH) -> list[Row]:
    """Find the place of each row below one another, as high as its label's lines need.

    Without any room beside the bars the labels stand above them, in the picture's width.
    """
    found, above = [], room <= 0
    for label in labels:
        lines = wrapped(label, width if above else room, SMALL)
        height = max(len(lines) * LEADING, BAR) + ROOM
        if above:
            height = len(lines) * LEADING + BAR + 2 * ROOM
        found.append(Row(lines, top, height, above))
        top += height
    return found


def label(row: Row) -> str:
    """Draw a row's label on its lines: above its bar, or in the middle of its height."""
    first = row.middle - (len(row.lines) - 1) * LEADING / 2 + 5
    if row.above:
        first = row.top + LEADING - 3
    return "".join(
        text(0, first + at * LEADING, line, size=SMALL) for at, line in enumerate(row.lines)
    )


def text(
    x: float,
    y: float,
    words: str,
    fill: str = INK,
    *,
    bold: bool = False,
    size: int = SIZE,
    anchor: str = "start",
) -> str:
    """Draw words whose line stands on `y`; they are escaped."""
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{fill}" font-family="{FONT}" font-size="{size}" '
        f'font-weight="{700 if bold else 400}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def bar(x: float, y: float, width: float, fill: str) -> str:
    """Draw a bar of the usual height."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{BAR}" fill="{fill}" '
        f'stroke="{LINE}"/>'
    )


def line(x: float, y: float, across: float, down: float, *, fill: str = LINE, wide: int = 1) -> str:
    """Draw a straight line from a point, so far across and down."""
    return f'<path d="M{x:g} {y:g}l{across:g} {down:g}" stroke="{fill}" stroke-width="{wide}"/>'


def legend(y: float) -> str:
    """Draw the five tints in one line, each with its rating in words after it."""
    parts, x = [], 0.0
    for rating in Rating:
        words = f"{rating.value} {rating.label}"
        parts.append(
            f'<rect x="{x + 0.5:g}" y="{y:g}" width="15" height="15" fill="{TINTS[rating]}" '
            f'stroke="{LINE}"/>'
        )
        parts.append(text(x + 21, y + 13, words, size=SMALL))
        x += 21 + width_of(words, SMALL) + 14
    return "".join(parts)


def picture(height: int, parts: Sequence[str], width: int = WIDTH) -> str:
    """Return the whole picture as the address of an image.

    It stands on a ground of its own: a reader's dark colours do not reach into a picture, and its
    dark letters would be lost on them.
    """
    ground = f'<rect x="0" y="0" width="{width}" height="{height}" fill="{PAPER}"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{ground}{"".join(parts)}</svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"
