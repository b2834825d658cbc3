"""How reports say numbers, ratings and who stands behind them."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from assessments.scoring import RollUp
from commitments.models import Rating
from progress.dashboards.figures import Said


def counted(number: int, noun: str) -> str:
    """A number with its noun: "no indicators", "1 indicator", "3 indicators"."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def none(number: int) -> str:
    """A number in a sentence, where 0 reads "none"."""
    return str(number or "none")


def be(number: int) -> str:
    """The verb after a number of things."""
    return "is" if number == 1 else "are"


def said_words(said: Said) -> str:
    """A rating in words, with its number before it."""
    rating, aside = said
    if rating is not None:
        return f"{rating} {Rating(rating).label}"
    return "Not applicable" if aside else "No answer yet"


def median_words(figures: RollUp) -> str:
    """The lower median of the rated ones with its name, or that nothing is rated."""
    return "none rated" if figures.median is None else said_words((figures.median, False))


def first_of(names: Sequence[str], most: int) -> str:
    """Names in a row; of too many the first ones, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def day_words(day: date) -> str:
    """A day: "3 May 2026"."""
    return f"{day:%-d %B %Y}"


def moment_words(at: datetime) -> str:
    """A moment, by the clock in Essex: "3 May 2026 at 09:30"."""
    return f"{timezone.localtime(at):%-d %B %Y at %H:%M}"


# What every reader has to know of ratings.
SCALE = (
    "Ratings go from 0 to 4: " + ", ".join(f"{each.value} {each.label}" for each in Rating) + "."
)
MEDIAN = (
    "A median is the lower of the two middle ratings where their number is even. A partner never "
    "gets a single score."
)
CONTINUES = "An indicator of another edition is compared where its title is the same."
