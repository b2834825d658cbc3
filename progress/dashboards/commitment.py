"""One commitment in one round: its indicators, all answers to them, what is still to be done."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone

from assessments.models import Improvement, Round, SupportRequest
from assessments.scoring import RollUp
from commitments.models import Commitment, Indicator, Rating
from progress.dashboards.figures import Years
from progress.dashboards.heatmap import Filters, Row, Sum, accepted_rows, named
from progress.dashboards.left_out import LeftOut
from progress.dashboards.moves import Moves, moves_of
from progress.dashboards.over_rounds import Year, key_of, read_over_rounds, sums_of, year_of
from signatories.models import Partner

ANSWERS = (
    "partner", "kind", "round", "indicator", "title", "rating", "rating_name", "not_applicable",
    "rating_before", "movement",
)  # fmt: skip


@dataclass(frozen=True)
class ToDo:
    """What partners plan for one indicator, and the help with it that they wait for."""

    open: int = 0
    overdue: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Line:
    """One indicator of the commitment: what it adds up to, and what is still to be done."""

    sum: Sum
    to_do: ToDo


@dataclass(frozen=True)
class CommitmentPage:
    """The whole page but the answers that it lists."""

    round: Round
    commitment: Commitment
    lines: tuple[Line, ...]
    figures: RollUp
    moves: Moves | None
    history: tuple[Year, ...]
    partners: int
    left_out: tuple[LeftOut, ...]
    earlier: Round | None
    others: tuple[Commitment, ...]

    @property
    def median(self) -> str:
        """The lower median of all its ratings with its name, or that there is none."""
        return "none" if self.figures.median is None else named(self.figures.median)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The codes and titles of its indicators."""
        return [(line.sum.asked.code, line.sum.asked.title) for line in self.lines]

    @property
    def to_do(self) -> ToDo:
        """What is still to be done for all of its indicators together."""
        each = [line.to_do for line in self.lines]
        return ToDo(
            open=sum(one.open for one in each),
            overdue=sum(one.overdue for one in each),
            waiting=sum(one.waiting for one in each),
        )


def read_commitment(
    round: Round, indicators: Sequence[Indicator], number: int, rounds: Sequence[Round]
) -> tuple[CommitmentPage, list[Years]]:
    """Read a commitment in a round, one of the rounds, and over all of them: five queries.

    `indicators` are all of the round's edition, with their commitments.
    """
    mine = [each for each in indicators if each.commitment.number == number]
    history = read_over_rounds(rounds, {key_of(each) for each in mine})
    years = next(each for each in history if each.now.round == round)
    to_do = _read_to_do(mine)
    # An indicator of another commitment with the same title is not ours.
    asked = years.now.of_commitment(number)
    page = CommitmentPage(
        round=round,
        commitment=mine[0].commitment,
        lines=tuple(
            Line(each, to_do[each.asked.key]) for each in sums_of(years) if each.asked in asked
        ),
        figures=years.now.roll_up(*asked),
        moves=moves_of(years, *asked),
        history=tuple(_history(history, round)),
        partners=len(years.now.partners),
        left_out=years.now.left_out,
        earlier=years.before.round if years.before else None,
        others=tuple({each.commitment.pk: each.commitment for each in indicators}.values()),
    )
    return page, history


def answers(history: Iterable[Years], round: Round, number: int, filters: Filters) -> list[Row]:
    """Every partner's answers to the commitment's indicators, filtered and sorted; no query."""
    years = next(each for each in history if each.now.round == round)
    return list(accepted_rows(years, years.now.of_commitment(number), filters))


def answer_rows(
    page: CommitmentPage, rows: Iterable[Row]
) -> Iterable[tuple[str | int | None, ...]]:
    """A row for each partner and indicator, in the order of ANSWERS."""
    for row in rows:
        for line, cell in zip(page.lines, row.cells, strict=True):
            rating = cell.rating
            yield (
                row.name,
                Partner.Kind(row.kind).label,
                page.round.name,
                line.sum.asked.code,
                line.sum.asked.title,
                rating,
                "" if rating is None else Rating(rating).label,
                "yes" if cell.value == "na" else "no",
                cell.was[0] if cell.was else None,
                cell.movement.value if cell.movement else "",
            )


def _read_to_do(indicators: Sequence[Indicator]) -> Mapping[str, ToDo]:
    """What is open and waiting for each indicator and those it continues: two queries.

    By what the indicators are known by in other editions.
    """
    titles = [each.title.upper() for each in indicators]
    late = Q(due_on__lt=timezone.localdate())
    planned = (
        Improvement.objects.unfinished()
        .order_by()
        .values_list(Upper("indicator__title"))
        .filter(indicator__in=_continued(titles))
        .annotate(open=Count("pk"), overdue=Count("pk", filter=late))
    )
    waiting = (
        SupportRequest.objects.waiting()
        .order_by()
        .values_list(Upper("indicator__title"))
        .filter(indicator__in=_continued(titles))
        .annotate(count=Count("pk"))
    )
    found: dict[str, ToDo] = defaultdict(ToDo)
    asked_for: dict[str, int] = dict(waiting)
    plans = {title: (total, past) for title, total, past in planned}
    for each in indicators:
        title = each.title.upper()
        found[key_of(each)] = ToDo(*plans.get(title, (0, 0)), asked_for.get(title, 0))
    return found


def _continued(titles: Sequence[str]) -> QuerySet[Indicator]:
    """The indicators of every edition with these titles."""
    return Indicator.objects.annotate(upper=Upper("title")).filter(upper__in=titles).order_by()


def _history(history: Iterable[Years], shown: Round) -> Iterable[Year]:
    """The commitment's indicators in each round that asks for any of them, the newest first."""
    for years in history:
        asked = years.now.indicators
        if not asked:
            continue
        address = [years.now.round.slug, asked[0].commitment]
        href = reverse("progress:commitment-detail", args=address)
        yield year_of(years, years.now.roll_up(*asked), href, shown)
