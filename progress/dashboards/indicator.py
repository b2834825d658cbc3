"""One indicator in one round: what it adds up to, who said what, who can help whom with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.text import Truncator

from assessments.dashboards.support import Line, lines_of
from assessments.models import Answer, Evidence, GoodPractice, Round, SupportRequest
from assessments.scoring import Movement
from assessments.workflow import State
from commitments.models import Indicator, LevelDescription, Rating
from progress.dashboards.figures import Asked, Said, Years
from progress.dashboards.heatmap import Cell, Filters, Row, Sum, accepted_rows, named
from progress.dashboards.left_out import LeftOut
from progress.dashboards.over_rounds import Year, key_of, read_over_rounds, sums_of, year_of
from signatories.models import Partner

# How many are shown of those who can help, who asked, and of good practice.
SHOWN = 20
# How much of a narrative is seen before it is opened.
EXCERPT_WORDS = 40
NOT_APPLICABLE = "na"
ANSWERS = (
    "partner", "kind", "round", "indicator", "rating", "rating_name", "not_applicable",
    "rating_before", "movement", "willing_to_share", "evidence", "narrative", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """What one rating means for the indicator."""

    rating: int
    name: str
    description: str


@dataclass(frozen=True)
class Words:
    """What a partner wrote, what stands behind it, and whom others may contact."""

    answer: int
    narrative: str
    reason: str
    evidence: int
    is_willing: bool
    contact: str

    @property
    def excerpt(self) -> str:
        """How the narrative begins."""
        return Truncator(self.narrative).words(EXCERPT_WORDS)

    @property
    def is_long(self) -> bool:
        """Whether there is more than the excerpt, or lines that it would lose."""
        return self.excerpt != self.narrative


@dataclass(frozen=True)
class Answered:
    """One partner's answer in the list; `words` are there only for those that a page shows."""

    row: Row
    words: Words | None = None

    @property
    def cell(self) -> Cell:
        """The rating as tables show it, with how it moved."""
        return self.row.cells[0]

    @property
    def rating(self) -> str:
        """The rating in words, such as "3 Established"."""
        words = self.cell.words.partition(", ")[0]
        return f"{words[0].upper()}{words[1:]}"

    @property
    def arrow(self) -> str:
        """A sign of the movement, which only repeats its words."""
        return self.cell.change if self.cell.movement in {Movement.UP, Movement.DOWN} else ""

    @property
    def before(self) -> int | None:
        """The partner's rating the round before."""
        return self.cell.was[0] if self.cell.was else None

    @property
    def moved(self) -> str:
        """How it moved since the round before, in words; empty where there was none."""
        return self.cell.words.partition(", ")[2]


@dataclass(frozen=True)
class Helper:
    """A partner that is strong and willing to share; `contact` is empty where none is agreed."""

    name: str
    slug: str
    rating: str
    answer: int
    contact: str


@dataclass(frozen=True)
class Help:
    """Who can help with the indicator, who asked for help and waits, what has been published.

    `requests` are as many of the `waiting` as a page shows, the oldest first.
    """

    helpers: tuple[Helper, ...]
    requests: tuple[Line, ...]
    waiting: int
    practices: tuple[GoodPractice, ...]

    @property
    def shown_helpers(self) -> tuple[Helper, ...]:
        """As many as a page shows, the strongest first."""
        return self.helpers[:SHOWN]


@dataclass(frozen=True)
class Between:
    """How many came from one level, by the level they are at now: a row of the table of moves."""

    level: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Wanted:
    """Which answers are listed: of a kind, with a rating (or `na`), that moved in some way."""

    kind: str = ""
    rating: str = ""
    moved: str = ""
    sort: str = ""


@dataclass(frozen=True)
class IndicatorPage:
    """The whole page but the answers that it lists."""

    round: Round
    indicator: Indicator
    sum: Sum
    levels: tuple[Level, ...]
    between: tuple[Between, ...]
    history: tuple[Year, ...]
    answers: tuple[Answered, ...]
    partners: int
    left_out: tuple[LeftOut, ...]
    earlier: Round | None
    previous: Indicator | None
    following: Indicator | None


def read_with_levels(round: Round) -> list[Indicator]:
    """Read the indicators of the round's edition with `described`, in order: one query."""
    levels = LevelDescription.objects.filter(indicator=OuterRef("pk")).order_by("rating")
    facts = levels.values(facts=JSONObject(rating="rating", description="description"))
    found = Indicator.objects.of(round.edition).select_related("commitment")
    return list(
        found.order_by("commitment__number", "number").annotate(described=ArraySubquery(facts))
    )


def read_indicator(
    round: Round, indicators: Sequence[Indicator], indicator: Indicator, rounds: Sequence[Round]
) -> tuple[IndicatorPage, list[Years]]:
    """Read an indicator in a round, one of the rounds, and over all of them: three queries."""
    history = read_over_rounds(rounds, {key_of(indicator)})
    years = next(each for each in history if each.now.round == round)
    [found] = [each for each in sums_of(years) if each.asked.pk == indicator.pk]
    place = indicators.index(indicator)
    page = IndicatorPage(
        round=round,
        indicator=indicator,
        sum=found,
        levels=tuple(_levels(indicator)),
        between=_between(years, found.asked),
        history=tuple(_history(history, round)),
        answers=tuple(map(Answered, accepted_rows(years, (found.asked,), Filters()))),
        partners=len(years.now.partners),
        left_out=years.now.left_out,
        earlier=years.before.round if years.before else None,
        previous=indicators[place - 1] if place else None,
        following=indicators[place + 1] if place + 1 < len(indicators) else None,
    )
    return page, history


def wanted(answers: Iterable[Answered], asked: Wanted) -> list[Answered]:
    """Those of the answers that are asked for, in the order that is asked for; no query."""
    kept = [
        each
        for each in answers
        if (not asked.kind or each.row.kind == asked.kind)
        and (not asked.rating or each.cell.value == asked.rating)
        and (not asked.moved or each.cell.movement == asked.moved)
    ]
    by_name = sorted(kept, key=lambda each: each.row.name.casefold())
    key, descending = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    if key not in {"rating", "movement"}:
        return list(reversed(by_name)) if descending else by_name
    measured = [(_measure(each, key), each) for each in by_name]
    sign = -1 if descending else 1
    found = sorted(
        ((sign * at, each) for at, each in measured if at is not None), key=lambda pair: pair[0]
    )
    # What cannot be compared stays at the end, whatever the order.
    return [each for _, each in found] + [each for at, each in measured if at is None]


def _measure(each: Answered, key: str) -> int | None:
    """What an answer is sorted by: its rating, or by how much it moved."""
    now, was = each.cell.rating, each.before
    if key == "rating":
        return now
    return None if now is None or was is None else now - was


def read_words(round: Round, indicator: Indicator, rows: Iterable[Row]) -> Mapping[str, Words]:
    """What the partners of these rows wrote, and all that are strong and willing: one query.

    By the partners' slugs. The others' narratives are not read: only who they are.
    """
    shown = [row.slug for row in rows]
    pieces = Evidence.objects.filter(answer=OuterRef("pk"), removed_at__isnull=True).order_by()
    counted = pieces.values("answer").annotate(count=Count("pk")).values("count")
    is_shown = Q(assessment__partner__slug__in=shown)
    strong = Q(rating__gte=Rating.ESTABLISHED, willing_to_share=True)
    answers = Answer.objects.filter(
        is_shown | strong,
        assessment__round=round,
        assessment__state=State.ACCEPTED,
        indicator=indicator,
        updated_at__isnull=False,
    )
    rows_found = answers.order_by().values_list(
        "assessment__partner__slug",
        "pk",
        _where(is_shown, "narrative"),
        _where(is_shown, "reason"),
        Coalesce(Subquery(counted), 0),
        "willing_to_share",
        Coalesce("assessment__partner__contact__name", Value(""), output_field=CharField()),
    )
    return {slug: Words(*found) for slug, *found in rows_found}


def _where(shown: Q, column: str) -> Case:
    return Case(When(shown, then=F(column)), default=Value(""), output_field=TextField())


def with_words(answers: Iterable[Answered], words: Mapping[str, Words]) -> list[Answered]:
    """The answers with what was written."""
    return [Answered(each.row, words.get(each.row.slug)) for each in answers]


def read_help(
    indicator: Indicator, answers: Iterable[Answered], words: Mapping[str, Words]
) -> Help:
    """Read who can help whom with the indicator, in whatever edition they asked: two queries."""
    waiting = SupportRequest.objects.waiting().filter(indicator__title__iexact=indicator.title)
    related = waiting.select_related("partner", "indicator__commitment", "offer", "owner")
    counted = related.annotate(waiting=Window(Count("pk"))).order_by("asked_at", "pk")
    requests = list(counted[:SHOWN])
    practices = GoodPractice.objects.published().filter(indicator__title__iexact=indicator.title)
    newest = practices.select_related("partner").defer("body", "search")
    return Help(
        helpers=tuple(_helpers(answers, words)),
        requests=tuple(lines_of(requests)),
        waiting=vars(requests[0])["waiting"] if requests else 0,
        practices=tuple(newest.order_by("-published_at", "-pk")[:SHOWN]),
    )


def _helpers(answers: Iterable[Answered], words: Mapping[str, Words]) -> list[Helper]:
    """Who is strong and willing to share, the strongest first."""
    found = [
        (each.cell.rating, each.row, words[each.row.slug])
        for each in answers
        if each.cell.rating is not None
        and each.cell.rating >= Rating.ESTABLISHED
        and each.row.slug in words
        and words[each.row.slug].is_willing
    ]
    found.sort(key=lambda one: (-one[0], one[1].name.casefold()))
    return [
        Helper(row.name, row.slug, named(rating), said.answer, said.contact)
        for rating, row, said in found
    ]


def answer_rows(
    page: IndicatorPage, answers: Iterable[Answered]
) -> Iterable[tuple[str | int | None, ...]]:
    """A row for each answer, in the order of ANSWERS."""
    for each in answers:
        words, rating = each.words, each.cell.rating
        yield (
            each.row.name,
            Partner.Kind(each.row.kind).label,
            page.round.name,
            page.sum.asked.code,
            rating,
            "" if rating is None else Rating(rating).label,
            _yes(each.cell.value == NOT_APPLICABLE),
            each.before,
            each.cell.movement.value if each.cell.movement else "",
            _yes(words is not None and words.is_willing),
            words.evidence if words else 0,
            words.narrative if words else "",
            words.reason if words else "",
        )


def _yes(found: bool) -> str:
    return "yes" if found else "no"


def _levels(indicator: Indicator) -> Iterable[Level]:
    for each in vars(indicator)["described"]:
        rating = Rating(each["rating"])
        yield Level(rating.value, rating.label, each["description"])


def _between(years: Years, asked: Asked) -> tuple[Between, ...]:
    """How many moved from each level to each: not started to leading, then not applicable."""
    counts = [[0] * (len(Rating) + 1) for _ in range(len(Rating) + 1)]
    for _, _, was, now in years.moves(asked):
        counts[_place(was)][_place(now)] += 1
    if not any(map(any, counts)):
        return ()
    names = [*(f"{rating.value} {rating.label}" for rating in Rating), "Not applicable"]
    return tuple(Between(name, tuple(row)) for name, row in zip(names, counts, strict=True))


def _place(said: Said) -> int:
    return len(Rating) if said[0] is None else said[0]


def _history(history: Iterable[Years], shown: Round) -> Iterable[Year]:
    """The indicator in each round that asks for it, the newest first."""
    for years in history:
        for each in sums_of(years):
            address = [years.now.round.slug, each.asked.code]
            href = reverse("progress:indicator-detail", args=address)
            yield year_of(years, each.figures, href, shown)


MOVED = (
    (Movement.UP.value, "Up"),
    (Movement.SAME.value, "The same"),
    (Movement.DOWN.value, "Down"),
    (Movement.NEW.value, "New"),
    (Movement.OTHER.value, "Not applicable then or now"),
)
