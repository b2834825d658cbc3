"""Three texts of one thing: what was there, what one person made of it, and what another did; pure.

The rule of every save that comes second: fields that only one side changed merge by themselves,
fields that both changed are for a person to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Values = Mapping[str, object]
# Fields of which one is said of the other: when each side changed one, both are asked about.
TOGETHER = (("rating", "completed"),)
# Values that need a text beside them: where merging would leave it empty, both are asked about.
NEEDS = (("rating", "na", "reason"),)
# Sets: what each side added or took away counts, and nothing is to be decided.
SETS = frozenset({"support"})
# Texts of which both can be kept, one under the other.
JOINED = frozenset({"reason", "narrative", "support_words", "what"})
MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass(frozen=True)
class Merge:
    """What comes of it: the merged values, the fields to decide, and those taken from the other.

    In `values` a field to decide has mine.
    """

    values: Values
    conflicts: tuple[str, ...]
    taken: tuple[str, ...]


def merge(base: Values | None, mine: Values, theirs: Values) -> Merge:
    """Merge field by field; without a base every field that differs is to be decided.

    All three have the same names; the order of `mine` is the order of what is returned.
    """
    differing = [name for name in mine if mine[name] != theirs[name]]
    if base is None:
        return Merge(mine, tuple(differing), ())
    by_me = {name for name in mine if mine[name] != base[name]}
    by_them = {name for name in mine if theirs[name] != base[name]}
    conflicts = {name for name in differing if name in by_me & by_them and not _is_set(name, base)}
    for pair in TOGETHER:
        if _split(pair, by_me, by_them):
            conflicts |= {name for name in pair if name in differing}
    values = {name: _merged(name, base, mine, theirs) for name in mine}
    open_to = {name: {mine[name], theirs[name]} for name in conflicts}
    conflicts |= {name for name in _lacking(values, open_to) if name in differing}
    taken = [name for name in differing if name in by_them and name not in conflicts]
    values |= {name: mine[name] for name in conflicts}
    return Merge(values, tuple(name for name in mine if name in conflicts), tuple(taken))


def _is_set(name: str, base: Values) -> bool:
    return name in SETS and base[name] is not None


def _merged(name: str, base: Values, mine: Values, theirs: Values) -> object:
    """The value when nothing is to be decided about it: that of the side that changed it."""
    if _is_set(name, base):
        before, one, other = (set(side[name]) for side in (base, mine, theirs))  # type: ignore[call-overload]  # sets
        return tuple(sorted((other | (one - before)) - (before - one)))
    return mine[name] if mine[name] != base[name] else theirs[name]


def _lacking(values: Values, open_to: Mapping[str, set[object]]) -> set[str]:
    """The names of a value and its text where the value needs the text and there may be none.

    `open_to` is what fields that are to be decided may become.
    """
    found: set[str] = set()
    for name, value, text in NEEDS:
        if name in values:
            texts = open_to.get(text, {values[text]})
            if value in open_to.get(name, {values[name]}) and any(
                not str(t).strip() for t in texts
            ):
                found |= {name, text}
    return found


def _split(pair: tuple[str, str], by_me: set[str], by_them: set[str]) -> bool:
    """Whether each side changed another one of the pair."""
    first, second = pair
    return (first in by_me and second in by_them) or (second in by_me and first in by_them)


def decide(mine: Values, theirs: Values, choices: Mapping[str, str]) -> Values:
    """Apply what a person decided: for each field named, mine, theirs or both.

    Both is for texts only: theirs, an empty line, mine. Of anything else mine is kept.
    """
    decided = dict(mine)
    for name, choice in choices.items():
        if choice == THEIRS:
            decided[name] = theirs[name]
        elif choice == BOTH and name in JOINED:
            texts = [str(theirs[name]), str(mine[name])]
            decided[name] = "\n\n".join(text for text in texts if text.strip())
    return decided
