"""The blank questions of a round, to be printed and written on: what the document says."""

import hashlib
import math
from collections import defaultdict
from dataclasses import dataclass

from assessments.dashboards.attached import read_levels
from assessments.models import Round
from commitments.models import Commitment, Indicator, LevelDescription, SupportOffer

# What a page has for ruled lines, in millimetres: its height without what is always printed on it,
# less each line of text. Estimated, because laying out boxes that grow takes ten times as long.
PAGE, TEXT_LINE, RULED_LINE, FEWEST_LINES = 129.0, 4.7, 8, 4
CHARACTERS = 110


@dataclass(frozen=True)
class Question:
    """One indicator with what each rating means, and the help that ecda offers with it."""

    indicator: Indicator
    levels: tuple[LevelDescription, ...]
    offers: tuple[str, ...]
    statement: str = ""

    @property
    def room(self) -> int:
        """How many millimetres of the page are left for ruled lines; whole lines, never too few.

        What needs more than one page goes on to the next.
        """
        texts = [self.statement, self.indicator.text, *self.offers]
        texts += [f"0 Established {level.description}" for level in self.levels]
        lines = sum(math.ceil(len(text) / CHARACTERS) for text in texts)
        ruled = int((PAGE - lines * TEXT_LINE) // RULED_LINE)
        return RULED_LINE * max(ruled, FEWEST_LINES)

    @property
    def lines(self) -> range:
        """The ruled lines that the room holds."""
        return range(self.room // RULED_LINE)


@dataclass(frozen=True)
class Chapter:
    """One commitment with its questions."""

    commitment: Commitment
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Questions:
    """All that the sheet of questions says."""

    round: Round
    chapters: tuple[Chapter, ...]

    @property
    def edition(self) -> str:
        """The edition that is asked about."""
        return self.round.edition.title

    @property
    def digest(self) -> str:
        """A short hash of all that is printed: the same sheet has the same one."""
        said = [self.edition, self.round.name, self.round.due_on, self.round.closes_on]
        for chapter in self.chapters:
            commitment = chapter.commitment
            said += [commitment.number, commitment.title, commitment.statement]
            for question in chapter.questions:
                indicator = question.indicator
                said += [indicator.code, indicator.title, indicator.text, *question.offers]
                said += [(level.rating, level.description) for level in question.levels]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def read_questions(round: Round) -> Questions:
    """Read the round's questions: four queries, however many indicators there are."""
    levels = read_levels(round.edition_id)
    offers: dict[int, list[str]] = defaultdict(list)
    helps = SupportOffer.objects.filter(edition=round.edition_id).order_by("name")
    for offer in helps.prefetch_related("indicators"):
        for indicator in offer.indicators.all():
            offers[indicator.pk].append(offer.name)
    questions: dict[Commitment, list[Question]] = defaultdict(list)
    indicators = Indicator.objects.filter(commitment__edition=round.edition_id)
    for indicator in indicators.select_related("commitment").order_by(
        "commitment__number", "number"
    ):
        pk, found = indicator.pk, questions[indicator.commitment]
        # The first page of a commitment has its statement above the question.
        statement = "" if found else indicator.commitment.statement
        found.append(Question(indicator, levels.get(pk, ()), tuple(offers[pk]), statement))
    chapters = (Chapter(commitment, tuple(found)) for commitment, found in questions.items())
    return Questions(round, tuple(chapters))
