"""A partner's own page: where it stands and stood, what is late, and how others stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Exists, OuterRef

from assessments import workflow
from assessments.dashboards import OVERDUE, Line, read_improvements, why_left_out
from assessments.models import (
    Answer,
    Assessment,
    Publication,
    ReleaseEntry,
    Round,
    Snapshot,
    SupportRequest,
)
from assessments.scoring import Movement, movement
from assessments.workflow import State
from commitments.models import Rating
from progress.dashboards.figures import NOTHING, Asked, Said
from progress.dashboards.released import Comparison, Group, Shown, comparison
from signatories.models import Partner, User

# What several of one kind are called; the other kinds' names are those of one and of many.
PLURALS = {
    Partner.Kind.COUNTY: "County councils",
    Partner.Kind.UNITARY: "Unitary authorities",
    Partner.Kind.DISTRICT: "District councils",
    Partner.Kind.METROPOLITAN: "Metropolitan districts",
    Partner.Kind.LONDON: "London boroughs",
    Partner.Kind.COMBINED: "Combined authorities",
    Partner.Kind.POLICE: "Police forces",
    Partner.Kind.FIRE: "Fire and rescue services",
    Partner.Kind.COMMISSIONER: "Commissioners",
    Partner.Kind.UNIVERSITY: "Universities",
}


@dataclass(frozen=True)
class Cell:
    """One answer as tables show it: `value` names the tint, `words` say the rating in full."""

    said: Said
    value: str
    text: str
    words: str


@dataclass(frozen=True)
class Standing:
    """The partner in one round, with all that it said by the indicator's key."""

    assessment: Assessment
    left_out: str
    asked: tuple[Asked, ...] = ()
    said: dict[str, Said] = field(default_factory=dict, repr=False)

    @property
    def round(self) -> Round:
        """The round."""
        return self.assessment.round

    @property
    def state(self) -> str:
        """The state's name."""
        return workflow.LABELS[State(self.assessment.state)]

    @property
    def has_answers(self) -> bool:
        """Whether anything is answered."""
        return any(said != NOTHING for said in self.said.values())


@dataclass(frozen=True)
class OneLine:
    """One indicator: what the partner says of it now and said before, and what others say.

    `change` is ▲ or ▼ or nothing, and `how` says it in words. `cells` follow the page's rounds.
    """

    asked: Asked
    cell: Cell
    change: str
    how: str
    before: int | None
    cells: tuple[Cell, ...]
    everyone: Shown | None
    kind: Shown | None


@dataclass(frozen=True)
class Block:
    """One commitment: its indicators, and how many of them are rated."""

    number: int
    lines: tuple[OneLine, ...]

    @property
    def words(self) -> str:
        """How many of its indicators are rated, such as "2 of 3 rated"."""
        rated = sum(line.cell.said[0] is not None for line in self.lines)
        return f"{rated} of {len(self.lines)} rated"


@dataclass(frozen=True)
class Waiting:
    """One request for support that waits."""

    pk: int
    code: str
    what: str
    state: str
    asked_at: datetime


@dataclass(frozen=True)
class Page:
    """All that the page shows; `standing` is None where the partner takes no part in the round.

    `standings` are all rounds that the partner takes part in, the oldest first; `is_compared` is
    whether the partner itself is in the figures that it is compared with.
    """

    round: Round
    standing: Standing | None
    earlier: Standing | None
    standings: tuple[Standing, ...]
    blocks: tuple[Block, ...]
    overdue: tuple[Line, ...]
    support: tuple[Waiting, ...]
    comparison: Comparison | None
    is_compared: bool
    publishes: bool

    @property
    def lines(self) -> tuple[OneLine, ...]:
        """All indicators, in order."""
        return tuple(line for block in self.blocks for line in block.lines)

    @property
    def drawn(self) -> str:
        """What the signs of the chart of ratings mean, of those that are drawn in it."""
        words = f"The dot is the rating in round {self.round}."
        if self.earlier is not None:
            words = (
                f"The ring is the rating in round {self.earlier.round}, the dot in {self.round}."
            )
        if any(median is not None for *_, median in self.steps):
            words += " The line is the median of all partners in the released figures."
        return words

    @property
    def compared_words(self) -> str:
        """Which release the others' figures are from, and of when."""
        if self.comparison is None:
            return ""
        releases = {each.release for each in (self.comparison.everyone, self.comparison.kind)}
        said = (
            f"release {each.number} of {each.released_at:%-d %B %Y}"
            for each in sorted(releases, key=lambda each: each.number)
        )
        return f"round {self.comparison.round}, {' and '.join(said)}"

    @property
    def groups(self) -> tuple[Group, ...]:
        """All partners and the partner's kind, where there is a released round."""
        found = self.comparison
        if found is None:
            return ()
        kind = Partner.Kind(found.kind.kind)
        return (found.everyone, replace(found.kind, name=PLURALS.get(kind, kind.label)))

    @property
    def hidden(self) -> tuple[str, ...]:
        """Why some of the others' figures are not shown, each reason once."""
        results = [each for group in self.groups for each in group.figures.results]
        return tuple(dict.fromkeys(each.why for each in results if each.why))

    @property
    def steps(self) -> list[tuple[str, int | None, int | None, int | None]]:
        """Each indicator with the rating before, the rating now and all partners' median."""
        return [
            (f"{line.asked.code} {line.asked.title}", line.before, line.cell.said[0], _median(line))
            for line in self.lines
        ]


def read_rounds() -> list[Round]:
    """Return the rounds that partners know of, the newest first: one query."""
    return list(Round.objects.opened().latest_first().select_related("edition"))


def read_page(partner: Partner, round: Round, user: User) -> Page:
    """Read the page of one round as this person may see it: a fixed number of queries."""
    standings = _standings(partner)
    standing = next((each for each in standings if each.round == round), None)
    before = [
        each
        for each in standings
        if (each.round.opens_on, each.round.pk) < (round.opens_on, round.pk)
    ]
    earlier = before[-1] if before else None
    compared = comparison(partner, round, user)
    publishes, is_compared = _publishing(partner, compared)
    return Page(
        round=round,
        standing=standing,
        earlier=earlier,
        standings=standings,
        blocks=_blocks(standing, earlier, standings, compared),
        overdue=tuple(read_improvements(partner, OVERDUE)),
        support=tuple(_support(partner)),
        comparison=compared,
        is_compared=is_compared,
        publishes=publishes,
    )


def _publishing(partner: Partner, compared: Comparison | None) -> tuple[bool, bool]:
    """Whether its ratings are public, and whether the figures hold its answers: one query."""
    mine = Publication.objects.live().filter(partner=OuterRef("pk"))
    release = compared.everyone.release.pk if compared else None
    entries = ReleaseEntry.objects.filter(release=release, partner=OuterRef("pk"))
    counted = entries.filter(snapshot__isnull=False)
    found = Partner.objects.filter(pk=partner.pk).values_list(Exists(mine), Exists(counted)).get()
    return bool(found[0]), bool(found[1])


def _standings(partner: Partner) -> tuple[Standing, ...]:
    """Every round that the partner takes part in, the oldest first: two queries."""
    was = Exists(Snapshot.objects.filter(assessment=OuterRef("pk")))
    found = Assessment.objects.filter(partner=partner).annotate(was=was)
    related = found.select_related("round__edition").order_by("round__opens_on", "round_id")
    standings = {
        each.pk: Standing(each, why_left_out(State(each.state), was_accepted=vars(each)["was"]))
        for each in related
    }
    asked: dict[int, list[Asked]] = {pk: [] for pk in standings}
    answers = Answer.objects.filter(assessment__in=standings).in_order()
    for answer in answers.defer("narrative", "reason"):
        indicator = answer.indicator
        one = Asked(indicator.pk, indicator.code, indicator.title, indicator.commitment.number)
        asked[answer.assessment_id].append(one)
        # Words of an earlier round that nobody has saved in this one do not count.
        said = (answer.rating, answer.not_applicable) if answer.updated_at else NOTHING
        standings[answer.assessment_id].said[one.key] = said
    return tuple(
        Standing(each.assessment, each.left_out, tuple(asked[pk]), each.said)
        for pk, each in standings.items()
    )


def _blocks(
    standing: Standing | None,
    earlier: Standing | None,
    standings: Sequence[Standing],
    compared: Comparison | None,
) -> tuple[Block, ...]:
    """Each commitment of the round's edition; none where the partner takes no part."""
    if standing is None:
        return ()
    everyone = _by_key(compared.everyone) if compared else {}
    kind = _by_key(compared.kind) if compared else {}
    blocks: dict[int, list[OneLine]] = {}
    for asked in standing.asked:
        now = standing.said.get(asked.key, NOTHING)
        was = earlier.said.get(asked.key) if earlier else None
        change, how = _change(was, now) if earlier and now != NOTHING else ("", "")
        line = OneLine(
            asked=asked,
            cell=_cell(now),
            change=change,
            how=how,
            before=was[0] if was else None,
            cells=tuple(_cell(each.said.get(asked.key, NOTHING)) for each in standings),
            everyone=everyone.get(asked.key),
            kind=kind.get(asked.key),
        )
        blocks.setdefault(asked.commitment, []).append(line)
    return tuple(Block(number, tuple(lines)) for number, lines in blocks.items())


def _by_key(group: Group) -> dict[str, Shown]:
    return {each.asked.key: each for each in group.figures.results}


def _cell(said: Said) -> Cell:
    rating, aside = said
    if rating is not None:
        return Cell(said, str(rating), str(rating), f"{rating} {Rating(rating).label}")
    if aside:
        return Cell(said, "na", "n/a", "Not applicable")
    return Cell(said, "none", "–", "No answer")


def _change(was: Said | None, now: Said) -> tuple[str, str]:
    """How the page shows a movement, and what that means in words."""
    if was is None or was == NOTHING:
        return "", "new: no answer before"
    moved, words = movement(was, now), _cell(was).words
    if moved is Movement.UP:
        return "▲", f"up from {words}"
    if moved is Movement.DOWN:
        return "▼", f"down from {words}"
    return "", "the same as before" if moved is Movement.SAME else f"was {words.lower()}"


def _support(partner: Partner) -> Iterable[Waiting]:
    waiting = SupportRequest.objects.waiting().filter(partner=partner)
    for request in waiting.select_related("indicator__commitment", "offer").order_by("asked_at"):
        yield Waiting(
            pk=request.pk,
            code=request.indicator.code,
            what=str(request),
            state=request.get_state_display(),
            asked_at=request.asked_at,
        )


def _median(line: OneLine) -> int | None:
    shown = line.everyone.roll_up if line.everyone else None
    return shown.median if shown else None
