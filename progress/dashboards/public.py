"""What everybody may see: what is promised, who has signed it, and what has come of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from assessments.models import Round
from assessments.scoring import RollUp
from commitments.models import Commitment, Edition, Rating
from progress.dashboards.figures import Asked
from progress.dashboards.headline import Standing, headline, standing
from progress.dashboards.released import PublicRound, Shown, Total, public_figures
from signatories.models import Partner, Signature


@dataclass(frozen=True)
class Signatory:
    """One partner that has signed, by the name under which it did."""

    name: str
    slug: str
    signed_at: datetime


@dataclass(frozen=True)
class Home:
    """What the public home page shows; without a published edition only the empty lists."""

    title: str
    region: str
    commitments: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    partners: int
    headline: str

    @property
    def is_published(self) -> bool:
        """Whether there is a text that can be signed."""
        return bool(self.commitments)


def home() -> Home:
    """Read the newest published edition, its signatories and the released figures: three queries.

    One more before an edition is published, and when the figures have just been released.
    """
    edition = _newest_edition().first()
    said = headline(standings(public_figures()))
    if edition is None:
        partners = Partner.objects.active().count()
        return Home("The Essex Data Declaration", "", (), (), partners, said)
    signed = zip(edition["names"], edition["slugs"], edition["days"], strict=True)
    return Home(
        title=edition["title"],
        region=edition["region"],
        commitments=tuple(edition["promises"]),
        signatories=tuple(Signatory(*row) for row in signed),
        partners=edition["partners"],
        headline=said,
    )


def _newest_edition() -> QuerySet[Edition, Any]:
    """The newest published edition, with all that home says of it, in one query."""
    active = Partner.objects.active().order_by()
    number = active.annotate(one=Value(1)).values("one").annotate(found=Count("*")).values("found")
    signed = Signature.objects.live().filter(edition=OuterRef("pk"), partner__in=active)
    ordered = signed.order_by("partner_name", "pk")
    promises = Commitment.objects.filter(edition=OuterRef("pk")).order_by("number")
    return Edition.objects.published().values(
        "title",
        "region",
        promises=ArraySubquery(promises.values("title")),
        names=ArraySubquery(ordered.values("partner_name")),
        slugs=ArraySubquery(ordered.values("partner__slug")),
        days=ArraySubquery(ordered.values("signed_at")),
        partners=Coalesce(Subquery(number), Value(0)),
    )


def standings(rounds: Sequence[PublicRound]) -> list[Standing]:
    """Where each round stood as everybody may see it, for the headline."""
    return [
        standing(
            each.round.name,
            {shown.asked.key: shown.roll_up for shown in each.figures.results},
            each.figures.counted,
        )
        for each in rounds
    ]


# --- Progress over the rounds --------------------------------------------------------------------


@dataclass(frozen=True)
class Year:
    """What the indicators of one commitment, or all, added up to in one round."""

    round: str
    total: Total


@dataclass(frozen=True)
class Line:
    """One indicator: what all partners say of it, or why that is not shown."""

    asked: Asked
    roll_up: RollUp | None
    why: str

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many partners give each rating, by the rating's name; none where nothing is shown."""
        if self.roll_up is None:
            return []
        return [(rating.label, self.roll_up.counts[rating]) for rating in Rating]

    @property
    def median(self) -> str:
        """The lower median with its name; empty where there is none."""
        if self.roll_up is None or self.roll_up.median is None:
            return ""
        return f"{self.roll_up.median} {Rating(self.roll_up.median).label}"


@dataclass(frozen=True)
class Part:
    """One commitment: its indicators in the round shown, and how they stood in each round."""

    number: int
    title: str
    lines: tuple[Line, ...]
    years: tuple[Year, ...]

    @property
    def by_round(self) -> str:
        """What the chart over the rounds is called."""
        return f"Commitment {self.number}, round by round"


@dataclass(frozen=True)
class Progress:
    """The released rounds as everybody sees them, and one of them in detail; None without any."""

    headline: str
    years: tuple[Year, ...]
    chosen: PublicRound | None
    parts: tuple[Part, ...]


def progress(rounds: Sequence[PublicRound], chosen: Round | None) -> Progress:
    """Read what the page of the chosen round shows, beside the other rounds: one query.

    `rounds` are the released ones, the oldest first.
    """
    found = next((each for each in rounds if each.round == chosen), None)
    years = tuple(Year(each.round.name, each.figures.total()) for each in rounds)
    said = headline(standings(rounds))
    return Progress(said, years, found, _parts(rounds, found) if found else ())


def _parts(rounds: Sequence[PublicRound], chosen: PublicRound) -> tuple[Part, ...]:
    promises = Commitment.objects.filter(edition=chosen.round.edition_id)
    titles = dict(promises.values_list("number", "title"))
    return tuple(
        Part(
            number=number,
            title=titles[number],
            lines=tuple(
                Line(each.asked, each.roll_up, each.why)
                for each in chosen.figures.of_commitment(number)
            ),
            years=_years(rounds, chosen.figures.of_commitment(number)),
        )
        for number in chosen.figures.commitments
    )


def _years(rounds: Sequence[PublicRound], mine: Sequence[Shown]) -> tuple[Year, ...]:
    """How the same indicators stood in each round that asked about any of them."""
    keys = {each.asked.key for each in mine}
    years = []
    for each in rounds:
        same = [shown for shown in each.figures.results if shown.asked.key in keys]
        if same:
            total = replace(each.figures, results=tuple(same)).total()
            years.append(Year(each.round.name, total))
    return tuple(years)
