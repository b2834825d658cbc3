"""How ratings moved: counted for each row, or from where to where on the scale."""

from collections.abc import Iterator, Sequence

from commitments.models import Rating
from progress.charts.drawing import (
    BAR,
    GAP,
    INK,
    LEADING,
    PAPER,
    ROOM,
    SMALL,
    SOFT,
    TINTS,
    WIDTH,
    Chart,
    Row,
    bar,
    label,
    line,
    picture,
    room_of,
    rows_of,
    text,
)

# The column of those that stayed the same.
STAYED = 76
# What a number beside its bar and the words at the top need on either side.
SIDE = 110
TOP = 34
# Of the scale: how far one rating is from the next, and its ends from the picture's.
STEP, EDGE = 98, 44
SCALE = 2 * EDGE + STEP * (len(Rating) - 1)
DOT = 8
BEFORE, NOW, MEDIAN = "round before", "this round", "median of all partners"

Moved = tuple[str, int, int, int]
Step = tuple[str, int | None, int | None, int | None]


def moved(rows: Sequence[Moved]) -> Chart:
    """Draw how many went down to the left and up to the right, with those that stayed beside.

    Each row is its label, and how many went down, stayed the same and went up.
    """
    start = room_of(row[0] for row in rows)
    down, up = (max((int(row[at]) for row in rows), default=0) for at in (1, 3))
    unit = (WIDTH - start - STAYED - 2 * SIDE) / max(down + up, 1)
    middle = start + SIDE + down * unit
    places = rows_of((row[0] for row in rows), start - GAP, TOP)
    parts = list(_moved_heading(middle))
    for place, (_, down, same, up) in zip(places, rows, strict=True):
        parts.append(label(place))
        parts.extend(_diverging(place, middle, unit, down, up))
        stayed = text(WIDTH, place.middle + 5, str(same), size=SMALL, bold=True, anchor="end")
        parts.append(stayed)
    height = sum((place.height for place in places), start=TOP)
    down, same, up = (sum(int(row[at]) for row in rows) for at in (1, 2, 3))
    return Chart(
        src=picture(height, parts),
        alt=_moved_words(rows),
        headline=_sentence(down, same, up),
        header=("Indicator", "Went down", "Stayed the same", "Went up"),
        rows=tuple(rows),
        height=height,
    )


def steps(rows: Sequence[Step]) -> Chart:
    """Draw where each row stood before and stands now, from 0 to 4, and the others' median.

    Each row is its label, the rating before, the rating now and the median of all partners; None
    for what there is not. Where no row has a median, nothing is said of it.
    """
    others = any(median is not None for *_, median in rows)
    places = rows_of((row[0] for row in rows), 0, TOP, SCALE)
    bottom = sum((place.height for place in places), start=TOP)
    parts = [*_steps_legend(others=others), *_scale(places, bottom)]
    for place, (_, before, now, median) in zip(places, rows, strict=True):
        parts.append(label(place))
        parts.extend(_step(place, before, now, median))
    height = bottom + 2 * LEADING + ROOM
    pairs = [(was, now) for _, was, now, _ in rows if was is not None and now is not None]
    return Chart(
        src=picture(height, parts, SCALE),
        alt=_steps_words(rows, others=others),
        headline=_sentence(
            sum(now < was for was, now in pairs),
            sum(now == was for was, now in pairs),
            sum(now > was for was, now in pairs),
        ),
        header=("Indicator", "Round before", "This round", "Median of the others")[: 3 + others],
        rows=tuple(
            (name, _rated(before), _rated(now), _middle(median))[: 3 + others]
            for name, before, now, median in rows
        ),
        width=SCALE,
        height=height,
    )


def _moved_heading(middle: float) -> Iterator[str]:
    yield _triangle(middle - 16, 11, 1)
    yield text(middle - 28, 15, "went down", size=SMALL, anchor="end")
    yield _triangle(middle + 16, 11, -1)
    yield text(middle + 28, 15, "went up", size=SMALL)
    yield text(WIDTH, 15, "stayed", size=SMALL, anchor="end")


def _triangle(x: float, y: float, way: int) -> str:
    """A triangle that points down for 1 and up for -1."""
    return f'<path d="M{x - 6:g} {y - 5 * way:g}h12l-6 {10 * way}z" fill="{INK}"/>'


def _diverging(place: Row, middle: float, unit: float, down: int, up: int) -> Iterator[str]:
    top, at = place.middle - BAR / 2, place.middle + 5
    yield line(middle, top - 4, 0, BAR + 8, fill=SOFT)
    if down:
        yield bar(middle - down * unit, top, down * unit, TINTS[1])
    yield text(middle - down * unit - 6, at, str(down), size=SMALL, bold=True, anchor="end")
    if up:
        yield bar(middle, top, up * unit, TINTS[3])
    yield text(middle + up * unit + 6, at, str(up), size=SMALL, bold=True)


def _place(rating: int) -> float:
    return EDGE + rating * STEP


def _scale(places: Sequence[Row], bottom: int) -> Iterator[str]:
    """The five lines, in each row below its label, each with its rating in words at the end."""
    for rating in Rating:
        x = _place(rating)
        for place in places:
            yield line(x, place.middle - BAR / 2, 0, BAR, fill=TINTS[2])
        yield text(x, bottom + LEADING, str(rating.value), size=SMALL, bold=True, anchor="middle")
        yield text(x, bottom + 2 * LEADING, rating.label, size=SMALL, anchor="middle")


def _steps_legend(*, others: bool) -> Iterator[str]:
    yield _dot(DOT + 1, 10, filled=False)
    yield text(24, 15, BEFORE, size=SMALL)
    yield _dot(150, 10, filled=True)
    yield text(165, 15, NOW, size=SMALL)
    if others:
        yield line(273, -2, 0, 24, fill=SOFT, wide=4)
        yield text(284, 15, MEDIAN, size=SMALL)


def _dot(x: float, y: float, *, filled: bool, radius: int = DOT) -> str:
    fill, edge = (TINTS[4], TINTS[4]) if filled else (PAPER, TINTS[3])
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius}" fill="{fill}" stroke="{edge}" '
        'stroke-width="2"/>'
    )


def _step(place: Row, before: int | None, now: int | None, median: int | None) -> Iterator[str]:
    """The others' median as a line, then a ring, a dot, and between them an arrow."""
    y = place.middle
    if median is not None:
        # Longer than a dot and the ring around it, so that it is seen behind them.
        yield line(_place(median), y - 16, 0, 32, fill=SOFT, wide=4)
    if before is not None:
        # Around the dot where both are the same.
        yield _dot(_place(before), y, filled=False, radius=DOT + 3 if before == now else DOT)
    if now is not None:
        yield _dot(_place(now), y, filled=True, radius=DOT - 2 if before == now else DOT)
    if before is not None and now is not None and before != now:
        yield _arrow(_place(before), _place(now), y)
    if before is None and now is None:
        yield text(_place(0) + 16, y + 5, "not rated", SOFT, size=SMALL)


def _arrow(start: float, end: float, y: float) -> str:
    way = 1 if end > start else -1
    tip = end - way * (DOT + 3)
    return (
        line(start + way * (DOT + 2), y, tip - start - way * (DOT + 10), 0, fill=TINTS[4], wide=3)
        + f'<path d="M{tip:g} {y:g}l{-10 * way} -6v12z" fill="{TINTS[4]}"/>'
    )


def _rated(rating: int | None) -> str:
    return "not rated" if rating is None else f"{rating} {Rating(rating).label}"


def _middle(median: int | None) -> str:
    return "none" if median is None else _rated(median)


def _moved_words(rows: Sequence[Moved]) -> str:
    each = (f"{name}: down {down}, the same {same}, up {up}" for name, down, same, up in rows)
    return f"Bar chart of how many ratings moved since the round before. {'; '.join(each)}."


def _steps_words(rows: Sequence[Step], *, others: bool) -> str:
    each = (
        f"{name}: before {_rated(before)}, now {_rated(now)}"
        + (f", median of all partners {_middle(median)}" if others else "")
        for name, before, now, median in rows
    )
    return f"Chart of the ratings before and now, from 0 to 4. {'; '.join(each)}."


def _sentence(down: int, same: int, up: int) -> str:
    if not down + same + up:
        return "Nothing can be compared with the round before."
    one = "rating" if up == 1 else "ratings"
    return (
        f"{up or 'No'} {one} went up, {down or 'none'} went down and {same or 'none'} stayed the "
        "same."
    )
