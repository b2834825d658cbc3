"""What a round adds up to, commitment by commitment, in figures and in computed sentences."""

from collections.abc import Set
from dataclasses import dataclass, replace

from assessments.models import Round
from assessments.scoring import RollUp
from progress.dashboards.figures import Figures, Years
from progress.dashboards.headline import (
    Standing,
    moved_words,
    named,
    ratings_words,
    standing,
)
from progress.dashboards.moves import Moves, moves_of, total


@dataclass(frozen=True)
class CommitmentSum:
    """What one commitment's indicators add up to over the accepted assessments."""

    number: int
    figures: RollUp
    moves: Moves | None

    @property
    def name(self) -> str:
        """What it is called beside its bar."""
        return f"Commitment {self.number}"


@dataclass(frozen=True)
class AddedUp:
    """A round's figures: `counted` of `of` assessments are accepted and counted."""

    round: Round
    earlier: Round | None
    counted: int
    of: int
    commitments: tuple[CommitmentSum, ...]
    moves: Moves | None
    headline: str

    @property
    def rows(self) -> list[tuple[str, RollUp]]:
        """The commitments as a chart takes them."""
        return [(each.name, each.figures) for each in self.commitments]

    @property
    def stands_on(self) -> str:
        """How many assessments stand behind the figures, in a sentence."""
        one = self.counted == 1
        return f"{self.counted} of {self.of} assessments {'is' if one else 'are'} accepted."


def add_up(years: Years) -> AddedUp:
    """Add up the accepted assessments of a round, beside those of the round before."""
    now = years.now
    commitments = tuple(
        CommitmentSum(
            number,
            now.roll_up(*now.of_commitment(number)),
            moves_of(years, *now.of_commitment(number)),
        )
        for number in now.commitments
    )
    return AddedUp(
        round=now.round,
        earlier=years.before.round if years.before else None,
        counted=len(now.partners),
        of=now.of,
        commitments=commitments,
        moves=total(each.moves for each in commitments),
        headline=headline(years),
    )


def headline(years: Years) -> str:
    """Say where the partners accepted so far stand, and where the same partners stood before.

    While a round is open, few partners count in it: only those that count in both rounds are
    compared, as the others would move the figures without having moved themselves.
    """
    now, was = years.now, years.before
    if not now.partners:
        return "No assessment is accepted yet, so there is nothing to add up."
    both = {each.pk for each in was.partners} & {each.pk for each in now.partners} if was else set()
    if was is None or not both:
        return f"{_begins(standing_of(now), _who(now))}."
    mine, then = standing_of(_only(now, both)), standing_of(_only(was, both))
    who = _who(now) if len(both) == len(now.partners) else _who_in_both(len(both))
    same = "the same partner" if len(both) == 1 else "the same partners"
    begins = f"{_begins(mine, who)}; {same} in {named(then)}: {_as_before(mine, then)}."
    return begins + moved_words(mine, then, "their")


def standing_of(figures: Figures) -> Standing:
    """Where a round stands by its figures, all of which are shown."""
    sums = {asked.key: figures.roll_up(asked) for asked in figures.indicators}
    return standing(figures.round.name, sums, len(figures.partners))


def _only(figures: Figures, partners: Set[int]) -> Figures:
    return replace(figures, partners=tuple(p for p in figures.partners if p.pk in partners))


def _who(figures: Figures) -> str:
    """The partners that count, as part of a sentence."""
    many = len(figures.partners)
    if many == figures.of > 1:
        return f"all {many} partners"
    return f"the {many} partner{'' if many == 1 else 's'} accepted so far"


def _who_in_both(many: int) -> str:
    those = "partner that counts" if many == 1 else "partners that count"
    return f"the {many} {those} in both rounds"


def _says_ratings(mine: Standing) -> bool:
    """Whether ratings say more than indicators do: of one partner, and where few are high."""
    return mine.partners == 1 or not mine.high


def _begins(mine: Standing, who: str) -> str:
    if _says_ratings(mine):
        words = ratings_words(mine, f" of {who}")
        return words[0].upper() + words[1:]
    indicators = "indicator" if mine.indicators == 1 else "indicators"
    return (
        f"Of {who}, most are Established or Leading on {mine.high} of {mine.indicators} "
        f"{indicators}"
    )


def _as_before(mine: Standing, then: Standing) -> str:
    if _says_ratings(mine):
        return f"{then.high_ratings or 'none'} of {then.rated}"
    of = "" if then.indicators == mine.indicators else f" of {then.indicators}"
    return f"{then.high or 'none'}{of}"
