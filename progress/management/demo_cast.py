"""Who is in the demonstration, and how each partner answers: by the pace at which it moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Any

from assessments.actions.answering import Wanted, save_answer
from assessments.actions.evidence import Link
from assessments.models import Answer, Assessment, Round
from assessments.workflow import State
from commitments.models import Rating
from progress.management.demo_words import Details
from signatories.models import Partner, User

# How often somebody who is not far yet asks for help: now, and in the years before.
ASKS_NOW, ASKED_THEN = 0.3, 0.1


class Pace(Enum):
    """How a partner's ratings move from one round to the next; one of these each time."""

    FAST = (0, 1, 1, 1, 2)
    STEADY = (0, 0, 0, 1, 1)
    SLOW = (0, 0, 0, 0, 1)
    SLIPS = (-1, -1, 0, 0, 1)


# In the order in which partners come: those furthest this year first, Braintree last.
PACES = (
    Pace.FAST, Pace.STEADY, Pace.STEADY, Pace.FAST, Pace.SLIPS, Pace.STEADY, Pace.SLOW, Pace.FAST,
    Pace.STEADY, Pace.SLIPS, Pace.SLOW, Pace.STEADY, Pace.SLOW, Pace.SLIPS, Pace.SLOW, Pace.STEADY,
)  # fmt: skip
# Who begins high has the furthest to fall.
BEGINS = {
    Pace.FAST: (0, 1, 1),
    Pace.STEADY: (1, 1, 2),
    Pace.SLOW: (0, 1, 2),
    Pace.SLIPS: (2, 3, 3),
}


@dataclass(frozen=True)
class Role:
    """One partner with its people, its place in the story and where it stands this year."""

    place: int
    partner: Partner
    state: State
    leader: User
    lead: User
    contributor: User
    # The commitments of whose answers it has nothing to show, by their numbers.
    bare: tuple[str, ...] = ()

    @property
    def pace(self) -> Pace:
        """How its ratings move."""
        return PACES[self.place]

    def assessment(self, round_: Round) -> Assessment:
        """Its assessment in the round, as it is now."""
        related = Assessment.objects.select_related("partner", "round")
        return related.get(partner=self.partner, round=round_)


class Author:
    """Writes answers: near what the partner said a year ago, else as its pace begins."""

    def __init__(self, words: Mapping[str, Any], seed: int) -> None:
        self.words = words
        self.random = Random(seed)  # noqa: S311  a story, not a secret
        self.details = Details(words["details"], seed)

    def write(
        self, role: Role, answers: Iterable[Answer], *, asks: float, most_links: int = 9
    ) -> None:
        """Save each as completed; `asks` is how often a low one goes with asking for support."""
        of_commissioner = role.partner.kind == Partner.Kind.COMMISSIONER
        aside = self.words["not_applicable"] if of_commissioner else []
        reasons = {item["code"]: item["reason"] for item in aside}
        for answer in answers:
            if reason := reasons.get(answer.indicator.code):
                self._set_aside(answer, role.lead, reason)
            else:
                self._save(answer, role, asks, most_links)

    def add(self, answer: Answer, words: str, by: User) -> None:
        """Say more, as ecda asked for."""
        save_answer(
            answer=answer,
            version=answer.version,
            rating=answer.rating,
            not_applicable=answer.not_applicable,
            reason=answer.reason,
            narrative=f"{answer.narrative}\n\n{words}".strip(),
            completed=True,
            by=by,
        )

    def _rate(self, before: int | None, pace: Pace) -> int:
        if before is None:
            near = self.random.choice([-1, 0, 0, 1])
            return min(4, max(0, self.random.choice(BEGINS[pace]) + near))
        return min(4, max(0, before + self.random.choice(pace.value)))

    def _set_aside(self, answer: Answer, lead: User, reason: str) -> None:
        save_answer(
            answer=answer,
            version=answer.version,
            rating=None,
            not_applicable=True,
            reason=reason,
            narrative="",
            completed=True,
            by=lead,
        )

    def _save(self, answer: Answer, role: Role, asks: float, most_links: int) -> None:
        rating = self._rate(answer.rating, role.pace)
        code = answer.indicator.code
        variant = self.random.choice(self.words["answers"][code][rating])
        domain = self.words["domains"][role.partner.slug]
        links = [
            Link(title=found["title"], url=found["url"].format(domain=domain))
            for found in variant["evidence"][:most_links]
            if not code.startswith(role.bare)
        ]
        save_answer(
            answer=answer,
            version=answer.version,
            rating=rating,
            not_applicable=False,
            reason="",
            narrative=self.details.fill(variant["narrative"], answer.assessment.round_id),
            completed=True,
            willing_to_share=rating >= Rating.ESTABLISHED and bool(links),
            by=role.lead,
            links=links,
            wanted=self._wanted(answer, rating, asks),
        )

    def _wanted(self, answer: Answer, rating: int, asks: float) -> Wanted | None:
        """Those who are not far yet ask for help now and then."""
        if rating > Rating.EXPLORING or self.random.random() > asks:
            return None
        offers = tuple(answer.indicator.support_offers.all()[:1])
        code = answer.indicator.code
        texts = [item["text"] for item in self.words["support_texts"] if item["indicator"] == code]
        return Wanted(offers=offers, words="" if offers or not texts else texts[0])
