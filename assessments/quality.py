"""What a reviewer would ask about an answer, asked of the partner before it is sent; pure.

Questions never stop anybody: they say what is thin, in the words that a reviewer would use.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LEVELS = ("Not started", "Exploring", "Developing", "Established", "Leading")
# From Established upwards a reviewer wants to see what shows it.
HIGH = 3
TOP = len(LEVELS) - 1
# From one round to the next a rating usually moves by one level.
JUMP = 2


class Kind(StrEnum):
    """What a question is about."""

    HIGH_WITHOUT_EVIDENCE = "high_without_evidence"
    NO_NARRATIVE = "no_narrative"
    RATING_JUMPED = "rating_jumped"
    NO_LONGER_APPLICABLE = "no_longer_applicable"
    IMPROVEMENT_WITHOUT_OWNER = "improvement_without_owner"
    IMPROVEMENT_OVERDUE = "improvement_overdue"
    SUPPORT_AT_THE_TOP = "support_at_the_top"


@dataclass(frozen=True)
class Planned:
    """An improvement: what will be done, who sees to it, by when, and whether it has ended.

    `key` is what its questions are told apart by.
    """

    what: str
    owner: str
    due_on: date | None
    finished: bool
    key: int | None = None


@dataclass(frozen=True)
class Said:
    """What a partner says of one indicator.

    `rating` and `previous`, the rating of the round before, are 0 to 4 or None.
    """

    rating: int | None
    not_applicable: bool
    has_words: bool
    evidence: int = 0
    previous: int | None = None
    asks_support: bool = False
    improvements: tuple[Planned, ...] = ()


@dataclass(frozen=True)
class Question:
    """One thing that a reviewer would ask; `improvement` is the key of the one it is about."""

    kind: Kind
    words: str
    improvement: int | None = None


def questions(said: Said, today: date) -> list[Question]:
    """Ask about an answer, the rating first; nothing is asked of an answer not given yet.

    Its improvements are asked about in any case: they live across rounds.
    """
    return [question for ask in ASKED for question in ask(said, today)]


def level(rating: int) -> str:
    """The rating with its name, such as "3 Established"."""
    return f"{rating} {LEVELS[rating]}"


def _evidence(said: Said, today: date) -> Iterator[Question]:
    if said.rating is not None and said.rating >= HIGH and not said.evidence:
        words = f"You rate this {level(said.rating)}. What shows it? There is no evidence yet."
        yield Question(Kind.HIGH_WITHOUT_EVIDENCE, words)


def _narrative(said: Said, today: date) -> Iterator[Question]:
    if said.rating is not None and not said.has_words:
        words = f"Why {level(said.rating)}? The narrative is empty."
        yield Question(Kind.NO_NARRATIVE, words)


def _jump(said: Said, today: date) -> Iterator[Question]:
    if said.rating is None or said.previous is None:
        return
    if abs(said.rating - said.previous) >= JUMP:
        before, now = level(said.previous), level(said.rating)
        words = f"Last round this was {before}, now it is {now}. What has changed?"
        yield Question(Kind.RATING_JUMPED, words)


def _set_aside(said: Said, today: date) -> Iterator[Question]:
    if said.not_applicable and said.previous is not None:
        words = f"Last round this was {level(said.previous)}. Why is it not applicable now?"
        yield Question(Kind.NO_LONGER_APPLICABLE, words)


def _improvements(said: Said, today: date) -> Iterator[Question]:
    for planned in said.improvements:
        if planned.finished:
            continue
        if not planned.owner.strip():
            words = f"Who sees to the improvement “{_short(planned.what)}”? It has no owner."
            yield Question(Kind.IMPROVEMENT_WITHOUT_OWNER, words, planned.key)
        if planned.due_on is not None and planned.due_on < today:
            due = f"{planned.due_on:%-d %B %Y}"
            words = f"The improvement “{_short(planned.what)}” was due on {due}. Is it done?"
            yield Question(Kind.IMPROVEMENT_OVERDUE, words, planned.key)


def _support(said: Said, today: date) -> Iterator[Question]:
    if said.rating == TOP and said.asks_support:
        words = f"You rate this {level(TOP)} and ask for support. What do you need it for?"
        yield Question(Kind.SUPPORT_AT_THE_TOP, words)


def _short(words: str, most: int = 80) -> str:
    """The words on one line, without a full stop, no longer than can be read at a glance."""
    line = " ".join(words.split()).rstrip(".")
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"


Ask = Callable[[Said, date], Iterator[Question]]
ASKED: tuple[Ask, ...] = (_evidence, _narrative, _jump, _set_aside, _improvements, _support)
