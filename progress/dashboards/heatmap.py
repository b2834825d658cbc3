"""The heatmap: every partner's rating of every indicator in one round, and what they add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from assessments import workflow
from assessments.dashboards import why_left_out
from assessments.models import Answer, Assessment, Round, Snapshot
from assessments.scoring import RollUp, roll_up
from assessments.workflow import State
from commitments.models import Indicator, Rating
from progress.dashboards.left_out import LeftOut, by_reason

BY_PARTNER = "partner"


@dataclass(frozen=True)
class Filters:
    """What is shown, and in what order; `sort` is `partner` or an indicator's code."""

    kind: str = ""
    commitment: int | None = None
    include: bool = False
    sort: str = BY_PARTNER
    descending: bool = False


@dataclass(frozen=True)
class Cell:
    """One answer as the table shows it; `value` also names the tint."""

    value: str
    text: str
    words: str

    @property
    def is_rating(self) -> bool:
        """Whether the cell holds a rating from 0 to 4."""
        return self.value.isdigit()


RATED = {
    rating.value: Cell(str(rating.value), str(rating.value), rating.label) for rating in Rating
}
NOT_APPLICABLE = Cell("na", "n/a", "not applicable")
NO_ANSWER = Cell("none", "–", "no answer")


@dataclass(frozen=True)
class Column:
    """One indicator: its code, short label and commitment."""

    pk: int
    code: str
    title: str
    commitment: int


@dataclass(frozen=True)
class Row:
    """One partner's answers in the columns' order; `mark` names a state other than accepted."""

    name: str
    slug: str
    mark: str
    cells: tuple[Cell, ...]

    @property
    def counts(self) -> bool:
        """Whether the row is in the figures: accepted assessments only."""
        return not self.mark


@dataclass(frozen=True)
class Sum:
    """What one indicator adds up to over the accepted assessments shown."""

    column: Column
    figures: RollUp

    @property
    def median(self) -> str:
        """The lower median with its name, or that there is none."""
        if self.figures.median is None:
            return "none"
        return f"{self.figures.median} {Rating(self.figures.median).label}"

    @property
    def no_answer(self) -> int:
        """How many of the answers are neither rated nor marked as not applicable."""
        return self.figures.of - self.figures.rated - self.figures.not_applicable


@dataclass(frozen=True)
class Heatmap:
    """The whole page."""

    round: Round
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sums: tuple[Sum, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def title(self) -> str:
        """What the table is about."""
        return f"Ratings by partner and indicator, round {self.round}"

    @property
    def counted(self) -> int:
        """How many assessments stand behind the figures."""
        return sum(row.counts for row in self.rows)


def columns(round: Round) -> list[Column]:
    """Read the indicators of the round's edition, in its order."""
    indicators = Indicator.objects.of(round.edition)
    return [
        Column(indicator.pk, indicator.code, indicator.title, indicator.commitment.number)
        for indicator in indicators.order_by("commitment__number", "number")
    ]


def heatmap(round: Round, indicators: list[Column], filters: Filters) -> Heatmap:
    """Read the heatmap in two queries, however many partners there are."""
    shown = [
        column
        for column in indicators
        if filters.commitment is None or column.commitment == filters.commitment
    ]
    assessments = Assessment.objects.filter(round=round).order_by("partner__name")
    if filters.kind:
        assessments = assessments.filter(partner__kind=filters.kind)
    snapshots = Snapshot.objects.filter(assessment=OuterRef("pk"))
    found = list(
        assessments.annotate(was_accepted=Exists(snapshots)).values_list(
            "pk", "state", "was_accepted", "partner__name", "partner__slug"
        )
    )
    cells = _cells(pk for pk, state, *_ in found if filters.include or _counts(state))
    rows = [
        Row(
            name, slug, _mark(state), tuple(cells[pk].get(column.pk, NO_ANSWER) for column in shown)
        )
        for pk, state, _, name, slug in found
        if pk in cells
    ]
    return Heatmap(
        round=round,
        columns=tuple(shown),
        rows=_sorted(rows, shown, filters),
        sums=tuple(_sum(column, place, rows) for place, column in enumerate(shown)),
        left_out=by_reason(
            (why_left_out(State(state), was_accepted=accepted), name)
            for _, state, accepted, name, *_ in found
        ),
    )


def _mark(state: str) -> str:
    return "" if _counts(state) else workflow.LABELS[State(state)]


def _counts(state: str) -> bool:
    return state == State.ACCEPTED


def _cells(assessments: Iterable[int]) -> Mapping[int, Mapping[int, Cell]]:
    cells: dict[int, dict[int, Cell]] = {pk: {} for pk in assessments}
    # Words of an earlier round that nobody has saved in this one do not count.
    answers = Answer.objects.filter(assessment__in=cells, updated_at__isnull=False)
    for pk, indicator, rating, not_applicable in answers.values_list(
        "assessment_id", "indicator_id", "rating", "not_applicable"
    ).iterator(chunk_size=5000):
        unrated = NOT_APPLICABLE if not_applicable else NO_ANSWER
        cells[pk][indicator] = unrated if rating is None else RATED[rating]
    return cells


def _sum(column: Column, place: int, rows: list[Row]) -> Sum:
    answers = (row.cells[place] for row in rows if row.counts)
    pairs = ((int(cell.value) if cell.is_rating else None, cell is NOT_APPLICABLE)
             for cell in answers)  # fmt: skip
    return Sum(column, roll_up(pairs))


def _sorted(rows: list[Row], shown: list[Column], filters: Filters) -> tuple[Row, ...]:
    """Sort by partner or by one indicator; what is not rated stays at the end."""
    by_name = sorted(rows, key=lambda row: row.name.casefold())
    if filters.sort == BY_PARTNER:
        return tuple(reversed(by_name) if filters.descending else by_name)
    place = next((at for at, column in enumerate(shown) if column.code == filters.sort), None)
    if place is None:
        return tuple(by_name)
    rated = [row for row in by_name if row.cells[place].is_rating]
    rest = [row for row in by_name if not row.cells[place].is_rating]
    sign = -1 if filters.descending else 1
    return (*sorted(rated, key=lambda row: sign * int(row.cells[place].value)), *rest)
