"""How ratings are spread: as one bar for each rating, or as one bar for each row of many."""

from collections.abc import Iterator, Sequence

from assessments.scoring import RollUp
from commitments.models import Rating
from progress.charts.drawing import (
    BAR,
    GAP,
    INKS,
    LEGEND,
    LINE,
    SMALL,
    SOFT,
    TINTS,
    WIDTH,
    Chart,
    Row,
    bar,
    label,
    legend,
    line,
    picture,
    room_of,
    rows_of,
    text,
)

ROW, LABEL, FIGURE = 34, 138, 34
# Of a stacked bar: "11 of 13" after it.
STANDS = 84
# What one figure needs to stand inside its part of a bar.
FITS = 13
HIGH = (Rating.ESTABLISHED, Rating.LEADING)
HIGH_WORDS = "Established or Leading"
# The rows that have an order in time, the oldest first.
ROUNDS = "rounds"
COUNTS = tuple(f"{rating.value} {rating.label}" for rating in Rating)


def distribution(figures: RollUp, *, what: str = "indicators") -> Chart:
    """Draw one bar for each rating, with its name before it and its number after it.

    `what` names what carries the ratings: indicators, or partners.
    """
    room = WIDTH - LABEL - FIGURE
    longest = max((*figures.counts, 1))
    parts = []
    for rating in Rating:
        count = figures.counts[rating]
        top, width = rating * ROW, round(room * count / longest)
        middle = top + ROW / 2 + 6
        parts.append(text(0, middle, f"{rating.value} {rating.label}"))
        if count:
            parts.append(bar(LABEL, top + (ROW - BAR) // 2, width, TINTS[rating]))
        parts.append(text(LABEL + (width + 8 if count else 4), middle, str(count), bold=True))
    height = ROW * len(Rating)
    parts.append(line(LABEL, 0, 0, height, fill=SOFT))
    return Chart(
        src=picture(height, parts),
        alt=describe(figures, what=what),
        headline=_headline([("", figures)], what),
        header=("Rating", what.capitalize()),
        rows=tuple(zip(COUNTS, figures.counts, strict=True)),
        height=height,
    )


def describe(figures: RollUp, *, what: str = "indicators") -> str:
    """Say in one sentence what a distribution shows."""
    counts = (f"{rating.label} {figures.counts[rating]}" for rating in Rating)
    return f"Bar chart of how many {what} have each rating: {', '.join(counts)}."


def stacked(rows: Sequence[tuple[str, RollUp]], *, what: str = "indicators") -> Chart:
    """Draw one bar for each row, from 0 to 100 % of its ratings, with "n of m" after it.

    `what` names the rows in the headline: indicators, commitments, or rounds, the oldest first.
    """
    start = room_of(name for name, _ in rows)
    places = rows_of((name for name, _ in rows), start - GAP, LEGEND)
    parts = [legend(0)]
    for place, (_, figures) in zip(places, rows, strict=True):
        parts.append(label(place))
        parts.extend(_segments(place, figures, start))
        stands = f"{figures.rated} of {figures.of}"
        parts.append(text(WIDTH, place.middle + 5, stands, size=SMALL, anchor="end"))
    height = sum((place.height for place in places), start=LEGEND)
    return Chart(
        src=picture(height, parts),
        alt=_said(rows),
        headline=_headline(rows, what),
        header=(what.removesuffix("s").capitalize(), *COUNTS, "Not applicable", "Median", "Rated"),
        rows=tuple(
            (name, *figures.counts, figures.not_applicable, median(figures), figures.words)
            for name, figures in rows
        ),
        height=height,
    )


def median(figures: RollUp) -> str:
    """The lower median with its name, or that there is none."""
    if figures.median is None:
        return "none"
    return f"{figures.median} {Rating(figures.median).label}"


def _segments(place: Row, figures: RollUp, start: int) -> Iterator[str]:
    """The parts of one bar, each as long as its share, with its number where there is room."""
    top, x, room = place.middle - BAR / 2, float(start), WIDTH - start - STANDS
    if not figures.rated:
        yield line(start, top, 0, BAR, fill=LINE)
        yield text(start + 8, place.middle + 5, "nothing rated", SOFT, size=SMALL)
    for rating in Rating:
        count = figures.counts[rating]
        if not count:
            continue
        wide = room * count / figures.rated
        yield bar(x, top, wide, TINTS[rating])
        if wide >= FITS * len(str(count)):
            yield text(
                x + wide / 2,
                place.middle + 5,
                str(count),
                INKS[rating],
                bold=True,
                size=SMALL,
                anchor="middle",
            )
        x += wide


def _said(rows: Sequence[tuple[str, RollUp]]) -> str:
    if not rows:
        return "Stacked bar chart without any rows."
    each = (f"{name}: median {median(figures)}, {figures.words}" for name, figures in rows)
    return f"Stacked bar chart of how the ratings are spread. {'; '.join(each)}."


def _headline(rows: Sequence[tuple[str, RollUp]], what: str) -> str:
    """Say what most ratings are: of one row, over the rounds, or for how many rows."""
    rated = [(name, figures) for name, figures in rows if figures.rated]
    if not rated:
        return "Nothing is rated yet."
    if len(rows) == 1:
        [(_, only)] = rated
        return f"{_share(only)}."
    if what == ROUNDS:
        (first, then), (last, now) = rated[0], rated[-1]
        said = f"In round {_round(last)}, {_share(now, start='none')}"
        if first == last:
            return f"{said}."
        return f"{said}; in round {_round(first)} it was {_high(then)}."
    high = sum(2 * _many(figures) > figures.rated for _, figures in rated)
    if not high:
        # That it is so for none of the rows says nothing of where they are.
        return f"{_share(_together(rated))}."
    many = f"all {len(rows)}" if high == len(rows) else f"{high} of {len(rows)}"
    return f"More than half of the ratings are {HIGH_WORDS} for {many} {what}."


def _together(rows: Sequence[tuple[str, RollUp]]) -> RollUp:
    """All ratings of the rows; their median is not asked for."""
    a, b, c, d, e = (sum(figures.counts[rating] for _, figures in rows) for rating in Rating)
    return RollUp((a, b, c, d, e), not_applicable=0, of=a + b + c + d + e, median=None)


def _share(figures: RollUp, start: str = "None") -> str:
    """How many of the ratings are high, in words; `start` is how a sentence says that none is."""
    many = _many(figures)
    ratings = "rating" if figures.rated == 1 else "ratings"
    be = "is" if many <= 1 else "are"
    of = f"{many} of {figures.rated}" if many else f"{start} of the {figures.rated}"
    return f"{of} {ratings} {be} {HIGH_WORDS}"


def _round(label: str) -> str:
    """The round's name alone: what stands after a comma says how much of it counts."""
    return label.partition(", ")[0]


def _many(figures: RollUp) -> int:
    """How many of the ratings are high."""
    return sum(figures.counts[rating] for rating in HIGH)


def _high(figures: RollUp) -> str:
    return f"{_many(figures) or 'none'} of {figures.rated}"
