"""What the notes sheet of a file says: what is shown, of when, by which filters, who is left out.

A table that has left the portal has to explain itself to somebody who never saw the page.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias

from django.utils import timezone

from assessments.models import Release, Round
from commitments.models import Rating
from progress.dashboards.figures import Figures
from progress.dashboards.left_out import LeftOut

# A name, and what it stands for.
Note: TypeAlias = tuple[str, str]

ALL = "All: no filter is set"
MOVEMENT: tuple[Note, ...] = (
    ("up, down, same", "Rated in both rounds: higher, lower or the same now"),
    ("new", "No answer that counted in the round before"),
)
LEGEND: tuple[Note, ...] = (
    ("Ratings", ", ".join(f"{rating.value} {rating.label}" for rating in Rating)),
    ("Not applicable", "The partner said, with a reason, that the indicator does not apply to it"),
    ("Rated", "Figures leave out what is not applicable or unanswered, and say “n of m rated”"),
    ("Median", "The rating in the middle. Where two ratings are in the middle, the lower one"),
    ("No single score", "The portal never adds a partner’s ratings up to one score"),
)


def notes_of(
    what: str,
    figures: Figures,
    *,
    filters: str = "",
    left_out: Sequence[LeftOut] | None = None,
    also: Sequence[Note] = (),
) -> list[Note]:
    """Say what a file of figures shows.

    `what` is a sentence; `filters` are the filters in words, empty or “all” for none; `left_out`
    replaces those that the figures leave out, where a filter narrows them; `also` are notes about
    this one file, such as what its columns mean.
    """
    missing = figures.left_out if left_out is None else left_out
    return [
        ("What this shows", what),
        *of_round(figures.round),
        ("The figures are", source_of(figures.release)),
        ("Filters", filters if filters and filters != "all" else ALL),
        *also,
        *_left_out(missing),
        *LEGEND,
    ]


def notes_over_rounds(what: str, rounds: Sequence[Figures], *, also: Sequence[Note]) -> list[Note]:
    """Say what a file of figures over several rounds shows: each round, and who is left out of it.

    `what` and `also` are as for `notes_of`.
    """
    lines: list[Note] = [("What this shows", what)]
    for figures in rounds:
        lines += of_round(figures.round)
        lines.append(("The figures are", source_of(figures.release)))
        lines += _left_out(figures.left_out, f" of round {figures.round}")
    return [*lines, *also, *LEGEND]


def source_of(release: Release | None, now: datetime | None = None) -> str:
    """Say where figures come from and of when: a release, or what is accepted at the moment."""
    if release is None:
        return f"accepted assessments as they were on {_moment(now or timezone.now())}"
    when = _moment(release.released_at)
    return f"release {release.number}, frozen on {when} (SHA-256 {release.sha256})"


def of_round(round: Round) -> Iterable[Note]:
    """The notes on which round it is, and of which edition."""
    yield "Round", f"{round.name}, from {_day(round.opens_on)} to {_day(round.closes_on)}"
    yield "Edition", str(round.edition)


def _left_out(lines: Sequence[LeftOut], where: str = "") -> Iterable[Note]:
    """A note for each reason; they name the partners. `where` says of which of several rounds."""
    if not lines:
        yield f"Left out{where}", "No assessment is left out"
    for line in lines:
        name = f"Left out{where}: {line.reason} ({len(line.partners)})"
        yield name, ", ".join(line.partners)


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%-d %B %Y at %H:%M}"
