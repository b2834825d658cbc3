"""The heatmap: every partner's rating of every indicator in one round, and what they add up to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Exists, OuterRef

from assessments import workflow
from assessments.dashboards import why_left_out
from assessments.models import Answer, Assessment, Round, Snapshot
from assessments.scoring import Movement, RollUp
from assessments.workflow import State
from commitments.models import Rating
from progress.dashboards.figures import NOTHING, Asked, Counted, Said, Years, moved
from progress.dashboards.left_out import LeftOut, by_reason
from progress.dashboards.moves import Moves, moves_of, total

BY_PARTNER = "partner"
ALL_STATES = "all"


@dataclass(frozen=True)
class Filters:
    """What is shown, and in what order.

    `state` is empty for accepted assessments, `all`, or one state: whose cells are shown. Figures
    count accepted ones only, whatever it is. `sort` is `partner` or an indicator's code.
    """

    kind: str = ""
    commitment: int | None = None
    state: str = ""
    sort: str = BY_PARTNER
    descending: bool = False

    @property
    def shows_accepted(self) -> bool:
        """Whether the cells of accepted assessments are shown."""
        return self.state in {"", ALL_STATES, State.ACCEPTED}

    @property
    def shows_others(self) -> bool:
        """Whether the cells of any other assessment are shown."""
        return self.state not in {"", State.ACCEPTED}


@dataclass(frozen=True)
class Cell:
    """One answer as the table shows it.

    `value` names the tint; `text` and `change` are seen, and `words` say the same in full.
    """

    value: str
    text: str
    change: str
    words: str
    rating: int | None
    was: Said | None
    movement: Movement | None


@dataclass(frozen=True)
class Row:
    """One partner's answers in the columns' order; `mark` names a state other than accepted."""

    name: str
    slug: str
    kind: str
    mark: str
    cells: tuple[Cell, ...]

    @property
    def counts(self) -> bool:
        """Whether the row is in the figures: accepted assessments only."""
        return not self.mark


@dataclass(frozen=True)
class Sum:
    """What one indicator adds up to over the accepted assessments that fit the filter."""

    asked: Asked
    figures: RollUp
    moves: Moves | None

    @property
    def median(self) -> str:
        """The lower median with its name, or that there is none."""
        return "none" if self.figures.median is None else named(self.figures.median)

    @property
    def no_answer(self) -> int:
        """How many of the answers are neither rated nor marked as not applicable."""
        return self.figures.of - self.figures.rated - self.figures.not_applicable


@dataclass(frozen=True)
class Heatmap:
    """The whole table, however many rows a page shows of it, and what it adds up to."""

    round: Round
    earlier: Round | None
    columns: tuple[Asked, ...]
    rows: tuple[Row, ...]
    sums: tuple[Sum, ...]
    moves: Moves | None
    counted: int
    left_out: tuple[LeftOut, ...]

    @property
    def title(self) -> str:
        """What the table is about."""
        return f"Ratings by partner and indicator, round {self.round}"

    @property
    def groups(self) -> list[tuple[int, int]]:
        """The commitments above the columns: number, and how many columns it has."""
        numbers = [column.commitment for column in self.columns]
        return [(number, numbers.count(number)) for number in dict.fromkeys(numbers)]


def named(rating: int) -> str:
    """Return a rating with its name, such as "3 Established"."""
    return f"{rating} {Rating(rating).label}"


def heatmap(years: Years, filters: Filters) -> Heatmap:
    """Read the heatmap of a round in one query more than its figures; two with other states."""
    columns = tuple(
        asked
        for asked in years.now.indicators
        if filters.commitment is None or asked.commitment == filters.commitment
    )
    others = _others(years.now.round, filters.kind)
    rows = [*_accepted(years, columns, filters), *_marked(years, columns, filters, others)]
    sums = tuple(
        Sum(
            asked,
            years.now.roll_up(asked, kind=filters.kind),
            moves_of(years, asked, kind=filters.kind),
        )
        for asked in columns
    )
    return Heatmap(
        round=years.now.round,
        earlier=years.before.round if years.before else None,
        columns=columns,
        rows=_sorted(rows, columns, filters),
        sums=sums,
        moves=total(each.moves for each in sums),
        counted=len(years.now.of_kind(filters.kind)),
        left_out=by_reason((each.why, each.partner.name) for each in others),
    )


def accepted_rows(years: Years, columns: tuple[Asked, ...], filters: Filters) -> tuple[Row, ...]:
    """Return the rows of accepted assessments alone, sorted; no query of its own."""
    return _sorted(list(_accepted(years, columns, filters)), columns, filters)


@dataclass(frozen=True)
class _Other:
    """An assessment that does not count, and why."""

    pk: int
    state: State
    why: str
    partner: Counted


def _others(round: Round, kind: str) -> list[_Other]:
    """The assessments of the round that are not accepted: one query."""
    was = Exists(Snapshot.objects.filter(assessment=OuterRef("pk")))
    found = Assessment.objects.filter(round=round).exclude(state=State.ACCEPTED)
    if kind:
        found = found.filter(partner__kind=kind)
    rows = found.annotate(was=was).order_by("partner__name", "pk").values_list(
        "pk", "state", "was", "partner_id", "partner__name", "partner__slug", "partner__kind"
    )  # fmt: skip
    return [
        _Other(
            pk,
            State(state),
            why_left_out(State(state), was_accepted=was_accepted),
            Counted(partner, name, slug, kind),
        )
        for pk, state, was_accepted, partner, name, slug, kind in rows
    ]


def _accepted(years: Years, columns: tuple[Asked, ...], filters: Filters) -> Iterator[Row]:
    if filters.shows_accepted:
        for each in years.now.of_kind(filters.kind):
            yield _row(years, each, "", columns, years.now.said)


def _marked(
    years: Years, columns: tuple[Asked, ...], filters: Filters, others: Iterable[_Other]
) -> Iterator[Row]:
    """The rows of assessments that do not count, where they are asked for: one query."""
    if not filters.shows_others:
        return
    shown = {each.pk: each for each in others if filters.state in {ALL_STATES, each.state}}
    # Words of an earlier round that nobody has saved in this one do not count.
    answers = Answer.objects.filter(assessment__in=shown, updated_at__isnull=False).order_by()
    said: dict[tuple[int, int], Said] = {
        (shown[pk].partner.pk, indicator): (rating, aside)
        for pk, indicator, rating, aside in answers.values_list(
            "assessment_id", "indicator_id", "rating", "not_applicable"
        ).iterator(chunk_size=5000)
    }
    for each in shown.values():
        yield _row(years, each.partner, workflow.LABELS[each.state], columns, said)


def _row(
    years: Years,
    partner: Counted,
    mark: str,
    columns: tuple[Asked, ...],
    said: Mapping[tuple[int, int], Said],
) -> Row:
    earlier = years.before.round.name if years.before else ""
    cells = tuple(
        _cell(said.get((partner.pk, asked.pk), NOTHING), years.earlier(partner.pk, asked), earlier)
        for asked in columns
    )
    return Row(partner.name, partner.slug, partner.kind, mark, cells)


# There are some fifty different cells in a round.
@lru_cache(maxsize=1024)
def _cell(now: Said, was: Said | None, earlier: str) -> Cell:
    """One answer beside that of the round before; `earlier` is its name, empty without one."""
    rating, aside = now
    if rating is None and not aside:
        return Cell("none", "–", "", "no answer", None, was, None)
    value = "na" if rating is None else str(rating)
    text = "n/a" if rating is None else str(rating)
    words = _words(now)
    if not earlier:
        return Cell(value, text, "", words, rating, was, None)
    way = moved(was, now)
    change, how = _change(way, was, now, earlier)
    return Cell(value, text, change, f"{words}, {how}", rating, was, way)


def _words(said: Said) -> str:
    return "not applicable" if said[0] is None else named(said[0])


def _change(way: Movement, was: Said | None, now: Said, earlier: str) -> tuple[str, str]:
    """How a cell shows a movement, and what that means in words."""
    if was is None:
        return "new", f"new since round {earlier}"
    before = _words(was)
    if was == now:
        return "", "the same as before"
    if way is Movement.OTHER:
        return f"was {'n/a' if was[0] is None else was[0]}", f"was {before}"
    return ("▲", f"up from {before}") if way is Movement.UP else ("▼", f"down from {before}")


def _sorted(rows: list[Row], columns: tuple[Asked, ...], filters: Filters) -> tuple[Row, ...]:
    """Sort by partner or by one indicator; what is not rated stays at the end."""
    by_name = sorted(rows, key=lambda row: row.name.casefold())
    if filters.sort == BY_PARTNER:
        return tuple(reversed(by_name) if filters.descending else by_name)
    place = next((at for at, asked in enumerate(columns) if asked.code == filters.sort), None)
    if place is None:
        return tuple(by_name)
    rated = [(rating, row) for row in by_name if (rating := row.cells[place].rating) is not None]
    rest = [row for row in by_name if row.cells[place].rating is None]
    sign = -1 if filters.descending else 1
    return (*(row for _, row in sorted(rated, key=lambda pair: sign * pair[0])), *rest)
