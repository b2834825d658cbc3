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
    every round.
    """

    name: str
    high: int
    shown: int
    indicators: int
    medians: Mapping[str, int] = field(default_factory=dict)


def standing(name: str, figures: Mapping[str, RollUp | None]) -> Standing:
    """Count the indicators on which more than half of those rated are Established or Leading.

    `figures` are by what an indicator is known by in every round; None for one that is not shown.
    """
    shown = {key: each for key, each in figures.items() if each is not None}
    return Standing(
        name=name,
        high=sum(is_high(each) for each in shown.values()),
        shown=len(shown),
        indicators=len(figures),
        medians={key: each.median for key, each in shown.items() if each.median is not None},
    )


def is_high(figures: RollUp) -> bool:
    """Whether more than half of the ratings are Established or Leading."""
    return 2 * sum(figures.counts[rating] for rating in HIGH) > figures.rated


def headline(rounds: Sequence[Standing]) -> str:
    """Say where the newest round stands of which anything is shown, and how it was before.

    `rounds` are in order, the oldest first. Empty without any.
    """
    if not rounds:
        return ""
    shown = [each for each in rounds if each.shown]
    if not shown:
        return f"Too few partners stand behind the figures of {_named(rounds[-1])} to show them."
    now = shown[-1]
    begins = f"In {_named(now)}, most partners were Established or Leading on {_number(now)}"
    if len(shown) == 1:
        return f"{begins}."
    return f"{begins}{_compared(now, shown[-2])}.{_moved(now, shown[-2])}"


def _named(round: Standing) -> str:
    """A year is a name by itself; any other is said to be a round’s."""
    return round.name if round.name.isdecimal() else f"the round “{round.name}”"


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
    if (now.high, now.shown) == (before.high, before.shown):
        return f", as in {_named(before)}"
    of = "" if now.shown == before.shown else f" of {before.shown}"
    return f"; in {_named(before)} it was {before.high or 'none'}{of}"


def _moved(now: Standing, before: Standing) -> str:
    """On how many indicators the median rose and fell; nothing where none did."""
    both = [(now.medians[key], was) for key, was in before.medians.items() if key in now.medians]
    counted = (
        ("risen", sum(is_now > was for is_now, was in both)),
        ("fallen", sum(is_now < was for is_now, was in both)),
    )
    said = [
        f"{way} on {count} indicator{'' if count == 1 else 's'}" for way, count in counted if count
    ]
    return f" Since then the median has {' and '.join(said)}." if said else ""
