"""What a round adds up to, commitment by commitment, in figures and in computed sentences."""

from dataclasses import dataclass

from assessments.models import Round
from assessments.scoring import RollUp
from commitments.models import Rating
from progress.dashboards.figures import Figures, Years
from progress.dashboards.moves import Moves, moves_of, total

HIGH = (Rating.ESTABLISHED, Rating.LEADING)


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
    """Say on how many indicators most partners are high, and on how many it was before."""
    now, was = years.now, years.before
    if not now.partners:
        return "No assessment is accepted yet, so there is nothing to add up."
    asked = len(now.indicators)
    words = (
        f"On {high_indicators(now)} of {asked} indicator{'' if asked == 1 else 's'} most of the "
        "partners rated are Established or Leading"
    )
    if was is None or not was.partners:
        return f"{words}."
    then = high_indicators(was)
    if len(was.indicators) != asked:
        return f"{words}; in round {was.round} it was {then} of {len(was.indicators)}."
    return f"{words}; in round {was.round} it was {then}."


def high_indicators(figures: Figures) -> int:
    """On how many indicators more than half of those rated are Established or Leading."""
    sums = (figures.roll_up(asked) for asked in figures.indicators)
    return sum(2 * sum(each.counts[rating] for rating in HIGH) > each.rated for each in sums)
