"""Charts as SVG pictures with a description; drawn here so that no library is needed."""

from dataclasses import dataclass
from urllib.parse import quote

from assessments.scoring import RollUp
from commitments.models import Rating

# The five tints of one colour, as on the pages, and the ink that can be read on each.
TINTS = ("#f4f8f8", "#d3e6e6", "#98c6c8", "#27727a", "#083a40")
INK, SOFT, LINE = "#14191a", "#47585a", "#7d9ea1"
FONT = "'Source Sans 3', 'Helvetica Neue', Helvetica, Arial, sans-serif"

WIDTH = 640
ROW, BAR = 34, 22
LABEL, FIGURE = 138, 34


@dataclass(frozen=True)
class Chart:
    """A picture for `<img>`, and what it shows in words for those who do not see it."""

    src: str
    alt: str


def distribution(figures: RollUp) -> Chart:
    """Draw one bar for each rating, with its name before it and its number after it."""
    room = WIDTH - LABEL - FIGURE
    longest = max((*figures.counts, 1))
    parts = []
    for rating in Rating:
        count = figures.counts[rating]
        top, width = rating * ROW, round(room * count / longest)
        middle = top + ROW / 2 + 6
        parts.append(_text(0, middle, f"{rating.value} {rating.label}", INK))
        if count:
            parts.append(_bar(LABEL, top + (ROW - BAR) // 2, width, TINTS[rating]))
        parts.append(_text(LABEL + (width + 8 if count else 4), middle, str(count), INK, bold=True))
    parts.append(f'<path d="M{LABEL} 0v{ROW * len(Rating)}" stroke="{SOFT}"/>')
    return Chart(_picture(WIDTH, ROW * len(Rating), parts), describe(figures))


def describe(figures: RollUp) -> str:
    """Say in one sentence what a distribution shows."""
    counts = (f"{rating.label} {figures.counts[rating]}" for rating in Rating)
    return f"Bar chart of how many indicators have each rating: {', '.join(counts)}."


def _bar(x: int, y: int, width: int, fill: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{BAR}" fill="{fill}" stroke="{LINE}"/>'


def _text(x: float, y: float, words: str, fill: str, *, bold: bool = False) -> str:
    weight = 700 if bold else 400
    return (
        f'<text x="{x}" y="{y}" fill="{fill}" font-family="{FONT}" font-size="17" '
        f'font-weight="{weight}">{words}</text>'
    )


def _picture(width: int, height: int, parts: list[str]) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"
