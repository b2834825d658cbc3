"""What has come of the Declaration in a sentence or two: counted, not written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assessments.scoring import RollUp

# Established and Leading.
HIGH = (3, 4)


@dataclass(frozen=True)
class Standing:
    """A round: on how many of its indicators that are `shown`, of `indicators`, most are high.

    `medians` are those of the indicators that are shown, by what an indicator is known by in
    every round. `high_ratings` of the `rated` ratings of those indicators are high; `partners`
    is how many count.
    """

    name: str
    high: int
    shown: int
    indicators: int
    medians: Mapping[str, int] = field(default_factory=dict)
    high_ratings: int = 0
    rated: int = 0
    partners: int = 0


def standing(name: str, figures: Mapping[str, RollUp | None], partners: int = 0) -> Standing:
    """Count the indicators on which more than half of those rated are Established or Leading.

    `figures` are by what an indicator is known by in every round; None for one that is not shown.
    `partners` is how many count in the round.
    """
    shown = {key: each for key, each in figures.items() if each is not None}
    return Standing(
        name=name,
        high=sum(is_high(each) for each in shown.values()),
        shown=len(shown),
        indicators=len(figures),
        medians={key: each.median for key, each in shown.items() if each.median is not None},
        high_ratings=sum(_high(each) for each in shown.values()),
        rated=sum(each.rated for each in shown.values()),
        partners=partners,
    )


def is_high(figures: RollUp) -> bool:
    """Whether more than half of the ratings are Established or Leading."""
    return 2 * _high(figures) > figures.rated


def _high(figures: RollUp) -> int:
    return sum(figures.counts[rating] for rating in HIGH)


def headline(rounds: Sequence[Standing]) -> str:
    """Say where the newest round stands of which anything is shown, and how it was before.

    `rounds` are in order, the oldest first. Empty without any.
    """
    if not rounds:
        return ""
    shown = [each for each in rounds if each.shown]
    if not shown:
        return f"Too few partners stand behind the figures of {named(rounds[-1])} to show them."
    now = shown[-1]
    begins = f"In {named(now)}, most partners were Established or Leading on {_number(now)}"
    if not now.high:
        begins = f"In {named(now)}, {ratings_words(now)}"
    if len(shown) == 1:
        return f"{begins}."
    before = shown[-2]
    return f"{begins}{_compared(now, before)}.{moved_words(now, before)}{_counted(now, before)}"


def named(round: Standing) -> str:
    """A year is a name by itself; any other is said to be a round’s."""
    return round.name if round.name.isdecimal() else f"the round “{round.name}”"


def ratings_words(round: Standing, of: str = "") -> str:
    """Say how many ratings are high; `of` says whose they are, such as " of 6 partners"."""
    if not round.rated:
        return f"no rating{of} is given"
    ratings = "rating" if round.rated == 1 else "ratings"
    shown = " that are shown" if round.shown < round.indicators else ""
    be = "is" if round.high_ratings <= 1 else "are"
    many = f"{round.rated} {ratings}{shown}{of}"
    part = f"{round.high_ratings} of {'the ' if shown else ''}" if round.high_ratings else ""
    return f"{part or 'none of the '}{many} {be} Established or Leading"


def _number(round: Standing) -> str:
    if round.shown < round.indicators:
        are = "indicator that is" if round.shown == 1 else "indicators that are"
        return f"{round.high or 'none'} of the {round.shown} {are} shown"
    indicators = "indicator" if round.shown == 1 else "indicators"
    if round.high == round.shown > 1:
        return f"all {round.shown} {indicators}"
    high = f"{round.high} of" if round.high else "none of the"
    return f"{high} {round.shown} {indicators}"


def _compared(now: Standing, before: Standing) -> str:
    if not now.high:
        if not (now.rated and before.rated):
            return ""
        return f"; in {named(before)} it was {before.high_ratings or 'none'} of {before.rated}"
    if (now.high, now.shown) == (before.high, before.shown):
        return f", as in {named(before)}"
    of = "" if now.shown == before.shown else f" of {before.shown}"
    return f"; in {named(before)} it was {before.high or 'none'}{of}"


def _counted(now: Standing, before: Standing) -> str:
    """How many partners stand behind each round, where it is not the same number."""
    if now.partners == before.partners:
        return ""
    partners = "partner counts" if now.partners == 1 else "partners count"
    return f" {now.partners} {partners} in {named(now)}, {before.partners} in {named(before)}."


def moved_words(now: Standing, before: Standing, whose: str = "the") -> str:
    """On how many indicators the median rose and fell, in a sentence; empty where none did."""
    both = [(now.medians[key], was) for key, was in before.medians.items() if key in now.medians]
    counted = (
        ("risen", sum(is_now > was for is_now, was in both)),
        ("fallen", sum(is_now < was for is_now, was in both)),
    )
    said = [
        f"{way} on {count} indicator{'' if count == 1 else 's'}" for way, count in counted if count
    ]
    return f" Since then {whose} median has {' and '.join(said)}." if said else ""
