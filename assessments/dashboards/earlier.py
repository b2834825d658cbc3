"""What a partner said in earlier rounds: to look at, to compare with, to begin from."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from assessments.models import Answer, Assessment
from assessments.scoring import Movement, movement
from commitments.models import Rating

SAID = ("rating", "not_applicable", "reason", "narrative")
MARKS = {Movement.UP: "▲", Movement.DOWN: "▼"}


@dataclass(frozen=True)
class Earlier:
    """What the partner said of this indicator in an earlier round."""

    answer_id: int
    round: str
    rating: int | None
    not_applicable: bool
    reason: str
    narrative: str

    @property
    def rating_words(self) -> str:
        """The rating in words."""
        if self.rating is not None:
            return f"{self.rating} {Rating(self.rating).label}"
        return "Not applicable" if self.not_applicable else "No answer"

    @property
    def rating_value(self) -> str:
        """What the tint of the rating goes by: 0 to 4, na or none."""
        if self.rating is not None:
            return str(self.rating)
        return "na" if self.not_applicable else "none"


@dataclass(frozen=True)
class Change:
    """How an answer differs from the one before, in words; `mark` repeats up and down."""

    movement: Movement
    mark: str
    words: str


def change_of(answer: Answer, earlier: Earlier | None) -> Change | None:
    """Compare an answer with the one before; None while there is none to compare."""
    if not answer.is_answered:
        return None
    if earlier is None:
        return Change(Movement.NEW, "", "New")
    now = (answer.rating, answer.not_applicable)
    moved = movement((earlier.rating, earlier.not_applicable), now)
    same = earlier.narrative == answer.narrative and earlier.reason == answer.reason
    before = f"{earlier.rating_words} in {earlier.round}"
    words = {
        Movement.UP: f"Up from {before}",
        Movement.DOWN: f"Down from {before}",
        Movement.SAME: f"Unchanged since {earlier.round}" if same else "Same rating, other words",
    }
    return Change(moved, MARKS.get(moved, ""), words.get(moved, f"Changed from {before}"))


COUNTED = {
    Movement.UP: "up",
    Movement.DOWN: "down",
    Movement.OTHER: "changed otherwise",
    Movement.SAME: "with the same rating",
    Movement.NEW: "new",
}


def changes_in_words(changes: Iterable[Change | None]) -> str:
    """How many answers moved which way, such as "3 up, 10 with the same rating"."""
    counts = Counter(change.movement for change in changes if change is not None)
    return ", ".join(
        f"{counts[moved]} {words}" for moved, words in COUNTED.items() if counts[moved]
    )


def earlier_answers() -> QuerySet[Answer]:
    """The partner's saved answers to the same question in earlier rounds, the latest first.

    A subquery of answers. An indicator of a later edition continues the one with its title.
    """
    return Answer.objects.filter(
        assessment__partner=OuterRef("assessment__partner"),
        assessment__round__opens_on__lt=OuterRef("assessment__round__opens_on"),
        indicator__title__iexact=OuterRef("indicator__title"),
        updated_at__isnull=False,
    ).order_by("-assessment__round__opens_on", "-pk")


def earlier_facts() -> Subquery:
    """The latest of `earlier_answers` as JSON, to annotate answers with; see `earlier_of`."""
    names: dict[str, Any] = {name: name for name in SAID}
    said = JSONObject(**names, answer_id="pk", round="assessment__round__name")
    return Subquery(earlier_answers().values(facts=said)[:1])


def earlier_of(facts: dict[str, Any] | None) -> Earlier | None:
    """What `earlier_facts` found."""
    return Earlier(**facts) if facts else None


def carryable(assessment: Assessment) -> QuerySet[Answer]:
    """The answers nobody has touched, each with `source`: the earlier one it can begin from.

    The latest that was completed; answers without one are left out.
    """
    untouched = assessment.answers.filter(
        updated_at__isnull=True,
        carried_from__isnull=True,
        rating__isnull=True,
        not_applicable=False,
        reason="",
        narrative="",
    )
    completed = earlier_answers().filter(completed=True)
    found = untouched.annotate(source=Subquery(completed.values("pk")[:1]))
    return found.filter(source__isnull=False).order_by("pk")


def read_carryable(assessment: Assessment) -> str:
    """The rounds whose answers the assessment can begin from, such as "2025": one query.

    Empty when there are none.
    """
    sources: Any = carryable(assessment)
    found = Answer.objects.filter(pk__in=sources.values("source"))
    found = found.order_by("assessment__round__opens_on")
    return rounds_in_words(found.values_list("assessment__round__name", flat=True).distinct())


def source_of(answer: Answer) -> int:
    """The earlier answer that `carryable` found."""
    source: int = vars(answer)["source"]
    return source


def rounds_in_words(names: Iterable[str]) -> str:
    """The rounds' names, each once, as a sentence lists them."""
    rounds = list(dict.fromkeys(names))
    return " and ".join([", ".join(rounds[:-1]), rounds[-1]] if len(rounds) > 1 else rounds)
